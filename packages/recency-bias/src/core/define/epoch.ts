import { Random } from '../random.js';
import { epochOrder, type EpochOrder } from '../sampling/epoch-order.js';
import type { StateDict, TrainingRun } from '../selector.js';
import { readInteger, readSame, readState, readSubset, readVersion } from '../state-fields.js';
import { checkInteger } from '../validate.js';

/** Where a saved run stood. */
export interface EpochPosition {
  /** The epoch, 1-based; 0 before the first. */
  readonly epoch: number;
  /** Samples of the epoch that were drawn. */
  readonly drawn: number;
  /** The samples that the epoch deals, in their order; empty where it deals none. */
  readonly order: Int32Array;
}

/**
 * Where a run stands in its epochs. An epoch is exactly `size` draws, or as many samples as its order has, in batches of
 * which the last may be smaller.
 *
 * Each epoch draws from a random stream of its own, so its batches depend on the seed, the epoch and what was observed,
 * but not on how much of the epochs before was drawn. A run may therefore start at any epoch, as forks of a shared
 * warm-up do.
 */
export interface Epoch {
  /** The random stream of the epoch. */
  readonly random: Random;
  /** The samples that the epoch deals, where it deals them once. */
  readonly order: EpochOrder;
  /** The epoch, 1-based; 0 before the first. */
  readonly number: number;
  /**
   * Starts an epoch.
   * @throws RangeError when the run has no such epoch
   */
  begin(epoch: number): void;
  /**
   * Counts the next batch and answers how many samples it has; 0 when the epoch is exhausted.
   * @throws RangeError for a batch size below 1, Error before the first epoch
   */
  take(batchSize: number): number;
  /** A snapshot as plain data. */
  stateDict(): StateDict;
  /** Checks a state; `commit` loads it, and nothing changes before. */
  prepare(state: StateDict): { readonly position: EpochPosition; commit(): void };
}

/** The epochs of a run, which stands before the first. */
export function epochsOf({ size, epochs, seed }: TrainingRun): Epoch {
  const seeds = new Random(seed).split('batch selection');
  const random = seeds.split('epoch 0');
  const order = epochOrder(size);
  let number = 0;
  let drawn = 0;

  return {
    random,
    order,

    get number() {
      return number;
    },

    begin: (epoch) => {
      number = checkInteger('epoch', epoch, 1, epochs);
      drawn = 0;
      random.restart(seeds, `epoch ${epoch}`);
    },

    take: (batchSize) => {
      checkInteger('batchSize', batchSize, 1);
      if (number === 0) throw new Error('select was called before beginEpoch; call beginEpoch(1) first.');
      const count = Math.max(0, Math.min(batchSize, (order.length || size) - drawn));
      drawn += count;
      return count;
    },

    stateDict: () => ({
      version: 2,
      size,
      number,
      drawn,
      random: random.stateDict(),
      order: order.toArray(),
    }),

    prepare: (state) => {
      readVersion('epoch', state, 2);
      readSame(state, 'size', size);
      const epoch = readInteger(state, 'number', 0, epochs);
      const dealt = readSubset(state, 'order', size);
      const count = readInteger(state, 'drawn', 0, dealt.length || size);
      const stream = readState(state, 'random');
      new Random(0).loadStateDict(stream);
      return {
        position: { epoch, drawn: count, order: dealt },
        commit: () => {
          number = epoch;
          drawn = count;
          random.loadStateDict(stream);
          order.restore(dealt, count);
        },
      };
    },
  };
}
