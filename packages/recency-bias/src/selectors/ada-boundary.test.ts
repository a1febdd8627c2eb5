import { describe, expect, it } from 'vitest';
import { adaBoundary } from './ada-boundary.js';

const all = (size: number): Int32Array => Int32Array.from({ length: size }, (_, i) => i);

describe('Ada-Boundary', () => {
  it('draws in proportion to s^(−Q / N), Q counting steps of d_max / N from the boundary, on either side', () => {
    const classes = 4;
    const size = 5;
    const max = Math.sqrt(3) / 4;
    const selector = adaBoundary({ warmupEpochs: 1, selectionPressure: 32 })({
      size,
      classes,
      epochs: 9,
      seed: 1,
    });
    selector.beginEpoch(2);
    // Sample 4 is never seen; 0.5 steps count as 1, and d_max is the fifth and last step.
    const boundaryDistance = Float32Array.of(0.5 * (max / 5), -2.2 * (max / 5), max, -max);
    selector.observe({ indices: Int32Array.of(0, 1, 2, 3), boundaryDistance });
    const weights = [1, 3, 5, 5, 0].map((q) => 32 ** (-q / 5));
    const total = weights.reduce((a, b) => a + b);
    selector.probabilities().forEach((p, i) => {
      expect(p).toBeCloseTo(weights[i]! / total, 12);
    });
  });

  it('keeps its pressure where it is a number, and follows a schedule', () => {
    const ratio = (
      selectionPressure: number | { kind: 'exponential'; from: number },
      epoch: number,
    ): number => {
      const selector = adaBoundary({ warmupEpochs: 0, selectionPressure })({
        size: 2,
        classes: 2,
        epochs: 4,
        seed: 1,
      });
      selector.observe({ indices: all(2), boundaryDistance: Float32Array.of(0, 0.5) });
      selector.beginEpoch(epoch);
      const [near, far] = selector.probabilities();
      return near! / far!;
    };
    expect([1, 4].map((epoch) => ratio(50, epoch))).toEqual([expect.closeTo(50, 9), expect.closeTo(50, 9)]);
    expect(ratio({ kind: 'exponential', from: 50 }, 4)).toBeCloseTo(1, 12);
    expect(ratio({ kind: 'exponential', from: 50 }, 2)).toBeCloseTo(Math.sqrt(50), 9);
  });

  it('takes whole batches under extreme pressure', () => {
    const selector = adaBoundary({ warmupEpochs: 0, selectionPressure: 1e8 })({
      size: 50,
      classes: 3,
      epochs: 2,
      seed: 1,
    });
    const boundaryDistance = Float32Array.from(all(50), (i) => (i % 2 === 0 ? 0 : -0.47));
    selector.observe({ indices: all(50), boundaryDistance });
    selector.beginEpoch(1);
    const batch = selector.select(50)!.indices;
    expect(new Set(batch).size).toBe(50);
    expect([...batch.subarray(0, 20)].every((index) => index % 2 === 0)).toBe(true);
  });
});
