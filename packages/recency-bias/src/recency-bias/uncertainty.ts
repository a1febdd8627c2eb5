/** The divisor of a window's entropy: `'classes'` ln k (the paper), `'window'` ln min(window, k). */
export type Normalization = 'classes' | 'window';

/** The entropy that counts as uncertainty 1. */
export function entropyScale(normalize: Normalization, classes: number, window: number): number {
  return Math.log(normalize === 'window' ? Math.min(window, classes) : classes);
}

/**
 * Normalised entropy of a window, F = −(1 / scale) Σ p ln p with p = count / total (Song et al. 2020, equation 2).
 *
 * @param counts how often each label occurs, each at least 1, in descending order: the order makes equal multisets give
 *   bit-equal results
 * @param scale the entropy that counts as 1, from `entropyScale`
 * @returns a number in [0, 1]; 1 for an empty window, as a sample never seen is most uncertain
 */
export function uncertaintyOf(counts: readonly number[], scale: number): number {
  if (counts.length === 0) return 1;
  if (counts.length === 1) return 0;
  let total = 0;
  let sum = 0;
  for (const count of counts) {
    total += count;
    sum += count * Math.log(count);
  }
  return Math.min(1, (Math.log(total) - sum / total) / scale);
}

/** Rounding error of an uncertainty, with room to spare; no two exact values of interest are so near. */
const NOISE = 2 ** -44;

/**
 * Quantisation index Q = ⌈(1 − F) / Δ⌉ with Δ = 1 / N (Song et al. 2020, equation 4), as if computed without
 * rounding error: a value within the noise of an integer is that integer, so F = 1 gives 0 and F = 0 gives N.
 */
export function quantizationIndex(uncertainty: number, size: number): number {
  const exact = (1 - uncertainty) * size;
  const nearest = Math.round(exact);
  return Math.abs(exact - nearest) <= NOISE * size ? nearest : Math.ceil(exact);
}
