import { Random } from './random.js';
import type { StateDict, TrainingRun } from './selector.js';
import { readInteger, readSame, readState, readVersion } from './state-fields.js';
import { checkInteger } from './validate.js';

/**
 * The facts of a run, checked.
 * @throws TypeError or RangeError naming the field
 */
export function checkRun(run: TrainingRun, leastClasses = 0): TrainingRun {
  return {
    size: checkInteger('run.size', run.size, 1, 0x7fffffff),
    classes: checkInteger('run.classes', run.classes, leastClasses, 0x7fffffff),
    epochs: checkInteger('run.epochs', run.epochs, 1),
    seed: checkInteger('run.seed', run.seed, 0, 0xffffffff),
  };
}

/**
 * Checks the number of warm-up epochs against the run.
 * @throws TypeError, or RangeError when the warm-up is longer than the run
 */
export function checkWarmup(name: string, warmupEpochs: unknown, run: TrainingRun): number {
  const warmup = checkInteger(name, warmupEpochs, 0);
  if (warmup > run.epochs) {
    throw new RangeError(
      `${name} is ${warmup}, but the run has ${run.epochs} epochs; use at most ${run.epochs}, or train longer.`,
    );
  }
  return warmup;
}

/**
 * Where a run stands in its epochs: an epoch is exactly `size` draws, dealt in batches of which the last may be smaller.
 *
 * Each epoch draws from a random stream of its own, so its batches depend on the seed, the epoch and what was observed,
 * but not on how much of the epochs before was drawn. A run may therefore start at any epoch, as forks of a shared
 * warm-up do.
 */
export class EpochProgress {
  readonly #size: number;
  readonly #epochs: number;
  readonly #seeds: Random;
  #epoch = 0;
  #drawn = 0;

  /** The stream of the current epoch. */
  readonly random: Random;

  constructor(run: TrainingRun) {
    this.#size = run.size;
    this.#epochs = run.epochs;
    this.#seeds = new Random(run.seed).split('batch selection');
    this.random = this.#seeds.split('epoch 0');
  }

  /** The current epoch, 1-based; 0 before the first. */
  get epoch(): number {
    return this.#epoch;
  }

  /**
   * Starts an epoch.
   * @throws RangeError when the run has no such epoch
   */
  begin(epoch: number): void {
    this.#epoch = checkInteger('epoch', epoch, 1, this.#epochs);
    this.#drawn = 0;
    this.random.loadStateDict(this.#seeds.split(`epoch ${epoch}`).stateDict());
  }

  /**
   * Counts the next batch and answers how many samples it has; 0 when the epoch is exhausted.
   * @param length how many samples this epoch has, where a method leaves some out; at most `size`
   * @throws RangeError for a batch size below 1, Error before the first epoch
   */
  take(batchSize: number, length = this.#size): number {
    checkInteger('batchSize', batchSize, 1);
    if (this.#epoch === 0) throw new Error('select was called before beginEpoch; call beginEpoch(1) first.');
    const count = Math.max(0, Math.min(batchSize, length - this.#drawn));
    this.#drawn += count;
    return count;
  }

  stateDict(): StateDict {
    return {
      version: 1,
      size: this.#size,
      epoch: this.#epoch,
      drawn: this.#drawn,
      random: this.random.stateDict(),
    };
  }

  /** Answers a function that restores the state; nothing changes before it is called. */
  prepare(state: StateDict): { readonly epoch: number; readonly drawn: number; commit(): void } {
    readVersion('epoch progress', state, 1);
    readSame(state, 'size', this.#size);
    const epoch = readInteger(state, 'epoch', 0, this.#epochs);
    const drawn = readInteger(state, 'drawn', 0, this.#size);
    const random = new Random(0);
    random.loadStateDict(readState(state, 'random'));
    return {
      epoch,
      drawn,
      commit: () => {
        this.#epoch = epoch;
        this.#drawn = drawn;
        this.random.loadStateDict(random.stateDict());
      },
    };
  }
}
