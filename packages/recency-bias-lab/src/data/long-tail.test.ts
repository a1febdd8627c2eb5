import { describe, expect, it } from 'vitest';
import { Random } from 'recency-bias';
import { longTailSizes, longTailSubset } from './long-tail.js';

describe('longTailSizes', () => {
  it('has the class sizes that Cao et al. train with on long-tailed CIFAR-10: 5000 · 100^(−c / 9), in all what 1:100 leaves', () => {
    const sizes = longTailSizes(Array<number>(10).fill(5000), 100);
    expect(sizes[0]).toBe(5000);
    // LDAM's code rounds each class down: 5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50.
    const published = [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50];
    for (const [c, size] of sizes.entries()) expect(Math.abs(size - published[c]!)).toBeLessThanOrEqual(1);
  });

  it('has exactly as many samples as are asked for, and the same sizes when asked again for all that there are', () => {
    const available = [400, 300, 500, 90, 80];
    const all = longTailSizes(available, 20);
    const total = all.reduce((sum, size) => sum + size, 0);
    expect(longTailSizes(available, 20, total)).toEqual(all);
    for (let size = 5; size <= total; size += 7) {
      const sizes = longTailSizes(available, 20, size);
      expect(sizes.reduce((sum, count) => sum + count, 0)).toBe(size);
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(1);
      expect(sizes.every((count, c) => count <= available[c]!)).toBe(true);
    }
  });

  it('refuses more samples than the classes have in these proportions', () => {
    expect(() => longTailSizes([100, 100], 10, 120)).toThrow(
      'dataset.trainSize: 120 is more than the 110 samples of which dataset.imbalance 10 can be made',
    );
  });
});

describe('longTailSubset', () => {
  const labels = Int32Array.from({ length: 3000 }, (_, i) => i % 3);
  const draw = (seed: number) => longTailSubset(labels, 3, { ratio: 4, size: 700 }, new Random(seed));

  it('takes distinct samples, the first class four times as often as the last', () => {
    const chosen = draw(1);
    expect(new Set(chosen).size).toBe(700);
    expect([0, 1, 2].map((c) => chosen.filter((index) => labels[index] === c).length)).toEqual([
      400, 200, 100,
    ]);
  });

  it('takes the same samples for the same seed, others for another', () => {
    expect(draw(1)).toEqual(draw(1));
    expect(draw(2)).not.toEqual(draw(1));
  });
});
