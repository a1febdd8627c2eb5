/** Counts and lists in words. */

/** Whole numbers with separators: `60,000`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 seed`, `3 seeds`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2
    ? (items[0] ?? '')
    : `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]!}`;
}
