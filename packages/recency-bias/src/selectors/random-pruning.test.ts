import { describe, expect, it } from 'vitest';
import { randomPruning } from './random-pruning.js';

describe('random pruning', () => {
  it('trains a fresh uniform subset of the given size each epoch, each sample once', () => {
    const run = { size: 20, classes: 0, epochs: 1500, seed: 3 };
    const selector = randomPruning({ share: 0.25 })(run);
    const counts = new Float64Array(20);
    for (let epoch = 1; epoch <= run.epochs; epoch++) {
      selector.beginEpoch(epoch);
      const seen = new Set<number>();
      for (let batch = selector.select(3); batch; batch = selector.select(3))
        batch.indices.forEach((i) => seen.add(i));
      expect(seen.size).toBe(5);
      for (const index of seen) counts[index]!++;
    }
    for (const count of counts)
      expect(Math.abs(count - 375)).toBeLessThan(4.5 * Math.sqrt(1500 * 0.25 * 0.75));
  });

  it('takes one share an epoch from a list, and refuses a list of another length', () => {
    const selector = randomPruning({ share: [0.5, 1, 1e-9] })({ size: 10, classes: 0, epochs: 3, seed: 1 });
    const sizes = [1, 2, 3].map((epoch) => {
      selector.beginEpoch(epoch);
      return selector.select(10)!.indices.length;
    });
    expect(sizes).toEqual([5, 10, 1]);
    expect(() => randomPruning({ share: [1, 1] })({ size: 10, classes: 0, epochs: 3, seed: 1 })).toThrow(
      "share is an array of 2; it must have one share for each of the run's 3 epochs",
    );
    expect(() => randomPruning({ share: [1, 0] })).toThrow('share[1] is 0');
  });

  it('trains every sample once in 1 / share epochs with cover, across epochs too where 1 / share is not whole', () => {
    const run = { size: 20, classes: 0, epochs: 40, seed: 5 };
    for (const share of [0.25, 0.3, 0.7]) {
      const selector = randomPruning({ share, cover: true })(run);
      const dealt: number[] = [];
      for (let epoch = 1; epoch <= run.epochs; epoch++) {
        selector.beginEpoch(epoch);
        const before = dealt.length;
        for (let batch = selector.select(3); batch; batch = selector.select(3)) dealt.push(...batch.indices);
        expect(new Set(dealt.slice(before)).size).toBe(Math.round(share * run.size));
      }
      for (let start = 0; start + run.size <= dealt.length; start += run.size) {
        expect(new Set(dealt.slice(start, start + run.size)).size).toBe(run.size);
      }
    }
  });
});
