/**
 * The multisets of label counts that a window can hold, numbered.
 *
 * A window's uncertainty depends only on how often its labels occur, not on which labels they are: 7 of one label and 3
 * of another, in any order, is the class {7, 3}. A window of 10 has 42 such classes when full and 139 counting those that
 * are still filling (the partitions of 0 to 10). Recording a prediction moves a sample from class to class along
 * two small tables.
 */
export interface CountClasses {
  /** Number of classes. Class 0 is the empty window. */
  readonly length: number;
  /** Counts of each class, in descending order. */
  readonly counts: readonly (readonly number[])[];
  /** `addition[c * (window + 1) + n]`: the class after one more of a label that occurs n times in class c. */
  readonly addition: Uint16Array;
  /** `removal[c * (window + 1) + n]`: the class after one less of a label that occurs n times in class c. */
  readonly removal: Uint16Array;
}

/** Most entries that a transition table may have (512 kB each). */
const MAX_ENTRIES = 2 ** 18;

/**
 * Enumerates the classes of windows of up to `window` labels out of `classes`.
 * @returns null when they are too many to tabulate (a window above 25 with many classes)
 */
export function countClasses(window: number, classes: number): CountClasses | null {
  const width = window + 1;
  const counts: number[][] = [];
  const numbers = new Map<string, number>();
  for (let total = 0; total <= window; total++) {
    for (const parts of partitions(total, total, classes)) {
      numbers.set(parts.join(), counts.length);
      if (counts.push(parts) * width > MAX_ENTRIES) return null;
    }
  }
  const addition = new Uint16Array(counts.length * width);
  const removal = new Uint16Array(counts.length * width);
  counts.forEach((parts, number) => {
    // One more of a label of the class, or, beyond its parts, of a label that it does not have.
    for (let at = 0; at <= parts.length; at++) {
      const part = parts[at] ?? 0;
      const grown = parts.slice();
      grown[at] = part + 1;
      // No class: a window too long, a label too many, or not the first of equal parts, which alone stays in order.
      const more = numbers.get(grown.join());
      if (more === undefined) continue;
      addition[number * width + part] = more;
      removal[more * width + part + 1] = number;
    }
  });
  return { length: counts.length, counts, addition, removal };
}

/** The partitions of `rest` into at most `most` parts of at most `largest`, in descending order. */
function* partitions(rest: number, largest: number, most: number): Generator<number[]> {
  if (rest === 0) yield [];
  if (most === 0) return;
  for (let part = Math.min(rest, largest); part > 0; part--) {
    for (const others of partitions(rest - part, part, most - 1)) yield [part, ...others];
  }
}
