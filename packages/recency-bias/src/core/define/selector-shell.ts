import type {
  Observation,
  Scorer,
  Selection,
  Selector,
  StateDict,
  StateValue,
  TrainingRun,
} from '../selector.js';
import type { Signal } from '../signals.js';
import { checkObservation } from '../observation.js';
import { readState, readVersion } from '../state-fields.js';
import { show } from '../validate.js';
import type { Epoch, EpochPosition } from './epoch.js';
import type { Drawn, Method } from './method.js';

const STATE_VERSION = 2;

/** The shell's facts of its method. */
export interface ShellFacts<S extends Signal> {
  /** Registry name. */
  readonly name: string;
  /** Name in saved states; the registry name, or that of a wrapper. */
  readonly stateName: string;
  readonly signals: readonly S[];
  /** Uniform epochs before the method begins to select. */
  readonly warmupEpochs: number;
}

/**
 * A selector around a method: the bookkeeping that all methods share. It counts epochs and batches, trains the warm-up,
 * checks observations, owns the batch, and saves and loads the state, which is checked whole before any of it is loaded.
 */
export class SelectorShell<S extends Signal> implements Selector<S> {
  readonly name: string;
  readonly signals: readonly S[];
  readonly probabilities?: () => Float64Array;

  readonly #run: TrainingRun;
  readonly #stateName: string;
  readonly #warmupEpochs: number;
  readonly #epoch: Epoch;
  readonly #method: Method<S>;
  #batch = new Int32Array(0);
  /** The scorer of the latest `select`, and the same with its answers checked. */
  #score: Scorer<S> | undefined;
  #checkedScore: Scorer<S>;

  constructor(run: TrainingRun, facts: ShellFacts<S>, epoch: Epoch, method: Method<S>) {
    this.name = facts.name;
    this.signals = facts.signals;
    this.#run = run;
    this.#stateName = facts.stateName;
    this.#warmupEpochs = facts.warmupEpochs;
    this.#epoch = epoch;
    this.#method = method;
    this.#checkedScore = this.#missingScore();
    if (method.probabilities !== undefined) {
      const { size } = run;
      this.probabilities = () =>
        this.#selects(epoch.number) ? method.probabilities!() : new Float64Array(size).fill(1 / size);
    }
  }

  beginEpoch(number: number): void {
    const { order, random } = this.#epoch;
    this.#epoch.begin(number);
    if (!this.#selects(number)) {
      order.shuffle(random);
      return;
    }
    if (this.#method.ordered === undefined) order.release();
    this.#method.begin?.(number);
  }

  select(batchSize: number, score?: Scorer<S>): Selection | null | Promise<Selection | null> {
    const method = this.#method;
    const selects = this.#selects(this.#epoch.number);
    if (selects && method.select !== undefined) return method.select(batchSize, this.#checked(score));
    const count = this.#epoch.take(batchSize);
    if (count === 0) return null;
    if (this.#batch.length !== count) this.#batch = new Int32Array(count);
    const indices = this.#batch;
    if (!selects || method.draw === undefined) {
      this.#epoch.order.deal(indices);
      return { indices };
    }
    const drawn = method.draw(indices, this.#checked(score));
    return drawn instanceof Promise
      ? drawn.then((later) => selectionOf(indices, later))
      : selectionOf(indices, drawn);
  }

  observe(observation: Observation<S>): void {
    const method = this.#method;
    if (method.observe !== undefined) {
      method.observe(observation);
    } else if (this.signals.length > 0) {
      checkObservation(observation, this.signals, this.#run.size, this.#run.classes);
      method.learn?.(observation);
    }
  }

  stateDict(): StateDict {
    const state: Record<string, StateValue> = {};
    for (const [field, memory] of Object.entries(this.#method.memory ?? {}))
      state[field] = memory.stateDict();
    return { version: STATE_VERSION, selector: this.#stateName, epoch: this.#epoch.stateDict(), ...state };
  }

  loadStateDict(state: StateDict): void {
    readVersion(this.#stateName, state, STATE_VERSION);
    this.#checkOwner(state);
    const epoch = this.#epoch.prepare(readState(state, 'epoch'));
    const { position } = epoch;
    this.#checkOrder(position);
    const parts = Object.entries(this.#method.memory ?? {}).map(([field, memory]) =>
      memory.prepare(readState(state, field), position),
    );
    epoch.commit();
    for (const part of parts) part.commit();
    if (this.#selects(position.epoch)) this.#method.resume?.(position.epoch);
  }

  /** Whether the method itself selects in an epoch: not before the first, and not in the warm-up. */
  #selects(epoch: number): boolean {
    return epoch > this.#warmupEpochs;
  }

  /** A scorer whose answers are checked. */
  #checked(score: Scorer<S> | undefined): Scorer<S> {
    if (score !== this.#score) {
      this.#score = score;
      this.#checkedScore = score === undefined ? this.#missingScore() : this.#checkingScore(score);
    }
    return this.#checkedScore;
  }

  #checkingScore(score: Scorer<S>): Scorer<S> {
    const { size, classes } = this.#run;
    return async (indices) => {
      const scored = await score(indices);
      checkObservation(scored, this.signals, size, classes);
      return scored;
    };
  }

  #missingScore(): Scorer<S> {
    return () =>
      Promise.reject(new TypeError(`${this.#stateName} needs a scorer: select(batchSize, score).`));
  }

  #checkOwner({ selector }: StateDict): void {
    if (selector === this.#stateName) return;
    if (typeof selector !== 'string') {
      throw new TypeError(`state.selector is ${show(selector)}; it must be '${this.#stateName}'.`);
    }
    throw new RangeError(
      `The state is the state of ${show(selector)}, not '${this.#stateName}'; load it into the selector that it was saved from.`,
    );
  }

  /** Whether the state's order is one that an epoch of this selector deals. */
  #checkOrder({ epoch, order }: EpochPosition): void {
    if (epoch === 0) return;
    const ordered = this.#selects(epoch) ? this.#method.ordered : 'all';
    const { size } = this.#run;
    const fits =
      ordered === undefined
        ? order.length === 0
        : ordered === 'all'
          ? order.length === size
          : order.length > 0;
    if (fits) return;
    const expected = ordered === undefined ? 'no' : ordered === 'all' ? `all ${size}` : 'some';
    throw new RangeError(
      `state.order holds ${order.length} samples, but epoch ${epoch} deals ${expected} samples; ` +
        'load a state saved with the same options.',
    );
  }
}

function selectionOf(indices: Int32Array, drawn: Drawn): Selection {
  if (drawn === undefined) return { indices };
  return drawn instanceof Float32Array ? { indices, weights: drawn } : drawn;
}
