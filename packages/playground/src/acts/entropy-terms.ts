/** A label of a window, and what it adds to the entropy. */
export interface EntropyTerm {
  readonly label: number;
  readonly count: number;
  /** Share p of the window. */
  readonly share: number;
  /** −p ln p over ln k, so that the terms add up to F. */
  readonly term: number;
}

/** The terms of a window's uncertainty, F = −(1 / ln k) Σ p ln p, the most frequent label first. */
export function entropyTerms(window: readonly number[], classes: number): EntropyTerm[] {
  const counts = new Map<number, number>();
  for (const label of window) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts]
    .map(([label, count]) => {
      const share = count / window.length;
      const term = share === 1 ? 0 : (-share * Math.log(share)) / Math.log(classes);
      return { label, count, share, term };
    })
    .sort((a, b) => b.count - a.count || a.label - b.label);
}
