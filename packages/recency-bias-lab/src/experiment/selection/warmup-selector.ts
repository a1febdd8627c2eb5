/** The shared warm-up: uniform batches, observed by every selector that will fork from it. */
import { uniform } from 'recency-bias';
import type { Observation, Selection, Selector, Signal, StateDict, TrainingRun } from 'recency-bias';
import { checkVersion } from './state-version.js';

/**
 * Draws uniform batches in epoch order while the selectors of a comparison learn from every observation, as if each of
 * them had been there from the beginning.
 */
export class WarmupSelector implements Selector {
  readonly name = uniform.definition.name;
  readonly signals: readonly Signal[];
  readonly #leader: Selector;
  readonly #observers: ReadonlyMap<string, Selector>;

  /** @param observers the selectors of the comparison by label */
  constructor(run: TrainingRun, observers: ReadonlyMap<string, Selector>) {
    this.#leader = uniform()(run);
    this.#observers = observers;
    this.signals = [...new Set([...observers.values()].flatMap(({ signals }) => [...signals]))];
  }

  beginEpoch(epoch: number): void {
    this.#leader.beginEpoch(epoch);
    for (const observer of this.#observers.values()) observer.beginEpoch(epoch);
  }

  select(batchSize: number): Selection | null {
    return this.#leader.select(batchSize, noScorer) as Selection | null;
  }

  observe(observation: Observation): void {
    for (const observer of this.#observers.values()) observer.observe(observation);
  }

  stateDict(): WarmupState {
    return {
      version: 1,
      leader: this.#leader.stateDict(),
      labels: [...this.#observers.keys()],
      observers: [...this.#observers.values()].map((observer) => observer.stateDict()),
    };
  }

  loadStateDict(state: StateDict): void {
    const warmup = state as WarmupState;
    checkVersion(warmup, 'The state of a warm-up');
    this.#leader.loadStateDict(warmup.leader);
    for (const [label, selector] of this.#observers) selector.loadStateDict(observerState(warmup, label));
  }
}

/** State of a WarmupSelector: one state for each selector that forks from it. */
export interface WarmupState extends StateDict {
  readonly leader: StateDict;
  readonly labels: readonly string[];
  readonly observers: readonly StateDict[];
}

/**
 * The state with which the selector `label` forks.
 * @throws RangeError when it did not take part in the warm-up.
 */
export function observerState(state: WarmupState, label: string): StateDict {
  const found = state.observers[state.labels.indexOf(label)];
  if (found !== undefined) return found;
  throw new RangeError(`The warm-up was not observed by ${label}, only by ${state.labels.join(', ')}.`);
}

const noScorer = (): Promise<never> => Promise.reject(new Error('The uniform selector scores nothing.'));
