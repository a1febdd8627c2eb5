/** Items of a method by their seed. */
export function bySeed<T extends { readonly seed: number }>(items: readonly T[]): ReadonlyMap<number, T> {
  return new Map(items.map((item) => [item.seed, item]));
}

/** Items of two methods that belong to the same seed. Whoever pairs many methods gives the others by seed, to find them once. */
export function pairedBySeed<T extends { readonly seed: number }>(
  own: readonly T[],
  others: ReadonlyMap<number, T>,
): (readonly [own: T, other: T])[] {
  return own.flatMap((item) => {
    const match = others.get(item.seed);
    return match === undefined ? [] : [[item, match] as const];
  });
}
