/** Rounds after which the search ends, as scikit-learn's `KMeans` does. */
const MOST_ROUNDS = 300;

/**
 * Cuts sorted values into groups of near values: k-means in one dimension (Lloyd 1982), started from the middles of k
 * equally large pieces, so that the same values give the same groups. O(k log N) a round. Where all values are equal, the
 * groups are the equally large pieces.
 *
 * @param sorted ascending, finite
 * @param groups k, at least 1
 * @returns k + 1 positions: group g is `sorted.subarray(cuts[g], cuts[g + 1])`, possibly empty
 */
export function groupByValue(sorted: Float64Array, groups: number): Int32Array {
  const { length } = sorted;
  const cuts = Int32Array.from({ length: groups + 1 }, (_, g) => Math.floor((g * length) / groups));
  if (length === 0 || sorted[0] === sorted[length - 1]) return cuts;
  const sums = new Float64Array(length + 1);
  for (let n = 0; n < length; n++) sums[n + 1] = sums[n]! + sorted[n]!;
  const centres = Float64Array.from({ length: groups }, (_, g) => {
    return sorted[Math.min(length - 1, Math.floor(((g + 0.5) * length) / groups))]!;
  });
  for (let round = 0, moved = true; moved && round < MOST_ROUNDS; round++) {
    moved = round === 0; // the first centres are values, not yet means of groups
    for (let g = 1; g < groups; g++) {
      // Rounding of centres that are all but equal may not put a cut before the last.
      const cut = Math.max(cuts[g - 1]!, countBelow(sorted, (centres[g - 1]! + centres[g]!) / 2));
      if (cut !== cuts[g]) moved = true;
      cuts[g] = cut;
    }
    for (let g = 0; g < groups; g++) {
      const count = cuts[g + 1]! - cuts[g]!;
      // A group that has lost all values keeps its centre.
      if (count > 0) centres[g] = (sums[cuts[g + 1]!]! - sums[cuts[g]!]!) / count;
    }
  }
  return cuts;
}

/** How many of the sorted values are below `limit`. */
function countBelow(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
