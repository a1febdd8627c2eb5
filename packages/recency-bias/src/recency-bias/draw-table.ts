import type { Random } from '../core/random.js';
import type { StateDict } from '../core/selector.js';

/** Draws samples by a weight that depends on their uncertainty. */
export interface DrawTable {
  /** Bytes that grow with the number of samples. */
  readonly byteLength: number;
  /** Takes every sample's uncertainty afresh, where `weigh` does not. */
  refresh?(): void;
  /** Sets the weight, positive and finite, that an uncertainty stands for. */
  weigh(weightOf: (uncertainty: number) => number): void;
  /** Takes note at once of a sample whose history has grown; `before` is its count class until then. */
  update?(index: number, before: number): void;
  /** Writes `count` distinct samples to the front of `out`, each drawn from those that are not drawn yet. */
  draw(out: Int32Array, count: number, random: Random): void;
  /** Each sample's probability of being the next draw. */
  probabilities(): Float64Array;
  /** The state that `refresh` would not reproduce in the middle of an epoch. */
  stateDict(): StateDict;
  /** Checks a state; `commit` loads it, after the histories were loaded. Weights are to be set again. */
  prepare(state: StateDict): { commit(): void };
}
