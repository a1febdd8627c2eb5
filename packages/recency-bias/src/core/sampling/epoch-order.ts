import type { Random } from '../random.js';

/**
 * The order in which an epoch deals its samples, each once: a permutation of all samples or of some, cut into batches.
 * 4 bytes a sample, which are given back by `release`.
 */
export interface EpochOrder {
  /** Number of samples of the epoch. */
  readonly length: number;
  /** The samples in their order, in place. */
  readonly samples: Int32Array;
  /** Bytes of the permutation. */
  readonly byteLength: number;
  /** Starts over with all samples in the order of their indices. */
  sort(): void;
  /** Starts over with all samples in a fresh random order, which depends on `random` alone. */
  shuffle(random: Random): void;
  /** Starts over with `samples` in their order, which it keeps: distinct, and at least one (not checked). */
  start(samples: Int32Array): void;
  /** Leaves the epoch the first `count` samples of its order. */
  limit(count: number): void;
  /** Has nothing to deal any more. */
  release(): void;
  /** Writes the next samples, as many as `out` has room for. At most as many as are left. */
  deal(out: Int32Array): void;
  /** The samples in their order; the state of an epoch, together with how many were dealt. */
  toArray(): Int32Array;
  /** Restores an order, checked by the caller, of which `dealt` samples are gone. */
  restore(samples: Int32Array, dealt: number): void;
}

/** An order of `size` samples that has nothing to deal yet. */
export function epochOrder(size: number): EpochOrder {
  let order: Int32Array = new Int32Array(0);
  let next = 0;

  const restore = (samples: Int32Array, dealt: number): void => {
    order = samples;
    next = dealt;
  };

  const sort = (): void => {
    // A limit leaves the buffer whole, so that it serves the next epoch.
    restore(order.buffer.byteLength === 4 * size ? new Int32Array(order.buffer) : new Int32Array(size), 0);
    for (let i = 0; i < size; i++) order[i] = i;
  };

  return {
    get length() {
      return order.length;
    },
    get samples() {
      return order;
    },
    get byteLength() {
      return order.byteLength;
    },
    sort,
    shuffle: (random) => {
      sort();
      random.shuffle(order);
    },
    start: (samples) => {
      restore(samples, 0);
    },
    limit: (count) => {
      order = order.subarray(0, count);
    },
    release: () => {
      restore(new Int32Array(0), 0);
    },
    deal: (out) => {
      out.set(order.subarray(next, next + out.length));
      next += out.length;
    },
    toArray: () => order.slice(),
    restore,
  };
}
