import type { Random } from '../random.js';

/** Deals every sample once per epoch: a permutation, cut into batches. 4 bytes a sample. */
export class EpochOrder {
  readonly #order: Int32Array;
  #next = 0;

  /** The order 0, 1, ..., size - 1. */
  constructor(size: number) {
    this.#order = new Int32Array(size);
    this.sort();
  }

  /** Bytes of the permutation. */
  get byteLength(): number {
    return this.#order.byteLength;
  }

  /** Starts over in the order of the indices. */
  sort(): void {
    for (let i = 0; i < this.#order.length; i++) this.#order[i] = i;
    this.#next = 0;
  }

  /** Starts over in a fresh random order, which depends on `random` alone. */
  shuffle(random: Random): void {
    this.sort();
    random.shuffle(this.#order);
  }

  /** Writes the next `count` samples to the front of `out`. At most as many as are left. */
  deal(out: Int32Array, count: number): void {
    out.set(this.#order.subarray(this.#next, this.#next + count));
    this.#next += count;
  }

  /** The permutation; the state of a shuffled epoch, together with how many were dealt. */
  toArray(): Int32Array {
    return this.#order.slice();
  }

  /** The order of a saved permutation, checked by the caller, of which `dealt` samples are gone. */
  static restored(order: Int32Array, dealt: number): EpochOrder {
    const restored = new EpochOrder(order.length);
    restored.restore(order, dealt);
    return restored;
  }

  /** Restores a permutation, checked by the caller, of which `dealt` samples are gone. */
  restore(order: Int32Array, dealt: number): void {
    this.#order.set(order);
    this.#next = dealt;
  }
}
