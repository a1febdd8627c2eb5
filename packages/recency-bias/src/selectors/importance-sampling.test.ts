import { describe, expect, it } from 'vitest';
import { Random } from '../core/random.js';
import type { Observation, Selection } from '../core/selector.js';
import { importanceSampling, varianceReduction } from './importance-sampling.js';

const scorer =
  (bound: (index: number) => number) =>
  (indices: Int32Array): Promise<Observation<'gradNormBound'>> =>
    Promise.resolve({ indices, gradNormBound: Float32Array.from(indices, bound) });

describe('Importance Sampling', () => {
  it('measures how much importance would reduce variance as the paper does', () => {
    const random = new Random(3);
    const scores = Float32Array.from({ length: 30 }, () => random.float());
    const sum = scores.reduce((a, b) => a + b);
    const g = Array.from(scores, (score) => score / sum);
    const norm = g.reduce((total, value) => total + value ** 2, 0);
    const distance = g.reduce((total, value) => total + (value - 1 / 30) ** 2, 0);
    expect(varianceReduction(scores)).toBeCloseTo((1 - distance / norm) ** -0.5, 10);
    expect(varianceReduction(Float32Array.of(2, 2, 2))).toBe(1);
    expect(varianceReduction(Float32Array.of(0, 0))).toBe(1);
    // One sample has it all: importance is worth a batch B times as large, τ its square root.
    expect(varianceReduction(Float32Array.of(0, 0, 0, 1))).toBe(2);
  });

  it('gives batches whose weighted mean is right on average', async () => {
    const size = 12;
    const value = (index: number): number => (index - 3) ** 2;
    const selector = importanceSampling({ threshold: 0, presample: 2 })({
      size,
      classes: 2,
      epochs: 4000,
      seed: 4,
    });
    const score = scorer((index) => 0.05 + index / 12);
    let sum = 0;
    let squares = 0;
    let batches = 0;
    for (let epoch = 1; epoch <= 2000; epoch++) {
      selector.beginEpoch(epoch);
      for (
        let batch = await selector.select(4, score);
        batch !== null;
        batch = await selector.select(4, score)
      ) {
        const mean =
          batch.indices.reduce((total, index, n) => total + batch.weights![n]! * value(index), 0) /
          batch.indices.length;
        sum += mean;
        squares += mean ** 2;
        batches++;
      }
    }
    const expected = Array.from({ length: size }, (_, i) => value(i)).reduce((a, b) => a + b) / size;
    const mean = sum / batches;
    const error = Math.sqrt((squares / batches - mean ** 2) / batches);
    expect(Math.abs(mean - expected)).toBeLessThan(4 * error);
    expect(error).toBeLessThan(0.02 * expected);
  });

  it('gives a sample drawn several times once, at as many times the weight', async () => {
    const selector = importanceSampling({ threshold: 0, presample: 1 })({
      size: 4,
      classes: 2,
      epochs: 1,
      seed: 1,
    });
    selector.beginEpoch(1);
    const batch = await selector.select(
      4,
      scorer((index) => (index === 2 ? 1 : 0)),
    );
    // All four draws are sample 2, of weight 1 / (4 · 1): a mean over four draws is 4 · 1/4 · L / 4.
    expect(batch).toEqual<Selection>({ indices: Int32Array.of(2), weights: Float32Array.of(0.25) });
  });

  it('stays uniform, without scoring, until τ is above 2', async () => {
    const selector = importanceSampling({ momentum: 0.5 })({ size: 100, classes: 2, epochs: 9, seed: 1 });
    const scored: number[] = [];
    const score = (indices: Int32Array): Promise<Observation<'gradNormBound'>> => {
      scored.push(indices.length);
      return scorer((index) => (index % 10 === 0 ? 1 : 0))(indices);
    };
    selector.beginEpoch(1);
    const gradNormBound = new Float32Array(10);
    gradNormBound[3] = 1;
    // τ = sqrt(10 · 1): the average reaches 2 with the second batch.
    for (const tau of [Math.sqrt(10) / 2, Math.sqrt(10) * 0.75]) {
      const batch = await selector.select(10, score);
      expect(batch).not.toHaveProperty('weights');
      selector.observe({ indices: batch!.indices, gradNormBound });
      expect(selector.tau).toBeCloseTo(tau, 6);
    }
    expect(scored).toEqual([]);
    const batch = await selector.select(10, score);
    expect(scored).toEqual([30]);
    expect(selector.active).toBe(true);
    expect([...batch!.indices].every((index) => index % 10 === 0)).toBe(true);
    const { tau } = selector;
    selector.observe({ indices: batch!.indices, gradNormBound: new Float32Array(batch!.indices.length) });
    expect(selector.tau).toBe(tau);
  });

  it('draws uniformly when no candidate has a gradient', async () => {
    const selector = importanceSampling({ threshold: 0 })({ size: 9, classes: 2, epochs: 1, seed: 1 });
    selector.beginEpoch(1);
    const batch = await selector.select(
      3,
      scorer(() => 0),
    );
    const mean = batch!.weights!.reduce((a, b) => a + b) / batch!.indices.length;
    expect(mean).toBeCloseTo(1, 6);
  });
});
