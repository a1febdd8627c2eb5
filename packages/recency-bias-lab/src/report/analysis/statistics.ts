/** Small-sample statistics for comparisons over seeds. */

/** A mean over seeds. `standardError` is null when there is a single value. */
export interface SeedMean {
  readonly mean: number;
  /** Sample standard deviation / √n, or null for n = 1. */
  readonly standardError: number | null;
  /** Number of seeds. */
  readonly n: number;
}

/** The verdict of a paired comparison. `lower` and `higher` speak of the first argument. */
export type Verdict = 'lower' | 'higher' | 'within the noise' | 'cannot tell';

/** Mean of a − b over pairs, with the 95 % confidence interval of that mean (null with fewer than two pairs). */
export interface PairedDifference {
  readonly n: number;
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly verdict: Verdict;
}

/** Arithmetic mean; `values` must not be empty. */
export function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Sample standard deviation (divisor n − 1) of at least two values. */
export function standardDeviation(values: readonly number[]): number {
  const centre = mean(values);
  let squares = 0;
  for (const value of values) squares += (value - centre) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}

/** Mean and standard error, or null for an empty list. */
export function seedMean(values: readonly number[]): SeedMean | null {
  const n = values.length;
  if (n === 0) return null;
  return {
    mean: mean(values),
    standardError: n === 1 ? null : standardDeviation(values) / Math.sqrt(n),
    n,
  };
}

/**
 * P(|T| ≤ t) of Student's t distribution with a whole number of degrees of freedom, by the finite series of
 * Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
 */
export function studentCoverage(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const sine = Math.sin(angle);
  const cosine = Math.cos(angle);
  const odd = degrees % 2 === 1;
  let sum = 0;
  let term = odd ? cosine : 1;
  for (let k = odd ? 3 : 2; k <= degrees; k += 2) {
    sum += term;
    term *= ((k - 1) / k) * cosine * cosine;
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}

/** Quantiles found before: every pair of methods asks for the same few. */
const quantiles = new Map<number, number>();

/** Two-sided 95 % quantile of Student's t distribution: 12.706 for 1 degree of freedom, 1.96 for many. */
export function studentQuantile95(degrees: number): number {
  if (!Number.isInteger(degrees) || degrees < 1) {
    throw new RangeError(`degrees: got ${degrees}, expected a whole number of at least 1`);
  }
  const known = quantiles.get(degrees);
  if (known !== undefined) return known;
  let low = 1.9;
  let high = 13;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (studentCoverage(middle, degrees) < 0.95) low = middle;
    else high = middle;
  }
  const quantile = (low + high) / 2;
  quantiles.set(degrees, quantile);
  return quantile;
}

/**
 * Compares two measurements paired by seed. The verdict is `within the noise` unless the 95 % confidence
 * interval of the mean difference (Student's t) excludes 0, and `cannot tell` with fewer than two pairs.
 *
 * @param resolution Smallest step of one measurement, e.g. 1 / testSize of an error rate. Rates come in such steps,
 *   so two or three seeds may differ by exactly the same amount by chance; their interval would have no width. The
 *   standard deviation is therefore never taken below that of a difference of two values rounded to the step,
 *   step / √6.
 */
export function pairedDifference(
  a: readonly number[],
  b: readonly number[],
  resolution = 0,
): PairedDifference {
  if (a.length !== b.length) {
    throw new RangeError(`pairs: got ${a.length} and ${b.length} values, expected as many of each`);
  }
  const n = a.length;
  if (n === 0) return { n, mean: null, low: null, high: null, verdict: 'cannot tell' };
  const differences = a.map((value, i) => value - b[i]!);
  const centre = mean(differences);
  if (n === 1) return { n, mean: centre, low: null, high: null, verdict: 'cannot tell' };
  const deviation = Math.max(standardDeviation(differences), resolution / Math.sqrt(6));
  const margin = (studentQuantile95(n - 1) * deviation) / Math.sqrt(n);
  const low = centre - margin;
  const high = centre + margin;
  return {
    n,
    mean: centre,
    low,
    high,
    verdict: high < 0 ? 'lower' : low > 0 ? 'higher' : 'within the noise',
  };
}
