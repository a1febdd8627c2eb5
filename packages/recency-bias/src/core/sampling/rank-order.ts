import type { Random } from '../random.js';

/**
 * Samples in descending order of their values, ties in random order. A radix sort of the values' bits, so that ranking a
 * million samples takes some tens of milliseconds.
 *
 * @param values one a sample, no NaN; infinities are allowed
 * @param order holds the result: `order[0]` is the sample with the highest value
 */
export function rankDescending(values: Float32Array, order: Int32Array, random: Random): void {
  const size = values.length;
  for (let i = 0; i < size; i++) order[i] = i;
  // The sort is stable, so ties keep this random order.
  random.shuffle(order);

  const bits = new Uint32Array(values.buffer, values.byteOffset, size);
  const keys = new Uint32Array(size);
  for (let i = 0; i < size; i++) {
    const word = bits[order[i]!]!;
    // The bits of a float ascend with its value when the sign is flipped, and all bits of a negative one are; this is
    // the complement of that, to descend. Zero has one key for both its signs.
    keys[i] = word === 0x80000000 ? 0x7fffffff : word >>> 31 === 0 ? word ^ 0x7fffffff : word;
  }
  let fromOrder: Int32Array = order;
  let fromKeys = keys;
  let toOrder: Int32Array = new Int32Array(size);
  let toKeys = new Uint32Array(size);
  const next = new Uint32Array(DIGITS);
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    next.fill(0);
    for (let i = 0; i < size; i++) next[(fromKeys[i]! >>> shift) & (DIGITS - 1)]!++;
    for (let digit = 0, sum = 0; digit < DIGITS; digit++) {
      const count = next[digit]!;
      next[digit] = sum;
      sum += count;
    }
    for (let i = 0; i < size; i++) {
      const key = fromKeys[i]!;
      const at = next[(key >>> shift) & (DIGITS - 1)]!++;
      toOrder[at] = fromOrder[i]!;
      toKeys[at] = key;
    }
    [fromOrder, toOrder] = [toOrder, fromOrder];
    [fromKeys, toKeys] = [toKeys, fromKeys];
  }
  if (fromOrder !== order) order.set(fromOrder);
}

const DIGIT_BITS = 8;
const DIGITS = 2 ** DIGIT_BITS;
