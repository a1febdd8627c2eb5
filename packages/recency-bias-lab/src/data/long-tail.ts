/**
 * Training data with a long tail: class sizes that fall exponentially from the first class to the last, as in Cui, Jia, Lin, Song &
 * Belongie, “Class-Balanced Loss Based on Effective Number of Samples” (CVPR 2019, arXiv 1901.05555) and in LDAM (Cao et al. 2019,
 * arXiv 1906.07413): n_c = n_0 · ratio^(−c / (classes − 1)).
 */
import type { Random } from 'recency-bias';
import { smallest } from '../ground/extremes.js';

/** The profile: the size of each class as a share of the first. */
function profile(classes: number, ratio: number): number[] {
  return Array.from({ length: classes }, (_, c) => ratio ** (-c / (classes - 1)));
}

/**
 * How many samples of each class a long tail takes, at least one of each.
 * @param available samples of each class, in the order of the labels; at least two classes
 * @param ratio of the first class to the last, above 1
 * @param size of all together; default: as many as the classes allow
 * @throws RangeError when a class has too few samples for its part.
 */
export function longTailSizes(available: readonly number[], ratio: number, size?: number): number[] {
  const weights = profile(available.length, ratio);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const most = Math.floor(smallest(available.map((count, c) => (count * sum) / weights[c]!)));
  const total = size ?? most;
  if (total > most) {
    throw new RangeError(
      `dataset.trainSize: ${total} is more than the ${most} samples of which dataset.imbalance ${ratio} can be made`,
    );
  }
  const exact = weights.map((weight) => (total * weight) / sum);
  const sizes = exact.map((value) => Math.max(1, Math.floor(value)));
  // The rest goes by largest remainder; what the least of one sample a class took comes from the first class.
  const order = [...exact.keys()].sort((a, b) => exact[b]! - sizes[b]! - (exact[a]! - sizes[a]!) || a - b);
  let missing = total - sizes.reduce((taken, value) => taken + value, 0);
  for (const c of order) {
    if (missing <= 0 || sizes[c]! >= available[c]!) continue;
    sizes[c]!++;
    missing--;
  }
  sizes[0]! += missing;
  return sizes;
}

/**
 * Indices of a random subset with a long tail, ascending.
 * @param labels in [0, classes)
 * @throws RangeError as `longTailSizes`.
 */
export function longTailSubset(
  labels: Int32Array,
  classes: number,
  { ratio, size }: { readonly ratio: number; readonly size?: number | undefined },
  random: Random,
): Int32Array {
  const members = Array.from({ length: classes }, (): number[] => []);
  labels.forEach((label, index) => members[label]!.push(index));
  const sizes = longTailSizes(
    members.map(({ length }) => length),
    ratio,
    size,
  );
  const chosen = members.flatMap((indices, c) => {
    const shuffled = Int32Array.from(indices);
    random.shuffle(shuffled);
    return [...shuffled.subarray(0, sizes[c])];
  });
  return Int32Array.from(chosen).sort();
}
