import type { Memory } from '../define/method.js';
import type { StateDict } from '../selector.js';
import { readTyped, readVersion } from '../state-fields.js';

/** The latest known value of each sample, such as its loss: 4 bytes a sample. */
export class LatestValues implements Memory {
  /** One a sample; `unknown` where none is known. */
  readonly values: Float32Array;
  readonly #unknown: number;
  readonly #least: number;
  readonly #greatest: number;

  /**
   * No value is known yet.
   * @param unknown stands for a value that is not known
   * @param least least value that a saved state may hold
   * @param greatest greatest value that a saved state may hold
   */
  constructor(size: number, unknown: number, least = -Number.MAX_VALUE, greatest = Number.MAX_VALUE) {
    this.values = new Float32Array(size).fill(unknown);
    this.#unknown = Math.fround(unknown);
    this.#least = least;
    this.#greatest = greatest;
  }

  /** Takes a value for each of `indices`; neither is checked. */
  record(indices: Int32Array, column: Float32Array): void {
    const { values } = this;
    for (let row = 0; row < indices.length; row++) values[indices[row]!] = column[row]!;
  }

  stateDict(): StateDict {
    return { version: 1, values: this.values.slice() };
  }

  prepare(state: StateDict): { commit(): void } {
    readVersion('latest values', state, 1);
    const values = readTyped(state, 'values', Float32Array, this.values.length);
    for (const [i, value] of values.entries()) {
      if (!(value >= this.#least && value <= this.#greatest) && value !== this.#unknown) {
        throw new RangeError(
          `state.values[${i}] is ${value}; it must be from ${this.#least} to ${this.#greatest}, or ${this.#unknown} where none is known.`,
        );
      }
    }
    return {
      commit: () => {
        this.values.set(values);
      },
    };
  }
}
