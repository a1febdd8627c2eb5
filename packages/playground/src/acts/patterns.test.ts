import { LabelHistory, Random } from 'recency-bias';
import { describe, expect, it } from 'vitest';
import { entropyTerms } from './entropy-terms.js';
import { PatternDraws } from './patterns.js';

const SIZE = 600;

/** Windows of which some agree and some do not. */
function windows(filled: number): LabelHistory {
  const history = new LabelHistory(SIZE, 10, 10);
  const random = new Random(2);
  for (let i = 0; i < SIZE; i++) {
    const labels = 1 + random.int(1 + (i % 10));
    for (let n = 0; n < filled; n++) history.record(i, random.int(labels));
  }
  return history;
}

describe('count patterns', () => {
  it('are 42 of a full window of ten, from all alike to all different, and hold every sample', () => {
    const { patterns } = new PatternDraws(windows(10), 100, 1);
    expect(patterns).toHaveLength(42);
    expect(patterns[0]!.counts).toEqual([10]);
    expect(patterns.at(-1)!.counts).toEqual(Array(10).fill(1));
    expect(patterns.reduce((sum, { samples }) => sum + samples, 0)).toBe(SIZE);
  });

  it('are as many as the ways to split the labels that windows hold while they fill', () => {
    expect([1, 2, 3, 4, 5].map((n) => new PatternDraws(windows(n), 100, 1).patterns.length)).toEqual([
      1, 2, 3, 5, 7,
    ]);
  });

  it('have the chances with which the library draws', () => {
    const draws = new PatternDraws(windows(10), 100, 1);
    const probabilities = draws.probabilities();
    const certain = probabilities[Array.from(probabilities.keys()).find((i) => draws.column(i) === 0)!]!;
    for (let i = 0; i < SIZE; i++) {
      const ratio = probabilities[i]! / certain;
      // The library rounds 1 - F up to a multiple of 1 / N, as the paper does.
      expect(Math.abs(Math.log(draws.patterns[draws.column(i)]!.chance / ratio))).toBeLessThan(
        Math.log(100) / SIZE + 1e-9,
      );
    }
  });

  it('are drawn as if from all samples without pressure, and from fewer with it', () => {
    const history = windows(10);
    expect(new PatternDraws(history, 1, 1).effectiveSize).toBeCloseTo(SIZE, 6);
    expect(new PatternDraws(history, 1000, 1).effectiveSize).toBeLessThan(0.8 * SIZE);
  });

  it('give whole batches of distinct samples for ever', () => {
    const draws = new PatternDraws(windows(10), 100, 1);
    for (let n = 0; n < 12; n++) expect(new Set(draws.draw(128)).size).toBe(128);
  });
});

describe('the terms of a window', () => {
  it('add up to the uncertainty that the library has for it', () => {
    const history = windows(10);
    for (let i = 0; i < SIZE; i++) {
      const sum = entropyTerms(history.labels(i), 10).reduce((total, { term }) => total + term, 0);
      expect(sum).toBeCloseTo(history.uncertainty(i), 12);
    }
  });

  it('name the most frequent label first', () => {
    expect(entropyTerms([3, 5, 5], 10).map(({ label, count }) => [label, count])).toEqual([
      [5, 2],
      [3, 1],
    ]);
  });
});
