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
  if (countPartitions(window, classes, MAX_ENTRIES / width) * width > MAX_ENTRIES) return null;

  const counts: number[][] = [];
  const numbers = new Map<string, number>();
  for (let total = 0; total <= window; total++) {
    forEachPartition(total, total, classes, [], (parts) => {
      numbers.set(parts.join(), counts.length);
      counts.push(parts);
    });
  }
  const addition = new Uint16Array(counts.length * width);
  const removal = new Uint16Array(counts.length * width);
  counts.forEach((parts, number) => {
    for (const part of new Set([0, ...parts])) {
      const others = parts.slice();
      if (part > 0) others.splice(others.indexOf(part), 1);
      const more = numbers.get(descending([...others, part + 1]).join());
      if (more !== undefined) addition[number * width + part] = more;
      if (part > 0) {
        const less = part === 1 ? others : descending([...others, part - 1]);
        removal[number * width + part] = numbers.get(less.join())!;
      }
    }
  });
  return { length: counts.length, counts, addition, removal };
}

function descending(values: number[]): number[] {
  return values.sort((a, b) => b - a);
}

/** Number of partitions of 0, 1, ..., `window` into at most `parts` parts; stops counting above `limit`. */
function countPartitions(window: number, parts: number, limit: number): number {
  // Partitions into at most m parts are as many as partitions into parts of at most m.
  const ways = new Float64Array(window + 1);
  ways[0] = 1;
  for (let part = 1; part <= Math.min(parts, window); part++) {
    let total = 0;
    for (let n = 0; n <= window; n++) {
      if (n >= part) ways[n]! += ways[n - part]!;
      total += ways[n]!;
    }
    if (total > limit) return total;
  }
  return ways.reduce((sum, value) => sum + value, 0);
}

function forEachPartition(
  rest: number,
  largest: number,
  partsLeft: number,
  prefix: number[],
  visit: (parts: number[]) => void,
): void {
  if (rest === 0) {
    visit(prefix.slice());
    return;
  }
  if (partsLeft === 0) return;
  for (let part = Math.min(rest, largest); part >= 1; part--) {
    prefix.push(part);
    forEachPartition(rest - part, part, partsLeft - 1, prefix, visit);
    prefix.pop();
  }
}
