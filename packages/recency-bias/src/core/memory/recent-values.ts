import type { Memory } from '../define/method.js';
import type { StateDict } from '../selector.js';
import { readSame, readTyped, readVersion } from '../state-fields.js';

/** Longest window: positions in it are 16-bit integers. */
export const MAX_VALUES = 65_535;

/** The last values of each sample, with their mean and variance: 4 bytes a value and 4 bytes a sample. */
export class RecentValues implements Memory {
  /** Values remembered for each sample. */
  readonly window: number;
  readonly #size: number;
  readonly #least: number;
  readonly #greatest: number;
  /** Rings one behind the other, `window` values a sample. */
  readonly #values: Float32Array;
  readonly #count: Uint16Array;
  readonly #next: Uint16Array;

  /**
   * No values yet for any of `size` samples.
   * @param window values remembered for each sample, from 1 to `MAX_VALUES`
   * @param least least value that a saved state may hold
   * @param greatest greatest value that a saved state may hold
   */
  constructor(size: number, window: number, least: number, greatest: number) {
    this.window = window;
    this.#size = size;
    this.#least = least;
    this.#greatest = greatest;
    this.#values = new Float32Array(size * window);
    this.#count = new Uint16Array(size);
    this.#next = new Uint16Array(size);
  }

  /** Bytes of the values and their positions. */
  get byteLength(): number {
    return this.#values.byteLength + this.#count.byteLength + this.#next.byteLength;
  }

  /** Adds a value to a sample's window, which the oldest leaves when it is full; index and value are not checked. */
  record(index: number, value: number): void {
    const next = this.#next[index]!;
    this.#values[index * this.window + next] = value;
    this.#next[index] = next + 1 === this.window ? 0 : next + 1;
    if (this.#count[index]! < this.window) this.#count[index]!++;
  }

  /** How many values the sample's window has. */
  count(index: number): number {
    return this.#count[index]!;
  }

  /** Mean of the sample's window; 0 without any values. */
  mean(index: number): number {
    const count = this.#count[index]!;
    const start = index * this.window;
    let sum = 0;
    for (let n = start; n < start + count; n++) sum += this.#values[n]!;
    return count === 0 ? 0 : sum / count;
  }

  /** Population variance of the sample's window; 0 without any values. */
  variance(index: number): number {
    const count = this.#count[index]!;
    const start = index * this.window;
    const mean = this.mean(index);
    let squares = 0;
    for (let n = start; n < start + count; n++) squares += (this.#values[n]! - mean) ** 2;
    return count === 0 ? 0 : squares / count;
  }

  stateDict(): StateDict {
    return {
      version: 1,
      window: this.window,
      values: this.#values.slice(),
      count: this.#count.slice(),
      next: this.#next.slice(),
    };
  }

  prepare(state: StateDict): { commit(): void } {
    readVersion('recent values', state, 1);
    readSame(state, 'window', this.window);
    const values = readTyped(state, 'values', Float32Array, this.#values.length);
    const counts = readTyped(state, 'count', Uint16Array, this.#size);
    const nexts = readTyped(state, 'next', Uint16Array, this.#size);
    for (const [i, value] of values.entries()) {
      if (value >= this.#least && value <= this.#greatest) continue;
      throw new RangeError(
        `state.values[${i}] is ${value}; it must be from ${this.#least} to ${this.#greatest}.`,
      );
    }
    for (const [i, count] of counts.entries()) {
      const next = nexts[i]!;
      if (count < this.window ? next === count : count === this.window && next < this.window) continue;
      throw new RangeError(
        `state.count[${i}] is ${count} and state.next[${i}] is ${next}; no window of ${this.window} values stands so.`,
      );
    }
    return {
      commit: () => {
        this.#values.set(values);
        this.#count.set(counts);
        this.#next.set(nexts);
      },
    };
  }
}
