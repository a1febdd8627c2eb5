/** The ends of lists of any length; `Math.max(...values)` fails where there are more values than a call takes arguments. */

/** The largest of the values, NaN if one of them is; -Infinity of none. */
export function largest(values: Iterable<number>): number {
  let found = -Infinity;
  for (const value of values) found = Math.max(found, value);
  return found;
}

/** The smallest of the values, NaN if one of them is; Infinity of none. */
export function smallest(values: Iterable<number>): number {
  let found = Infinity;
  for (const value of values) found = Math.min(found, value);
  return found;
}
