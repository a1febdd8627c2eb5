import type { Random } from '../random.js';

/**
 * The order in which an epoch deals its samples, each once: a permutation of all samples or of some, cut into batches.
 * 4 bytes a sample, which are given back by `release`.
 */
export class EpochOrder {
  readonly #size: number;
  #order: Int32Array = new Int32Array(0);
  #next = 0;

  /** Nothing to deal yet, of `size` samples. */
  constructor(size: number) {
    this.#size = size;
  }

  /** Number of samples of the epoch. */
  get length(): number {
    return this.#order.length;
  }

  /** The samples in their order, in place. */
  get samples(): Int32Array {
    return this.#order;
  }

  /** Bytes of the permutation. */
  get byteLength(): number {
    return this.#order.byteLength;
  }

  /** Starts over with all samples in the order of their indices. */
  sort(): void {
    const { buffer } = this.#order;
    const reusable = buffer.byteLength === this.#size * Int32Array.BYTES_PER_ELEMENT;
    this.#order = reusable ? new Int32Array(buffer) : new Int32Array(this.#size);
    for (let i = 0; i < this.#size; i++) this.#order[i] = i;
    this.#next = 0;
  }

  /** Starts over with all samples in a fresh random order, which depends on `random` alone. */
  shuffle(random: Random): void {
    this.sort();
    random.shuffle(this.#order);
  }

  /** Starts over with `samples` in their order, which it keeps: distinct, and at least one (not checked). */
  start(samples: Int32Array): void {
    this.restore(samples, 0);
  }

  /** Leaves the epoch the first `count` samples of its order. */
  limit(count: number): void {
    this.#order = this.#order.subarray(0, count);
  }

  /** Has nothing to deal any more. */
  release(): void {
    this.#order = new Int32Array(0);
    this.#next = 0;
  }

  /** Writes the next samples, as many as `out` has room for. At most as many as are left. */
  deal(out: Int32Array): void {
    out.set(this.#order.subarray(this.#next, this.#next + out.length));
    this.#next += out.length;
  }

  /** The samples in their order; the state of an epoch, together with how many were dealt. */
  toArray(): Int32Array {
    return this.#order.slice();
  }

  /** Restores an order, checked by the caller, of which `dealt` samples are gone. */
  restore(order: Int32Array, dealt: number): void {
    this.#order = order;
    this.#next = dealt;
  }
}
