import { describe, expect, it } from 'vitest';
import { RunningMoments } from '../core/memory/running-moments.js';
import { activeBiasFixtures } from '../../test/fixtures/golden.js';
import { activeBias, emphasis } from './active-bias.js';

describe('Active Bias', () => {
  it.each(activeBiasFixtures)('agrees with the reference weights to 1e-9', (fixture) => {
    const moments = new RunningMoments(fixture.size);
    for (const row of fixture.trueClassProbability)
      row.forEach((value, i) => {
        moments.record(i, value);
      });
    const emphases = fixture.batch.map((i) => emphasis(moments, i, fixture.smoothing));
    const mean = emphases.reduce((sum, value) => sum + value, 0) / emphases.length;
    emphases.forEach((value, n) => {
      expect(Math.abs(value / mean - fixture.weights[n]!)).toBeLessThan(1e-9);
    });
  });

  it.each(activeBiasFixtures)('gives a batch weights in the reference proportion, of mean 1', (fixture) => {
    const { size, classes, smoothing } = fixture;
    const selector = activeBias({ smoothing, warmupEpochs: 0 })({ size, classes, epochs: 3, seed: 1 });
    const indices = Int32Array.from({ length: size }, (_, i) => i);
    for (const row of fixture.trueClassProbability) {
      selector.observe({ indices, trueClassProbability: Float32Array.from(row) });
    }
    selector.beginEpoch(1);
    const { indices: batch, weights } = selector.select(size)!;
    expect(weights!.reduce((sum, value) => sum + value, 0) / size).toBeCloseTo(1, 6);
    const weightOf = new Map([...batch].map((i, n) => [i, weights![n]!]));
    const [first] = fixture.batch;
    fixture.batch.forEach((i, n) => {
      // The column holds 32-bit floats, the reference doubles.
      expect(weightOf.get(i)! / weightOf.get(first!)!).toBeCloseTo(
        fixture.weights[n]! / fixture.weights[0]!,
        6,
      );
    });
  });

  it('draws in proportion to the emphasis in the sampling form, at once after an observation', () => {
    const run = { size: 3, classes: 2, epochs: 3, seed: 1 };
    const selector = activeBias({ form: 'sampling', smoothing: 0.1, warmupEpochs: 0 })(run);
    selector.beginEpoch(1);
    expect([...selector.probabilities()]).toEqual([1 / 3, 1 / 3, 1 / 3]);
    for (const p of [0, 1]) {
      selector.observe({ indices: Int32Array.of(1), trueClassProbability: Float32Array.of(p) });
    }
    // v = 1/4, n = 2: std = sqrt(1/4 + 1/16).
    const emphasised = Math.sqrt(5 / 16) + 0.1;
    const expected = [0.1, emphasised, 0.1].map((value) => value / (emphasised + 0.2));
    selector.probabilities().forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 14);
    });
  });

  it('gives no weights in the warm-up', () => {
    const selector = activeBias({ warmupEpochs: 1 })({ size: 4, classes: 2, epochs: 3, seed: 1 });
    selector.beginEpoch(1);
    expect(selector.select(4)).not.toHaveProperty('weights');
    selector.beginEpoch(2);
    expect(selector.select(4)?.weights).toEqual(new Float32Array(4).fill(1));
  });

  it('counts only the latest probabilities with a window, and so forgets what varied long ago', () => {
    const run = { size: 2, classes: 2, epochs: 9, seed: 1 };
    const make = (window: number | null) => activeBias({ window, smoothing: 0.1, warmupEpochs: 0 })(run);
    const [windowed, whole] = [make(3), make(null)];
    for (const selector of [windowed, whole]) {
      for (const p of [0, 1, 0.25, 0.25, 0.25]) {
        selector.observe({ indices: Int32Array.of(1), trueClassProbability: Float32Array.of(p) });
      }
    }
    expect(windowed.emphasis()[1]).toBeCloseTo(0.1, 12);
    const variance = (0 + 1 + 3 * 0.0625) / 5 - 0.35 ** 2;
    expect(whole.emphasis()[1]).toBeCloseTo(Math.sqrt(variance + variance ** 2 / 4) + 0.1, 12);
  });
});
