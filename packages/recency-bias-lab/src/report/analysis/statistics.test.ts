import { describe, expect, it } from 'vitest';
import {
  seedMean,
  mean,
  pairedDifference,
  standardDeviation,
  studentCoverage,
  studentQuantile95,
} from './statistics.js';

describe('statistics', () => {
  it('gives the mean, the sample standard deviation and the standard error', () => {
    // 2, 4, 9: mean 5, squares 9 + 1 + 16 = 26, variance 13.
    expect(mean([2, 4, 9])).toBe(5);
    expect(standardDeviation([2, 4, 9])).toBeCloseTo(Math.sqrt(13), 12);
    expect(seedMean([2, 4, 9])).toEqual({ mean: 5, standardError: Math.sqrt(13) / Math.sqrt(3), n: 3 });
  });

  it('has no standard error for one value and no estimate for none', () => {
    expect(seedMean([3])).toEqual({ mean: 3, standardError: null, n: 1 });
    expect(seedMean([])).toBeNull();
  });

  it.each([
    // Two-sided 95 % points of Student's t: Abramowitz and Stegun, table 26.10.
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [5, 2.571],
    [9, 2.262],
    [30, 2.042],
    [120, 1.98],
  ])('knows the 95 %% quantile of Student’s t with %i degrees of freedom', (degrees, quantile) => {
    expect(studentQuantile95(degrees)).toBeCloseTo(quantile, 3);
  });

  it('covers half of the Cauchy distribution between -1 and 1', () => {
    expect(studentCoverage(1, 1)).toBeCloseTo(0.5, 12);
  });

  it('refuses a number of degrees that is not a natural number', () => {
    expect(() => studentQuantile95(0)).toThrow(/degrees: got 0/);
    expect(() => studentQuantile95(1.5)).toThrow(RangeError);
  });
});

describe('a paired difference', () => {
  it('is within the noise when its confidence interval contains 0', () => {
    // Differences -1, 2, 2: mean 1, variance (4 + 1 + 1) / 2 = 3, margin 4.30265 * sqrt(3) / sqrt(3).
    const result = pairedDifference([1, 5, 6], [2, 3, 4]);
    expect(result.mean).toBeCloseTo(1, 12);
    expect(result.low).toBeCloseTo(1 - 4.30265, 4);
    expect(result.high).toBeCloseTo(1 + 4.30265, 4);
    expect(result.verdict).toBe('within the noise');
  });

  it('is lower or higher when the interval excludes 0', () => {
    // Differences -3, -4, -5: mean -4, deviation 1, margin 4.30265 / sqrt(3) = 2.484.
    const lower = pairedDifference([1, 2, 3], [4, 6, 8]);
    expect(lower.verdict).toBe('lower');
    expect(lower.high).toBeCloseTo(-4 + 2.48414, 4);
    expect(pairedDifference([4, 6, 8], [1, 2, 3]).verdict).toBe('higher');
  });

  it('cannot tell from fewer than two pairs', () => {
    expect(pairedDifference([], []).verdict).toBe('cannot tell');
    expect(pairedDifference([1], [2])).toEqual({
      n: 1,
      mean: -1,
      low: null,
      high: null,
      verdict: 'cannot tell',
    });
  });

  it('calls a tie within the noise', () => {
    expect(pairedDifference([1, 2], [1, 2])).toEqual({
      n: 2,
      mean: 0,
      low: 0,
      high: 0,
      verdict: 'within the noise',
    });
  });

  it('does not take equal differences of one step for certainty', () => {
    // Both seeds differ by exactly one step of 0.01: margin 12.7062 * (0.01 / sqrt 6) / sqrt 2 = 0.0367.
    const result = pairedDifference([0.02, 0.03], [0.03, 0.04], 0.01);
    expect(result.verdict).toBe('within the noise');
    expect(result.high).toBeCloseTo(-0.01 + 0.03668, 4);
    expect(pairedDifference([0.02, 0.03], [0.12, 0.13], 0.01).verdict).toBe('lower');
  });

  it('refuses lists of different length', () => {
    expect(() => pairedDifference([1], [1, 2])).toThrow(/got 1 and 2/);
  });
});
