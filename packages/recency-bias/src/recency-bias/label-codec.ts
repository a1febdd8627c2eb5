/** How many windows there are, of how many labels, out of how many classes. */
export interface WindowShape {
  readonly size: number;
  readonly classes: number;
  readonly window: number;
}

/** Bits of an integer in [0, n). */
const bitsFor = (n: number): number => Math.max(1, 32 - Math.clz32(n - 1));

/**
 * All windows as bits, for saving. A sample's window, oldest label first: one bit whether it is full, otherwise how many labels
 * it holds; the first label; for each further one a bit that says whether it is the one before again, and otherwise the
 * label. Networks mostly repeat themselves, so a window takes a fraction of its labels' bytes. Bits fill 32-bit words from
 * the lowest on. Written out in one loop, as it runs over every label of the data set.
 * @param labels the rings, from one to the next `labelStride`
 * @param cursors the cursors, from one to the next `cursorStride`; see `LabelHistory`
 */
export function packLabels(
  { size, classes, window }: WindowShape,
  labels: Uint8Array | Uint16Array | Uint32Array,
  labelStride: number,
  cursors: Uint16Array,
  cursorStride: number,
): Uint32Array {
  const labelBits = bitsFor(classes);
  const countBits = bitsFor(window);
  const mostWords = Math.ceil((1 + countBits + window * (1 + labelBits)) / 32) + 1;
  let words = new Uint32Array(Math.ceil((size * (1 + labelBits + 2 * window)) / 32) + mostWords);
  let at = 0;
  let pending = 0;
  let used = 0;
  for (let i = 0; i < size; i++) {
    if (at + mostWords > words.length) {
      const longer = new Uint32Array(Math.ceil(words.length * 1.5) + mostWords);
      longer.set(words);
      words = longer;
    }
    const cursor = cursors[i * cursorStride]!;
    const full = cursor >= window;
    const count = full ? window : cursor;
    const base = i * labelStride;
    let slot = full ? cursor - window : 0;
    let before = -1;
    // n = -1 is the head of a window that is not full; a full one's flag goes with its first label.
    for (let n = full ? 0 : -1; n < count; n++) {
      let value: number;
      let bits: number;
      if (n < 0) {
        value = count << 1;
        bits = countBits + 1;
      } else {
        const label = labels[base + slot]!;
        if (++slot === window) slot = 0;
        if (label === before) {
          value = 1;
          bits = 1;
        } else if (n === 0 && !full) {
          value = label;
          bits = labelBits;
        } else {
          value = (label << 1) | (n === 0 ? 1 : 0);
          bits = labelBits + 1;
        }
        before = label;
      }
      pending |= value << used;
      used += bits;
      if (used >= 32) {
        words[at++] = pending;
        used -= 32;
        pending = used === 0 ? 0 : value >>> (bits - used);
      }
    }
  }
  if (used > 0) words[at++] = pending;
  return words.slice(0, at);
}

/**
 * Reads what `packLabels` wrote.
 * @param take is given every label with its sample, the oldest of a window first; without it, the words are checked only
 * @returns false when the words are damaged: a label or count out of range, or another length
 */
export function unpackLabels(
  words: Uint32Array,
  { size, classes, window }: WindowShape,
  take?: (index: number, label: number) => void,
): boolean {
  const labelBits = bitsFor(classes);
  const countBits = bitsFor(window);
  // Position in bits, as the word and the bits of it that are gone.
  let word = 0;
  let used = 0;
  for (let i = 0; i < size; i++) {
    let count = window;
    let label = 0;
    // n = -1 is the head, whose flag says whether a count follows; further flags say whether a label does.
    for (let n = -1; n < count; n++) {
      if (n !== 0) {
        const flag = (words[word]! >>> used) & 1;
        if (++used === 32) {
          word++;
          used = 0;
        }
        if (flag === 1) {
          if (n > 0) take?.(i, label);
          continue;
        }
      }
      const bits = n < 0 ? countBits : labelBits;
      let value = words[word]! >>> used;
      if (used + bits > 32) value |= words[word + 1]! << (32 - used);
      used += bits;
      if (used >= 32) {
        word++;
        used -= 32;
      }
      value &= (1 << bits) - 1;
      if (n < 0) {
        if (value > window) return false;
        count = value;
      } else {
        if (value >= classes) return false;
        label = value;
        take?.(i, label);
      }
    }
  }
  return word + (used > 0 ? 1 : 0) === words.length;
}
