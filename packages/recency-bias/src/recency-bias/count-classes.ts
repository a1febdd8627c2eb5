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
  const counts: number[][] = [[]];
  // The list grows while it is gone through, from windows of n labels to those of n + 1. Growing at its last part or behind
  // it makes each class once, and in descending order.
  for (const parts of counts) {
    if (parts.reduce((sum, part) => sum + part, 0) === window) break;
    for (let at = Math.max(0, parts.length - 1); at <= parts.length && at < classes; at++) {
      const more = grown(parts, at);
      if (more[at]! > (parts[at - 1] ?? window)) continue;
      if (counts.push(more) * width > MAX_ENTRIES) return null;
    }
  }
  const numbers = new Map(counts.map((parts, number) => [parts.join(), number]));
  const addition = new Uint16Array(counts.length * width);
  const removal = new Uint16Array(counts.length * width);
  counts.forEach((parts, number) => {
    for (let at = 0; at <= parts.length; at++) {
      // No class: a window too long, a label too many, or not the first of equal parts, which alone stays in order.
      const more = numbers.get(grown(parts, at).join());
      if (more === undefined) continue;
      const part = parts[at] ?? 0;
      addition[number * width + part] = more;
      removal[more * width + part + 1] = number;
    }
  });
  return { length: counts.length, counts, addition, removal };
}

/** The counts after one more of the label at `at`: of a label that occurs already, or, behind the others, of a new one. */
function grown(parts: readonly number[], at: number): number[] {
  const more = parts.slice();
  more[at] = (parts[at] ?? 0) + 1;
  return more;
}
