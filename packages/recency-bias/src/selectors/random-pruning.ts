import { EpochProgress, checkRun } from '../core/epoch.js';
import { EpochOrder } from '../core/sampling/epoch-order.js';
import type {
  OneStageSelector,
  Selection,
  SelectorFactory,
  StateDict,
  TrainingRun,
} from '../core/selector.js';
import { readPermutation, readState, readVersion } from '../core/state-fields.js';
import { checkKeys, checkNumber, show } from '../core/validate.js';

/** Options of `randomPruning`. */
export interface RandomPruningOptions {
  /**
   * Share of the samples that an epoch trains, above 0 to 1: one for all epochs, or a list with one an epoch, such as the
   * shares that a pruning method used. Default 0.7.
   */
  readonly share?: number | readonly number[];
}

export const randomPruningDefaults = { share: 0.7 } as const satisfies Required<RandomPruningOptions>;

/**
 * Random dynamic pruning: each epoch trains a fresh uniform subset. The control that every saving of a pruning method is to
 * be read against (Raju, Daruwalla & Lipasti 2021, arXiv 2111.12621). Needs no signal.
 *
 * @throws TypeError or RangeError for an unknown option or value; the factory throws when a list does not have one share
 *   an epoch
 */
export function randomPruning(
  options: RandomPruningOptions = {},
): SelectorFactory<never, RandomPruningSelector> {
  checkKeys('randomPruning', options, Object.keys(randomPruningDefaults));
  const given: unknown = options.share ?? randomPruningDefaults.share;
  const share = Array.isArray(given)
    ? given.map((value, i) => checkNumber(`randomPruning: share[${i}]`, value, 1e-9, 1))
    : checkNumber('randomPruning: share', given, 1e-9, 1);
  return (run) => new RandomPruningSelector(run, share);
}

/** The selector that `randomPruning` makes. */
export class RandomPruningSelector implements OneStageSelector<never> {
  readonly name = 'random-pruning';
  readonly signals: readonly never[] = [];

  readonly #run: TrainingRun;
  readonly #share: number | readonly number[];
  readonly #progress: EpochProgress;
  readonly #order: EpochOrder;
  #batch = new Int32Array(0);

  /** Use `randomPruning(options)(run)`. */
  constructor(run: TrainingRun, share: number | readonly number[]) {
    this.#run = checkRun(run);
    if (typeof share !== 'number' && share.length !== run.epochs) {
      throw new RangeError(
        `randomPruning: share is ${show(share)}; it must have one share for each of the run's ${run.epochs} epochs.`,
      );
    }
    this.#share = share;
    this.#progress = new EpochProgress(run);
    this.#order = new EpochOrder(run.size);
  }

  beginEpoch(epoch: number): void {
    this.#progress.begin(epoch);
    this.#order.shuffle(this.#progress.random);
  }

  select(batchSize: number): Selection | null {
    const count = this.#progress.take(batchSize, this.epochSize);
    if (count === 0) return null;
    if (this.#batch.length !== count) this.#batch = new Int32Array(count);
    this.#order.deal(this.#batch, count);
    return { indices: this.#batch };
  }

  /** Learns nothing. */
  observe(): void {
    // Random subsets depend on no measurement.
  }

  /** Number of samples that the current epoch trains, at least 1; before the first epoch, that of the first. */
  get epochSize(): number {
    const epoch = Math.max(1, this.#progress.epoch);
    const share = typeof this.#share === 'number' ? this.#share : this.#share[epoch - 1]!;
    return Math.max(1, Math.round(share * this.#run.size));
  }

  /** The distribution of a draw: uniform. */
  probabilities(): Float64Array {
    const { size } = this.#run;
    return new Float64Array(size).fill(1 / size);
  }

  stateDict(): StateDict {
    return { version: 1, progress: this.#progress.stateDict(), order: this.#order.toArray() };
  }

  loadStateDict(state: StateDict): void {
    readVersion(this.name, state, 1);
    const progress = this.#progress.prepare(readState(state, 'progress'));
    const order = readPermutation(state, 'order', this.#run.size);
    progress.commit();
    this.#order.restore(order, progress.drawn);
  }
}
