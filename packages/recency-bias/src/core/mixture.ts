import { EpochProgress, checkRun } from './epoch.js';
import type { Random } from './random.js';
import { IndexSet } from './sampling/distinct.js';
import type {
  Observation,
  Scorer,
  Selection,
  Selector,
  SelectorFactory,
  Signal,
  StateDict,
  TrainingRun,
} from './selector.js';
import { readInteger, readSame, readState, readVersion } from './state-fields.js';
import { checkBoolean, show } from './validate.js';

/** How a mixture divides its batches between uniform draws and the inner selector. */
export interface Mixing {
  /** Name of the wrapper, for messages and states. */
  readonly owner: string;
  /** How many of the `count` samples of the epoch's batch `batch` (1-based) are drawn uniformly. */
  uniformDraws(count: number, batch: number, random: Random): number;
  /** Probability that the next draw is uniform, where it is the same for every draw of an epoch. */
  readonly uniformShare?: number;
}

/** @throws TypeError when `inner` is no factory */
export function checkInner(owner: string, inner: unknown): void {
  if (typeof inner === 'function') return;
  throw new TypeError(`${owner}: inner is ${show(inner)}; it must be a selector factory such as uniform().`);
}

/**
 * Batches of which some samples are drawn uniformly and the others by an inner selector. An epoch is as many samples as
 * there are data, or ends when the inner selector's does.
 */
export class MixtureSelector<S extends Signal> implements Selector<S> {
  readonly name: string;
  readonly signals: readonly S[];
  readonly #size: number;
  /** The distribution of the next draw; absent where the inner selector has none or the draws of an epoch differ. */
  readonly probabilities?: () => Float64Array;
  readonly #inner: Selector<S>;
  readonly #mixing: Mixing;
  readonly #progress: EpochProgress;
  readonly #seen = new IndexSet();
  #batches = 0;
  /** Whether the inner selector's epoch is exhausted. */
  #ended = false;

  /** Use a wrapper such as `withSmoothing(inner, options)(run)`. */
  constructor(run: TrainingRun, inner: SelectorFactory<S>, mixing: Mixing) {
    this.#size = checkRun(run).size;
    this.#mixing = mixing;
    this.#progress = new EpochProgress(run);
    this.#inner = inner(run);
    this.name = this.#inner.name;
    this.signals = this.#inner.signals;
    const share = mixing.uniformShare;
    if (share !== undefined && this.#inner.probabilities !== undefined) {
      const uniform = share / run.size;
      this.probabilities = () =>
        this.#inner.probabilities!().map((probability) => (1 - share) * probability + uniform);
    }
  }

  beginEpoch(epoch: number): void {
    this.#progress.begin(epoch);
    this.#inner.beginEpoch(epoch);
    this.#batches = 0;
    this.#ended = false;
  }

  select(batchSize: number, score: Scorer<S>): Selection | null | Promise<Selection | null> {
    const count = this.#progress.take(batchSize);
    if (count === 0 || this.#ended) return null;
    const uniform = this.#mixing.uniformDraws(count, ++this.#batches, this.#progress.random);
    if (uniform === count) return this.#complete(new Int32Array(0), undefined, uniform);
    const inner = this.#inner.select(count - uniform, score);
    return inner instanceof Promise
      ? inner.then((selection) => this.#join(selection, uniform))
      : this.#join(inner, uniform);
  }

  observe(observation: Observation<S>): void {
    this.#inner.observe(observation);
  }

  stateDict(): StateDict {
    return {
      version: 1,
      wrapper: this.#mixing.owner,
      progress: this.#progress.stateDict(),
      batches: this.#batches,
      ended: this.#ended,
      inner: this.#inner.stateDict(),
    };
  }

  loadStateDict(state: StateDict): void {
    readVersion(this.#mixing.owner, state, 1);
    readSame(state, 'wrapper', this.#mixing.owner);
    const progress = this.#progress.prepare(readState(state, 'progress'));
    const batches = readInteger(state, 'batches', 0);
    const ended = checkBoolean('state.ended', state.ended);
    this.#inner.loadStateDict(readState(state, 'inner'));
    progress.commit();
    this.#batches = batches;
    this.#ended = ended;
  }

  #join(selection: Selection | null, uniform: number): Selection | null {
    this.#ended = selection === null;
    return selection && this.#complete(selection.indices, selection.weights, uniform);
  }

  /** Adds `uniform` samples, of weight 1, that the batch does not have. */
  #complete(chosen: Int32Array, weights: Float32Array | undefined, uniform: number): Selection {
    const { random } = this.#progress;
    const rows = chosen.length + uniform;
    const indices = new Int32Array(rows);
    indices.set(chosen);
    this.#seen.reset(rows);
    for (const index of chosen) this.#seen.add(index);
    for (let n = chosen.length; n < rows;) {
      const index = random.int(this.#size);
      if (this.#seen.add(index)) indices[n++] = index;
    }
    if (weights === undefined) return { indices };
    const all = new Float32Array(rows).fill(1);
    all.set(weights);
    return { indices, weights: all };
  }
}
