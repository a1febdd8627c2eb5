import { EpochProgress, checkRun, checkWarmup } from '../core/epoch.js';
import type {
  Observation,
  Scorer,
  Selection,
  Selector,
  SelectorFactory,
  Signal,
  StateDict,
  TrainingRun,
} from '../core/selector.js';
import { readPermutation, readState, readVersion } from '../core/state-fields.js';
import { EpochOrder } from '../core/sampling/epoch-order.js';
import { checkInteger, checkKeys, show } from '../core/validate.js';

/** Options of `withWarmup`. */
export interface WarmupOptions {
  /** Uniform epochs before the inner selector takes over; at most the run's epochs. */
  readonly epochs: number;
}

/**
 * Puts uniform epochs before any selector, your own included. The inner selector observes from the start; it selects from
 * epoch `epochs` + 1, which it sees as epoch 1 of a run that is shorter by as much, so its schedules begin there. A method
 * with a `warmupEpochs` option of its own wants it at 0 in here.
 *
 * @throws TypeError or RangeError for a bad option; the factory throws when the warm-up is longer than the run
 */
export function withWarmup<S extends Signal>(
  inner: SelectorFactory<S>,
  options: WarmupOptions,
): SelectorFactory<S> {
  if (typeof inner !== 'function') {
    throw new TypeError(
      `withWarmup: inner is ${show(inner)}; it must be a selector factory such as uniform().`,
    );
  }
  checkKeys('withWarmup', options, ['epochs']);
  const epochs = checkInteger('withWarmup: epochs', options.epochs, 0);
  return (run) => new WarmupSelector(run, inner, epochs);
}

class WarmupSelector<S extends Signal> implements Selector<S> {
  readonly name: string;
  readonly signals: readonly S[];
  readonly #size: number;
  readonly #inner: Selector<S>;
  readonly #epochs: number;
  readonly #progress: EpochProgress;
  #order: EpochOrder | null = null;
  #batch = new Int32Array(0);

  constructor(run: TrainingRun, inner: SelectorFactory<S>, epochs: number) {
    checkRun(run);
    checkWarmup('withWarmup: epochs', epochs, run);
    this.#size = run.size;
    this.#epochs = epochs;
    this.#progress = new EpochProgress(run);
    this.#inner = inner({ ...run, epochs: Math.max(1, run.epochs - epochs) });
    this.name = this.#inner.name;
    this.signals = this.#inner.signals;
  }

  beginEpoch(epoch: number): void {
    this.#progress.begin(epoch);
    if (epoch <= this.#epochs) {
      this.#order ??= new EpochOrder(this.#size);
      this.#order.shuffle(this.#progress.random);
    } else {
      this.#order = null;
      this.#inner.beginEpoch(epoch - this.#epochs);
    }
  }

  select(batchSize: number, score: Scorer<S>): Selection | null | Promise<Selection | null> {
    if (this.#order === null && this.#progress.epoch > 0) return this.#inner.select(batchSize, score);
    const count = this.#progress.take(batchSize);
    if (count === 0) return null;
    if (this.#batch.length !== count) this.#batch = new Int32Array(count);
    this.#order?.deal(this.#batch, count);
    return { indices: this.#batch };
  }

  observe(observation: Observation<S>): void {
    this.#inner.observe(observation);
  }

  /** The inner selector's distribution, where it has one; uniform before it takes over. */
  probabilities(): Float64Array {
    const uniform = new Float64Array(this.#size).fill(1 / this.#size);
    return this.#progress.epoch <= this.#epochs ? uniform : (this.#inner.probabilities?.() ?? uniform);
  }

  stateDict(): StateDict {
    return {
      version: 1,
      progress: this.#progress.stateDict(),
      order: this.#order?.toArray() ?? null,
      inner: this.#inner.stateDict(),
    };
  }

  loadStateDict(state: StateDict): void {
    readVersion('withWarmup', state, 1);
    const progress = this.#progress.prepare(readState(state, 'progress'));
    const order = state.order === null ? null : readPermutation(state, 'order', this.#size);
    this.#inner.loadStateDict(readState(state, 'inner'));
    progress.commit();
    this.#order = order && EpochOrder.restored(order, progress.drawn);
  }
}
