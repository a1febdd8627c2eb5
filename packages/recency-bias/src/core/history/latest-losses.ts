import { checkIndices, checkLoss } from '../observation.js';
import type { StateDict } from '../selector.js';
import { readTyped } from '../state-fields.js';

/** The latest known loss of each sample: 4 bytes a sample. */
export class LatestLosses {
  /** One a sample; −Infinity where none is known. */
  readonly values: Float32Array;

  /** No loss is known yet. */
  constructor(size: number) {
    this.values = new Float32Array(size).fill(-Infinity);
  }

  /**
   * Takes the losses of an observation.
   * @throws TypeError or RangeError for a bad one; nothing changes then
   */
  record(observation: { readonly indices: Int32Array; readonly loss: Float32Array }): void {
    const { values } = this;
    const indices = checkIndices(observation, values.length);
    const losses = checkLoss(observation, indices.length);
    for (let row = 0; row < indices.length; row++) values[indices[row]!] = losses[row]!;
  }

  /** Checks the field `field` of a state; `commit` loads it. */
  prepare(state: StateDict, field: string): { commit(): void } {
    const losses = readTyped(state, field, Float32Array, this.values.length);
    if (losses.some((loss) => Number.isNaN(loss))) throw new RangeError(`state.${field} holds NaN.`);
    return {
      commit: () => {
        this.values.set(losses);
      },
    };
  }
}
