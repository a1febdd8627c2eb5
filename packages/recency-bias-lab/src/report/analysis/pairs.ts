/** Items of two methods that belong to the same seed. */
export function pairedBySeed<T extends { readonly seed: number }>(
  own: readonly T[],
  others: readonly T[],
): (readonly [own: T, other: T])[] {
  const bySeed = new Map(others.map((other) => [other.seed, other]));
  return own.flatMap((item) => {
    const match = bySeed.get(item.seed);
    return match === undefined ? [] : [[item, match] as const];
  });
}
