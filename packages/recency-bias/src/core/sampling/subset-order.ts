import type { Random } from '../random.js';

/** Deals some of the samples once in an epoch, in random order: 4 bytes a sample dealt. */
export class SubsetOrder {
  #order: Int32Array = new Int32Array(0);
  #next = 0;

  /** Number of samples of the epoch. */
  get length(): number {
    return this.#order.length;
  }

  /** Starts an epoch with `samples`, which it shuffles in place and keeps. */
  start(samples: Int32Array, random: Random): void {
    random.shuffle(samples);
    this.restore(samples, 0);
  }

  /** Writes the next `count` samples to the front of `out`. At most as many as are left. */
  deal(out: Int32Array, count: number): void {
    out.set(this.#order.subarray(this.#next, this.#next + count));
    this.#next += count;
  }

  /** The samples in their order. */
  toArray(): Int32Array {
    return this.#order.slice();
  }

  /** Restores an order, checked by the caller, of which `dealt` samples are gone. */
  restore(order: Int32Array, dealt: number): void {
    this.#order = order;
    this.#next = dealt;
  }
}
