import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../core/random.js';
import { chiSquarePasses } from '../../test/fixtures/statistics.js';
import { recencyBias } from './recency-bias.js';
import type { RecencyBiasOptions } from './recency-bias.js';
import { withWarmup } from './with-warmup.js';

/** Equations 2, 4, 5 and 6 of the paper, word for word, on each sample's predictions. */
function naiveProbabilities(
  predictions: readonly number[][],
  classes: number,
  window: number,
  s: number,
): number[] {
  const size = predictions.length;
  const weights = predictions.map((all) => {
    const held = all.slice(-window);
    let f = held.length === 0 ? 1 : 0;
    for (const label of new Set(held)) {
      const p = held.filter((other) => other === label).length / held.length;
      f -= (p * Math.log(p)) / Math.log(classes);
    }
    return Math.exp(Math.log(s) / size) ** -Math.ceil((1 - f) * size - 1e-9);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

describe('Recency Bias', () => {
  const variants: RecencyBiasOptions[] = [{}, { update: 'batch' }];
  it.each([
    [2, 1],
    [2, 10],
    [3, 30],
    [10, 10],
    [1000, 10],
    [100_000, 3],
    [7, 255],
  ])('has the distribution of the paper’s equations with %i classes and window %i', (classes, window) => {
    const event = fc.tuple(fc.nat(6), fc.nat(Math.min(classes - 1, 3)), fc.integer({ min: 1, max: 5 }));
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 50 }),
        fc.constantFrom(...variants),
        fc.integer({ min: 1, max: 9 }),
        (events, variant, epoch) => {
          const run = { size: 7, classes, epochs: 10, seed: 1 };
          const selector = recencyBias({ ...variant, window, warmupEpochs: 0 })(run);
          const predictions = Array.from({ length: 7 }, (): number[] => []);
          const observe = (part: typeof events): void => {
            // In one observation, in which a sample may occur several times.
            const rows = part.flatMap(([index, label, repeat]) =>
              Array.from({ length: repeat }, () => [index, label] as const),
            );
            for (const [index, label] of rows) predictions[index]!.push(label);
            selector.observe({
              indices: Int32Array.from(rows, ([index]) => index),
              predictedLabel: Int32Array.from(rows, ([, label]) => label),
            });
          };
          const half = Math.floor(events.length / 2);
          observe(events.slice(0, half));
          selector.beginEpoch(epoch);
          const s = 100 ** (1 - epoch / 10);
          const before = naiveProbabilities(predictions, classes, window, s);
          observe(events.slice(half));
          const expected =
            variant.update === 'batch' ? naiveProbabilities(predictions, classes, window, s) : before;
          selector.probabilities().forEach((p, i) => {
            expect(Math.abs(p - expected[i]!)).toBeLessThan(1e-9);
          });
        },
      ),
      { numRuns: 60, seed: 2 },
    );
  });

  it.each([10, 40])('draws by the equations at a pressure of 1e8, with a window of %i', (window) => {
    const size = 12;
    for (const variant of variants) {
      const counts = new Float64Array(size);
      let expected: number[] = [];
      for (let seed = 0; seed < 2000; seed++) {
        const selector = recencyBias({
          ...variant,
          window,
          warmupEpochs: 0,
          selectionPressure: { kind: 'constant', from: 1e8 },
        })({ size, classes: 10, epochs: 2, seed });
        const predictions = Array.from({ length: size }, (): number[] => []);
        for (let n = 0; n < 10; n++) {
          const indices = Int32Array.from({ length: size }, (_, i) => i);
          // Sample i is undecided in i of its ten predictions; sample 11 is as 10.
          const predictedLabel = indices.map((i) => (n < i ? n : 0));
          selector.observe({ indices, predictedLabel });
          indices.forEach((i) => predictions[i]!.push(predictedLabel[i]!));
        }
        selector.beginEpoch(1);
        if (seed === 0) {
          expected = naiveProbabilities(predictions, 10, window, 1e8);
          expect(maxDifference(selector.probabilities(), Float64Array.from(expected))).toBeLessThan(1e-12);
        }
        counts[selector.select(1)!.indices[0]!]!++;
        expect(new Set(selector.select(5)!.indices).size).toBe(5);
      }
      expect(chiSquarePasses(counts, expected)).toBe(true);
    }
  });

  it('moves thousands of samples between buckets without losing one', () => {
    const run = { size: 3000, classes: 12, epochs: 8, seed: 4 };
    const [slow, live] = (['epoch', 'batch'] as const).map((update) =>
      recencyBias({ update, warmupEpochs: 0 })(run),
    );
    const random = new Random(1);
    const indices = Int32Array.from({ length: run.size }, (_, i) => i);
    for (let epoch = 1; epoch <= run.epochs; epoch++) {
      live!.beginEpoch(epoch);
      // Rounds of little, then of much disagreement fill and empty whole buckets.
      for (let round = 0; round < 6; round++) {
        const predictedLabel = indices.map(() => random.int([12, 1, 2][epoch % 3]!));
        for (const selector of [slow!, live!]) selector.observe({ indices, predictedLabel });
        const batch = live!.select(250)!;
        expect(new Set(batch.indices).size).toBe(250);
      }
      slow!.beginEpoch(epoch);
      expect(maxDifference(live!.probabilities(), slow!.probabilities())).toBeLessThan(1e-15);
    }
  });

  it('counts a sample never seen as most uncertain', () => {
    const selector = recencyBias({ warmupEpochs: 0 })({ size: 3, classes: 4, epochs: 5, seed: 1 });
    selector.observe({ indices: Int32Array.of(0, 1, 1), predictedLabel: Int32Array.of(1, 0, 1) });
    expect([...selector.uncertainty()]).toEqual([0, 0.5, 1]);
    selector.beginEpoch(1);
    const [certain, , unseen] = selector.probabilities();
    expect(unseen! / certain!).toBeCloseTo(100 ** (4 / 5), 9);
  });

  it('takes uncertainty to 1 with many classes when normalised by the window', () => {
    const uncertainties = (['classes', 'window'] as const).map((normalize) => {
      const selector = recencyBias({ window: 4, normalize })({ size: 1, classes: 256, epochs: 20, seed: 1 });
      for (const label of [9, 8, 7, 6]) {
        selector.observe({ indices: Int32Array.of(0), predictedLabel: Int32Array.of(label) });
      }
      return selector.uncertainty()[0]!;
    });
    expect(uncertainties[0]).toBeCloseTo(0.25, 12);
    expect(uncertainties[1]).toBe(1);
  });

  it('is uniform in the warm-up and in the last epoch', () => {
    const selector = recencyBias({ warmupEpochs: 2 })({ size: 4, classes: 3, epochs: 6, seed: 1 });
    selector.observe({ indices: Int32Array.of(0, 0, 1), predictedLabel: Int32Array.of(0, 1, 1) });
    for (const epoch of [1, 2, 6]) {
      selector.beginEpoch(epoch);
      expect([...selector.probabilities()]).toEqual([0.25, 0.25, 0.25, 0.25]);
    }
    selector.beginEpoch(3);
    expect(new Set(selector.probabilities()).size).toBe(3);
  });

  it('deals each sample once in a warm-up epoch', () => {
    const selector = recencyBias({ warmupEpochs: 1 })({ size: 10, classes: 3, epochs: 6, seed: 1 });
    selector.beginEpoch(1);
    const drawn: number[] = [];
    for (let batch = selector.select(4); batch; batch = selector.select(4)) drawn.push(...batch.indices);
    expect(drawn.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('gives all samples in one batch when the batch is larger than the data, under extreme pressure too', () => {
    for (const options of [{}, { update: 'batch' }, { window: 60 }] as const) {
      const selectionPressure = { kind: 'constant', from: 1e15 } as const;
      const factory = recencyBias({ warmupEpochs: 0, selectionPressure, ...options });
      const selector = factory({ size: 200, classes: 3, epochs: 6, seed: 1 });
      const indices = Int32Array.from({ length: 200 }, (_, i) => i);
      for (let n = 0; n < 5; n++) {
        selector.observe({ indices, predictedLabel: indices.map((i) => (i % 4 === 0 ? n % 3 : 0)) });
      }
      selector.beginEpoch(1);
      expect(new Set(selector.select(1000)!.indices).size).toBe(200);
      expect(selector.select(1000)).toBeNull();
    }
  });

  it('needs at most q label bytes and 16 bytes a sample, in the warm-up and after it', () => {
    for (const [classes, labelBytes] of [
      [10, 1],
      [1000, 2],
      [100_000, 4],
    ] as const) {
      for (const update of ['epoch', 'batch'] as const) {
        for (const window of [1, 10, 11, 40]) {
          const size = 50_000;
          const factory = recencyBias({ window, warmupEpochs: 1, update });
          const selector = factory({ size, classes, epochs: 3, seed: 1 });
          for (const epoch of [1, 2]) {
            selector.beginEpoch(epoch);
            expect(selector.byteLength / size).toBeLessThanOrEqual(window * labelBytes + 16);
          }
        }
      }
    }
  });

  it('has the same distribution with its own warm-up and with withWarmup', () => {
    const run = { size: 6, classes: 3, epochs: 9, seed: 1 };
    const own = recencyBias({ warmupEpochs: 4 })(run);
    const wrapped = withWarmup(recencyBias({ warmupEpochs: 0 }), { epochs: 4 })(run);
    for (const selector of [own, wrapped]) {
      const predictedLabel = Int32Array.of(0, 1, 2, 0, 0);
      selector.observe({ ...columns(5), indices: Int32Array.of(0, 0, 0, 1, 2), predictedLabel });
    }
    for (const epoch of [2, 5, 7, 9]) {
      own.beginEpoch(epoch);
      wrapped.beginEpoch(epoch);
      const expected = own.probabilities();
      wrapped.probabilities!().forEach((p, i) => {
        expect(p).toBeCloseTo(expected[i]!, 12);
      });
    }
  });

  it('refuses options and runs that make no sense, naming field, value and what is allowed', () => {
    const run = { size: 10, classes: 3, epochs: 10, seed: 1 };
    expect(() => recencyBias({ window: 0 })).toThrow(
      'recencyBias: window is 0; it must be an integer from 1 to 32767.',
    );
    expect(() => recencyBias({ window: 2.5 })).toThrow(RangeError);
    expect(() => recencyBias({ selectionPressure: 0.9 })).toThrow('recencyBias: selectionPressure is 0.9');
    expect(() => recencyBias({ selectionPressure: NaN })).toThrow(RangeError);
    expect(() => recencyBias({ warmupEpochs: -1 })).toThrow('recencyBias: warmupEpochs is -1');
    expect(() => recencyBias({ warmupEpochs: 11 })(run)).toThrow(
      'recencyBias: warmupEpochs is 11, but the run has 10 epochs; use at most 10, or train longer.',
    );
    expect(() => recencyBias({ warmupEpochs: 10 })(run)).not.toThrow();
    expect(() => recencyBias({ warmupEpochs: 0 })({ ...run, classes: 1 })).toThrow('run.classes is 1');
    expect(() => recencyBias({ update: 'step' as 'batch' })).toThrow("it must be 'epoch' or 'batch'.");
    expect(() => recencyBias({ window: '10' as unknown as number })).toThrow(TypeError);
  });

  it('names row, column and value of a bad observation', () => {
    const selector = recencyBias({ warmupEpochs: 0 })({ size: 10, classes: 3, epochs: 10, seed: 1 });
    const indices = Int32Array.of(1, 2);
    expect(() => {
      selector.observe({ indices, predictedLabel: Int32Array.of(0, 3) });
    }).toThrow('observation.predictedLabel[1] is 3; it must be a class from 0 to 2.');
    expect(() => {
      selector.observe({ indices, predictedLabel: Int32Array.of(0) });
    }).toThrow('observation.predictedLabel has 1 rows, but observation.indices has 2');
    expect(() => {
      selector.observe({ indices: Int32Array.of(10), predictedLabel: Int32Array.of(0) });
    }).toThrow('observation.indices[0] is 10; it must be a sample index from 0 to 9.');
  });
});

function columns(rows: number): {
  loss: Float32Array;
  trueClassProbability: Float32Array;
  gradNormBound: Float32Array;
} {
  const zeros = new Float32Array(rows);
  return { loss: zeros, trueClassProbability: zeros, gradNormBound: zeros };
}

function maxDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}
