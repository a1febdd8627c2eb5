import { EpochProgress, checkRun } from '../core/epoch.js';
import type {
  OneStageSelector,
  Selection,
  SelectorFactory,
  StateDict,
  TrainingRun,
} from '../core/selector.js';
import { readPermutation, readSame, readState, readVersion } from '../core/state-fields.js';
import { DistinctUniform } from '../core/sampling/distinct.js';
import { EpochOrder } from '../core/sampling/epoch-order.js';
import { checkChoice, checkKeys } from '../core/validate.js';

const ORDERS = ['epoch', 'batch', 'sequential'] as const;

/** Options of `uniform`. */
export interface UniformOptions {
  /**
   * `'epoch'` (default): a fresh permutation each epoch, dealt in batches, as `model.fit` does; every sample once an epoch.
   * `'batch'`: each batch drawn on its own, no sample twice in a batch; the random baseline of Song et al. 2020.
   * `'sequential'`: the order of the data, every epoch the same, as `model.fit` with `shuffle: false`.
   */
  readonly order?: (typeof ORDERS)[number];
}

export const uniformDefaults = { order: 'epoch' } as const satisfies Required<UniformOptions>;

/**
 * Random batches: the baseline that every method is to be read against. Needs no signal.
 *
 * @throws TypeError or RangeError for an unknown option or value
 */
export function uniform(options: UniformOptions = {}): SelectorFactory<never, UniformSelector> {
  checkKeys('uniform', options, Object.keys(uniformDefaults));
  const order = checkChoice('uniform: order', options.order ?? uniformDefaults.order, ORDERS);
  return (run) => new UniformSelector(run, order);
}

/** The selector that `uniform` makes. */
export class UniformSelector implements OneStageSelector<never> {
  readonly name = 'uniform';
  readonly signals: readonly never[] = [];
  readonly #size: number;
  readonly #order: (typeof ORDERS)[number];
  readonly #progress: EpochProgress;
  readonly #deck: EpochOrder | null;
  readonly #distinct: DistinctUniform;
  #batch = new Int32Array(0);

  /** Use `uniform(options)(run)`. */
  constructor(run: TrainingRun, order: (typeof ORDERS)[number]) {
    const { size } = checkRun(run);
    this.#size = size;
    this.#order = order;
    this.#progress = new EpochProgress(run);
    this.#deck = order === 'batch' ? null : new EpochOrder(size);
    this.#distinct = new DistinctUniform(size);
  }

  beginEpoch(epoch: number): void {
    this.#progress.begin(epoch);
    if (this.#order === 'epoch') this.#deck?.shuffle(this.#progress.random);
    else this.#deck?.sort();
  }

  select(batchSize: number): Selection | null {
    const count = this.#progress.take(batchSize);
    if (count === 0) return null;
    if (this.#batch.length !== count) this.#batch = new Int32Array(count);
    if (this.#deck !== null) this.#deck.deal(this.#batch, count);
    else this.#distinct.draw(this.#batch, count, this.#progress.random);
    return { indices: this.#batch };
  }

  /** Learns nothing. */
  observe(): void {
    // Random batches depend on no measurement.
  }

  probabilities(): Float64Array {
    return new Float64Array(this.#size).fill(1 / this.#size);
  }

  stateDict(): StateDict {
    return {
      version: 1,
      order: this.#order,
      progress: this.#progress.stateDict(),
      deck: this.#deck?.toArray() ?? null,
    };
  }

  loadStateDict(state: StateDict): void {
    readVersion(this.name, state, 1);
    readSame(state, 'order', this.#order);
    const progress = this.#progress.prepare(readState(state, 'progress'));
    if (this.#deck !== null) {
      this.#deck.restore(readPermutation(state, 'deck', this.#size), progress.drawn);
    }
    progress.commit();
  }
}
