import { Random } from '../random.js';
import { EpochOrder } from '../sampling/epoch-order.js';
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
export class Epoch {
  readonly #size: number;
  readonly #epochs: number;
  readonly #seeds: Random;
  #number = 0;
  #drawn = 0;

  /** The random stream of the epoch. */
  readonly random: Random;

  /** The samples that the epoch deals, where it deals them once. */
  readonly order: EpochOrder;

  constructor({ size, epochs, seed }: TrainingRun) {
    this.#size = size;
    this.#epochs = epochs;
    this.#seeds = new Random(seed).split('batch selection');
    this.random = this.#seeds.split('epoch 0');
    this.order = new EpochOrder(size);
  }

  /** Which epoch it is, 1-based; 0 before the first. */
  get number(): number {
    return this.#number;
  }

  /**
   * Starts an epoch.
   * @throws RangeError when the run has no such epoch
   */
  begin(epoch: number): void {
    this.#number = checkInteger('epoch', epoch, 1, this.#epochs);
    this.#drawn = 0;
    this.random.restart(this.#seeds, `epoch ${epoch}`);
  }

  /**
   * Counts the next batch and answers how many samples it has; 0 when the epoch is exhausted.
   * @throws RangeError for a batch size below 1, Error before the first epoch
   */
  take(batchSize: number): number {
    checkInteger('batchSize', batchSize, 1);
    if (this.#number === 0) throw new Error('select was called before beginEpoch; call beginEpoch(1) first.');
    const length = this.order.length > 0 ? this.order.length : this.#size;
    const count = Math.max(0, Math.min(batchSize, length - this.#drawn));
    this.#drawn += count;
    return count;
  }

  stateDict(): StateDict {
    return {
      version: 2,
      size: this.#size,
      number: this.#number,
      drawn: this.#drawn,
      random: this.random.stateDict(),
      order: this.order.toArray(),
    };
  }

  /** Checks a state; `commit` loads it, and nothing changes before. */
  prepare(state: StateDict): { readonly position: EpochPosition; commit(): void } {
    readVersion('epoch', state, 2);
    readSame(state, 'size', this.#size);
    const epoch = readInteger(state, 'number', 0, this.#epochs);
    const order = readSubset(state, 'order', this.#size);
    const drawn = readInteger(state, 'drawn', 0, order.length > 0 ? order.length : this.#size);
    const random = new Random(0);
    random.loadStateDict(readState(state, 'random'));
    return {
      position: { epoch, drawn, order },
      commit: () => {
        this.#number = epoch;
        this.#drawn = drawn;
        this.random.loadStateDict(random.stateDict());
        this.order.restore(order, drawn);
      },
    };
  }
}
