import type { Random } from '../random.js';

/** A set of samples of one batch: membership in O(1), memory by the batch and not by the data set. */
export class IndexSet {
  #slots = new Int32Array(0);
  #mask = 0;

  /** Empties the set and makes room for `capacity` members. */
  reset(capacity: number): void {
    const needed = 2 ** Math.ceil(Math.log2(Math.max(4, capacity * 3)));
    if (this.#slots.length < needed) this.#slots = new Int32Array(needed);
    this.#mask = this.#slots.length - 1;
    this.#slots.fill(-1);
  }

  /** Adds a sample; false when it was there. */
  add(index: number): boolean {
    const slots = this.#slots;
    let at = Math.imul(index, 0x9e3779b1) & this.#mask;
    for (;;) {
      const held = slots[at]!;
      if (held === index) return false;
      if (held === -1) {
        slots[at] = index;
        return true;
      }
      at = (at + 1) & this.#mask;
    }
  }
}

/** Draws distinct samples uniformly (Floyd's method: one draw a sample, whatever the batch size). */
export class DistinctUniform {
  readonly #size: number;
  readonly #seen = new IndexSet();

  constructor(size: number) {
    this.#size = size;
  }

  /** Writes `count` distinct samples, in random order, to the front of `out`. At most `size`. */
  draw(out: Int32Array, count: number, random: Random): void {
    const seen = this.#seen;
    seen.reset(count);
    for (let n = 0; n < count; n++) {
      const top = this.#size - count + n;
      const candidate = random.int(top + 1);
      const sample = seen.add(candidate) ? candidate : top;
      if (sample === top && candidate !== top) seen.add(top);
      // Floyd's subset is uniform but its order is not; insert at a random place.
      const at = random.int(n + 1);
      out[n] = out[at]!;
      out[at] = sample;
    }
  }
}

/** After so many rejections in a row a batch is completed by `weightedRest`. */
const PATIENCE = 64;

/**
 * Draws distinct samples in proportion to weights by redrawing the ones that the batch has already, which is exact for
 * sampling without replacement. When the batch holds so much of the weight that redrawing drags on, the rest of it comes
 * from an exhaustive pass.
 */
export class DistinctWeighted {
  readonly #seen = new IndexSet();

  /**
   * Writes `count` distinct samples to the front of `out`.
   * @param draw one draw with replacement
   * @param weightOf positive weight of a sample, in the same proportion as `draw`
   */
  draw(
    out: Int32Array,
    count: number,
    size: number,
    random: Random,
    draw: () => number,
    weightOf: (index: number) => number,
  ): void {
    const seen = this.#seen;
    seen.reset(count);
    let rejections = 0;
    for (let n = 0; n < count;) {
      const sample = draw();
      if (seen.add(sample)) {
        out[n++] = sample;
        rejections = 0;
      } else if (++rejections >= PATIENCE) {
        weightedRest(out, n, count, size, random, weightOf);
        return;
      }
    }
  }
}

/**
 * Completes a batch of which `out[0 .. from)` is drawn: the samples left over, ordered by exponential variates over
 * weight, are in the order of successive weighted draws without replacement (Efraimidis & Spirakis 2006).
 */
function weightedRest(
  out: Int32Array,
  from: number,
  count: number,
  size: number,
  random: Random,
  weightOf: (index: number) => number,
): void {
  const drawn = new Uint8Array(size);
  for (let n = 0; n < from; n++) drawn[out[n]!] = 1;
  const keys = new Float64Array(size);
  const left: number[] = [];
  for (let i = 0; i < size; i++) {
    if (drawn[i] === 1) continue;
    keys[i] = -Math.log(1 - random.float()) / weightOf(i);
    left.push(i);
  }
  left.sort((a, b) => keys[a]! - keys[b]!);
  for (let n = from; n < count; n++) out[n] = left[n - from]!;
}
