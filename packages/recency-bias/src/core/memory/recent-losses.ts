import type { Memory } from '../define/method.js';
import type { StateDict } from '../selector.js';
import { readInteger, readTyped, readVersion } from '../state-fields.js';

/** The distribution of the latest losses: a ring in the order of arrival, and the same losses sorted. */
export class RecentLosses implements Memory {
  readonly #ring: Float32Array;
  readonly #sorted: Float32Array;
  #count = 0;
  #next = 0;

  /** Room for `capacity` losses. */
  constructor(capacity: number) {
    this.#ring = new Float32Array(capacity);
    this.#sorted = new Float32Array(capacity);
  }

  /** Forgets all losses. */
  clear(): void {
    this.#count = 0;
    this.#next = 0;
  }

  /** Adds a finite loss; the oldest leaves a full window. */
  add(loss: number): void {
    const sorted = this.#sorted;
    const value = Math.fround(loss);
    let count = this.#count;
    if (count === this.#ring.length) {
      const leaving = this.#below(this.#ring[this.#next]!);
      sorted.copyWithin(leaving, leaving + 1, count);
      this.#count = --count;
    }
    const at = this.#below(value);
    sorted.copyWithin(at + 1, at, count);
    sorted[at] = value;
    this.#count = count + 1;
    this.#ring[this.#next] = value;
    this.#next = (this.#next + 1) % this.#ring.length;
  }

  /**
   * Share of the window's losses that are at most `loss`, ties counting by their mean rank (as SciPy's percentileofscore,
   * which the authors of Selective-Backprop use); 1 for an empty window.
   */
  cdf(loss: number): number {
    const count = this.#count;
    if (count === 0) return 1;
    const value = Math.fround(loss);
    const below = this.#below(value);
    let upTo = below;
    for (let step = 1 << 16; step > 0; step >>= 1) {
      if (upTo + step <= count && this.#sorted[upTo + step - 1]! <= value) upTo += step;
    }
    return (below + upTo + (upTo > below ? 1 : 0)) / (2 * count);
  }

  /** The losses in the order of arrival. */
  stateDict(): StateDict {
    return { version: 1, losses: this.#ring.slice(), count: this.#count, next: this.#next };
  }

  /** Checks a state; `commit` loads it. */
  prepare(state: StateDict): { commit(): void } {
    const capacity = this.#ring.length;
    readVersion('recent losses', state, 1);
    const losses = readTyped(state, 'losses', Float32Array, capacity);
    const count = readInteger(state, 'count', 0, capacity);
    const next = readInteger(state, 'next', 0, capacity - 1);
    if (count < capacity && next !== count) {
      throw new RangeError(`state.next is ${next}; after ${count} losses it must be ${count}.`);
    }
    if (!losses.every(Number.isFinite)) throw new RangeError('state.losses must be finite.');
    return {
      commit: () => {
        this.#ring.set(losses);
        this.#count = count;
        this.#next = next;
        // A window that is not full has its losses at the front.
        this.#sorted.set(losses.subarray(0, count).slice().sort());
      },
    };
  }

  /** How many losses are below `value`. */
  #below(value: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
