import { describe, expect, it } from 'vitest';
import { difference, verdictText } from './verdict.js';

const results = (...pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([recencyBias, random], seed) => ({ seed, recencyBias, random }));

describe('the verdict of the race', () => {
  it('is within the noise when the interval of the differences holds 0', () => {
    const found = difference(results([0.08, 0.085], [0.075, 0.07], [0.08, 0.082]), 2000);
    expect(verdictText(found)).toContain('within the noise');
    expect(verdictText(found)).toContain('Over 3 seeds');
  });

  it('is lower or higher when all seeds agree well beyond their spread', () => {
    expect(difference(results([0.07, 0.09], [0.071, 0.09], [0.069, 0.09]), 2000).verdict).toBe('lower');
    expect(difference(results([0.09, 0.07], [0.091, 0.07], [0.089, 0.07]), 2000).verdict).toBe('higher');
  });

  it('cannot be told from one seed', () => {
    expect(verdictText(difference(results([0.07, 0.09]), 2000))).toContain('cannot tell (1 seed)');
    expect(verdictText(difference([], 2000))).toBe('No seed has finished yet.');
  });
});
