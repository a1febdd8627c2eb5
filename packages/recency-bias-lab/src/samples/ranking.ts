/** How well a list or an order of samples finds those that are known to be wrong. */

/** Shares in [0, 1]; precision is null for an empty list. */
export interface Retrieval {
  readonly precision: number | null;
  readonly recall: number;
}

/** Precision and recall of a list. */
export function retrieval(list: readonly number[], wrong: ReadonlySet<number>): Retrieval {
  const found = list.filter((index) => wrong.has(index)).length;
  return { precision: list.length === 0 ? null : found / list.length, recall: found / wrong.size };
}

/** Mean over the wrong samples of the precision of the order down to each of them; the order holds all of them. */
export function averagePrecision(order: readonly number[], wrong: ReadonlySet<number>): number {
  let found = 0;
  let sum = 0;
  for (const [place, index] of order.entries()) {
    if (wrong.has(index)) sum += ++found / (place + 1);
  }
  return sum / wrong.size;
}

/** All samples in descending order of a value; of equals the lower index first. */
export function descending(size: number, value: (index: number) => number): number[] {
  const values = Float64Array.from({ length: size }, (_, index) => value(index));
  return Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b);
}
