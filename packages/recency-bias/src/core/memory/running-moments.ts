import type { Memory } from '../define/method.js';
import type { StateDict } from '../selector.js';
import { readSame, readTyped, readVersion } from '../state-fields.js';

/**
 * Count, mean and variance of a growing series for each sample, without keeping the series (Welford 1962): 20 bytes a
 * sample, whatever the number of values.
 */
export class RunningMoments implements Memory {
  /** Number of samples. */
  readonly size: number;
  readonly #count: Uint32Array;
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;
  readonly #least: number;
  readonly #greatest: number;

  /**
   * No values yet for any of `size` samples.
   * @param least least value of a series, but for rounding; a saved state is checked against it
   * @param greatest greatest value of a series, but for rounding
   */
  constructor(size: number, least = -Infinity, greatest = Infinity) {
    this.size = size;
    this.#least = least;
    this.#greatest = greatest;
    this.#count = new Uint32Array(size);
    this.#mean = new Float64Array(size);
    this.#squares = new Float64Array(size);
  }

  /** Adds a finite value to a sample's series; index and value are not checked. */
  record(index: number, value: number): void {
    const count = this.#count[index]! + 1;
    const before = value - this.#mean[index]!;
    const mean = this.#mean[index]! + before / count;
    this.#count[index] = count;
    this.#mean[index] = mean;
    this.#squares[index]! += before * (value - mean);
  }

  /** How many values the sample has. */
  count(index: number): number {
    return this.#count[index]!;
  }

  /** Mean of the sample's values; 0 without any. */
  mean(index: number): number {
    return this.#mean[index]!;
  }

  /** Population variance of the sample's values; 0 without any. */
  variance(index: number): number {
    return this.#count[index] === 0 ? 0 : this.#squares[index]! / this.#count[index]!;
  }

  stateDict(): StateDict {
    return {
      version: 1,
      size: this.size,
      count: this.#count.slice(),
      mean: this.#mean.slice(),
      squares: this.#squares.slice(),
    };
  }

  /**
   * @throws RangeError or TypeError when the state is of another size or damaged; nothing changes then
   */
  loadStateDict(state: StateDict): void {
    this.prepare(state).commit();
  }

  /** Checks a state; `commit` loads it. */
  prepare(state: StateDict): { commit(): void } {
    readVersion('RunningMoments', state, 1);
    readSame(state, 'size', this.size);
    const count = readTyped(state, 'count', Uint32Array, this.size);
    const mean = readTyped(state, 'mean', Float64Array, this.size);
    const squares = readTyped(state, 'squares', Float64Array, this.size);
    for (let i = 0; i < this.size; i++) {
      if (this.#isPossible(count[i]!, mean[i]!, squares[i]!)) continue;
      throw new RangeError(
        `state.mean[${i}] and state.squares[${i}] are ${mean[i]!} and ${squares[i]!}; no ${count[i]!} values from ` +
          `${this.#least} to ${this.#greatest} have them.`,
      );
    }
    return {
      commit: () => {
        this.#count.set(count);
        this.#mean.set(mean);
        this.#squares.set(squares);
      },
    };
  }

  /** Whether some `count` values in the range have this mean and this sum of squared deviations. */
  #isPossible(count: number, mean: number, squares: number): boolean {
    if (count === 0) return mean === 0 && squares === 0;
    if (!Number.isFinite(mean) || !Number.isFinite(squares)) return false;
    const range = this.#greatest - this.#least;
    const slack = 1e-5 * range;
    // No variance exceeds a quarter of the squared range (Popoviciu 1935).
    const most = count * (range / 2 + slack) ** 2;
    return mean >= this.#least - slack && mean <= this.#greatest + slack && squares >= 0 && squares <= most;
  }
}
