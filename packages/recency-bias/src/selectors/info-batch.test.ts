import { describe, expect, it } from 'vitest';
import { infoBatch } from './info-batch.js';

const all = (size: number): Int32Array => Int32Array.from({ length: size }, (_, i) => i);

/** Weight of each sample in an epoch; 0 where it was left out. */
function weightsOf(selector: ReturnType<ReturnType<typeof infoBatch>>, size: number): Float64Array {
  const weights = new Float64Array(size);
  for (let batch = selector.select(7); batch !== null; batch = selector.select(7)) {
    batch.indices.forEach((index, n) => (weights[index]! += batch.weights![n]!));
  }
  return weights;
}

describe('InfoBatch', () => {
  const size = 40;
  // The mean is 19.5: samples 0 to 19 are learnt well.
  const loss = Float32Array.from(all(size));

  it('leaves out a share r of the samples below the mean and weights the others of them by 1 / (1 − r)', () => {
    const selector = infoBatch({ pruneRatio: 0.75 })({ size, classes: 2, epochs: 100, seed: 1 });
    selector.observe({ indices: all(size), loss });
    selector.beginEpoch(1);
    expect(selector.epochSize).toBe(25);
    const weights = weightsOf(selector, size);
    expect([...weights.subarray(20)]).toEqual(new Array(20).fill(1));
    expect([...weights.subarray(0, 20)].sort()).toEqual([
      ...new Array<number>(15).fill(0),
      ...new Array<number>(5).fill(4),
    ]);
  });

  it('gives every sample the weight 1 on average, also where (1 − r) · count is not whole', () => {
    const epochs = 3000;
    const selector = infoBatch({ pruneRatio: 0.33, delta: 1 })({ size, classes: 2, epochs, seed: 1 });
    selector.observe({ indices: all(size), loss });
    const sums = new Float64Array(size);
    for (let epoch = 1; epoch <= epochs; epoch++) {
      selector.beginEpoch(epoch);
      const weights = weightsOf(selector, size);
      expect(weights.reduce((a, b) => a + b)).toBeCloseTo(size, 4);
      weights.forEach((weight, i) => (sums[i]! += weight));
    }
    // 14 of 20 stay: the standard error of a mean weight is sqrt(6 / 14 / 3000).
    for (const sum of sums) expect(Math.abs(sum / epochs - 1)).toBeLessThan(4.5 * Math.sqrt(6 / 14 / epochs));
  });

  it('keeps samples without a known loss, and all samples before any loss is known', () => {
    const selector = infoBatch()({ size: 6, classes: 2, epochs: 10, seed: 1 });
    selector.beginEpoch(1);
    expect(selector.epochSize).toBe(6);
    selector.observe({ indices: Int32Array.of(0, 1, 2, 3), loss: Float32Array.of(1, 1, 9, 9) });
    selector.beginEpoch(2);
    const weights = weightsOf(selector, 6);
    expect([...weights.subarray(2)]).toEqual([1, 1, 1, 1]);
    expect([weights[0], weights[1]].sort()).toEqual([0, 2]);
  });

  it('trains everything at weight 1 once δ · epochs is past, whole or not', () => {
    for (const [epochs, delta, last] of [
      [8, 0.875, 7],
      [10, 0.875, 8],
      [3, 0.5, 1],
      [5, 0, 0],
      [5, 1, 5],
    ] as const) {
      const selector = infoBatch({ delta })({ size, classes: 2, epochs, seed: 1 });
      selector.observe({ indices: all(size), loss });
      const pruned = [];
      for (let epoch = 1; epoch <= epochs; epoch++) {
        selector.beginEpoch(epoch);
        const weights = weightsOf(selector, size);
        if (selector.epochSize < size) pruned.push(epoch);
        else expect(weights.every((weight) => weight === 1)).toBe(true);
      }
      expect(pruned).toEqual(Array.from({ length: last }, (_, i) => i + 1));
    }
  });
});
