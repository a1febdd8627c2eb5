import { describe, expect, it } from 'vitest';
import type { Observation } from '../core/selector.js';
import { onlineBatchFixtures } from '../../test/fixtures/golden.js';
import { chiSquarePasses } from '../../test/fixtures/statistics.js';
import { onlineBatch } from './online-batch.js';

const all = (size: number): Int32Array => Int32Array.from({ length: size }, (_, i) => i);

describe('Online Batch', () => {
  it.each(onlineBatchFixtures)('agrees with the reference to 1e-9 with $size samples', (fixture) => {
    const { size, classes, startEpoch, endEpoch, initialPressure, losses } = fixture;
    const factory = onlineBatch({ selectionPressure: initialPressure, warmupEpochs: startEpoch });
    const selector = factory({ size, classes, epochs: endEpoch, seed: 1 });
    selector.observe({ indices: all(size), loss: Float32Array.from(losses) });
    for (const [epoch, expected] of Object.entries(fixture.probabilities)) {
      selector.beginEpoch(Number(epoch));
      selector.probabilities().forEach((value, i) => {
        expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-9);
      });
    }
  });

  it('ranks by the latest known loss, samples without one first', () => {
    const selector = onlineBatch({ warmupEpochs: 0 })({ size: 4, classes: 2, epochs: 10, seed: 1 });
    selector.observe({ indices: Int32Array.of(0, 1, 2), loss: Float32Array.of(9, 5, 1) });
    selector.observe({ indices: Int32Array.of(0), loss: Float32Array.of(-2) });
    selector.beginEpoch(1);
    const order = [...selector.probabilities().entries()].sort((a, b) => b[1] - a[1]).map(([i]) => i);
    expect(order).toEqual([3, 1, 2, 0]);
  });

  it('gives samples of equal loss each rank equally often', () => {
    const first = [0, 0, 0, 0];
    for (let seed = 0; seed < 400; seed++) {
      const selector = onlineBatch({ warmupEpochs: 0 })({ size: 4, classes: 2, epochs: 9, seed });
      selector.observe({ indices: all(4), loss: Float32Array.of(0, -0, 0, 0) });
      selector.beginEpoch(1);
      const probabilities = selector.probabilities();
      first[probabilities.indexOf(Math.max(...probabilities))]!++;
    }
    expect(chiSquarePasses(first, [0.25, 0.25, 0.25, 0.25])).toBe(true);
  });

  it('recomputes every loss at the start of an adaptive epoch when asked to', async () => {
    const selector = onlineBatch({ warmupEpochs: 1, recompute: true })({
      size: 10,
      classes: 2,
      epochs: 5,
      seed: 1,
    });
    const scored: number[] = [];
    const score = (indices: Int32Array): Promise<Observation<'loss'>> => {
      scored.push(...indices);
      return Promise.resolve({ indices, loss: Float32Array.from(indices) });
    };
    selector.beginEpoch(1);
    expect((await selector.select(4, score))?.indices.length).toBe(4);
    expect(scored).toEqual([]);
    selector.beginEpoch(2);
    await selector.select(4, score);
    await selector.select(4, score);
    expect(scored).toEqual([...all(10)]);
    const probabilities = selector.probabilities();
    expect([...probabilities].sort((a, b) => a - b)).toEqual([...probabilities]);
  });

  it('takes all samples in one batch even under extreme pressure', () => {
    const selector = onlineBatch({ warmupEpochs: 0, selectionPressure: { kind: 'constant', from: 1e12 } })({
      size: 300,
      classes: 2,
      epochs: 5,
      seed: 1,
    });
    selector.beginEpoch(1);
    const batch = selector.select(1000);
    expect(new Set(batch?.indices).size).toBe(300);
    expect(selector.select(1000)).toBeNull();
  });
});
