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

/** A window that holds more labels than this has too many classes even if it holds no more different ones. */
const ENOUGH_PARTS = 26;

/**
 * Enumerates the classes of windows of up to `window` labels out of `classes`.
 * @returns null when they are too many to tabulate (a window above 25 with many classes)
 */
export function countClasses(window: number, classes: number): CountClasses | null {
  const width = window + 1;
  const total = countPartitions(window, classes);
  if (total * width > MAX_ENTRIES) return null;
  const addition = new Uint16Array(total * width);
  const removal = new Uint16Array(total * width);
  const counts: number[][] = [[]];
  const numbers = new Map([['', 0]]);
  // The list grows while it is gone through, from windows of n labels to those of n + 1, each in descending order.
  for (const [number, parts] of counts.entries()) {
    // One more of a label that the class has, or, behind its parts, of one that it does not have.
    for (let at = 0; at <= parts.length && at < classes; at++) {
      const part = parts[at] ?? 0;
      // The first of equal parts stands for all, so that the parts stay in order.
      if (part === parts[at - 1]) continue;
      const grown = parts.slice();
      grown[at] = part + 1;
      const key = grown.join();
      if (counts.length < total && !numbers.has(key)) numbers.set(key, counts.push(grown) - 1);
      const more = numbers.get(key);
      // A full window does not grow.
      if (more === undefined) continue;
      addition[number * width + part] = more;
      removal[more * width + part + 1] = number;
    }
  }
  return { length: total, counts, addition, removal };
}

/** Number of partitions of 0, 1, ..., `window` into at most `parts` parts; a part of them where they are too many by far. */
function countPartitions(window: number, parts: number): number {
  // Partitions into at most m parts are as many as partitions into parts of at most m.
  const ways = new Float64Array(window + 1);
  ways[0] = 1;
  for (let part = 1; part <= Math.min(parts, ENOUGH_PARTS); part++) {
    for (let n = part; n <= window; n++) ways[n]! += ways[n - part]!;
  }
  return ways.reduce((sum, count) => sum + count, 0);
}
