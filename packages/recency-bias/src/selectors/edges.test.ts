import { describe, expect, it } from 'vitest';
import type { OneStageSelector, TrainingRun } from '../core/selector.js';
import { chiSquarePasses } from '../../test/fixtures/statistics.js';
import { ToyTrainer } from '../testing/toy-trainer.js';
import { adaBoundary } from './ada-boundary.js';
import { onlineBatch } from './online-batch.js';
import { recencyBias } from './recency-bias.js';
import { selectorRegistry } from './registry.js';

/** The first draws of many runs that have observed the same. */
function firstDraws(size: number, make: (seed: number) => OneStageSelector): Float64Array {
  const counts = new Float64Array(size);
  for (let seed = 0; seed < 3000; seed++) {
    const selector = make(seed);
    selector.beginEpoch(1);
    counts[selector.select(1)!.indices[0]!]!++;
  }
  return counts;
}

function normalised(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

describe('at a pressure of 1e8', () => {
  const size = 12;
  const indices = Int32Array.from({ length: size }, (_, i) => i);
  const run = (seed: number): TrainingRun => ({ size, classes: 4, epochs: 2, seed });

  it('Online Batch draws by its equation', () => {
    const expected = normalised(Array.from(indices, (i) => 1e8 ** (-i / size)));
    const counts = firstDraws(size, (seed) => {
      const selectionPressure = { kind: 'constant', from: 1e8 } as const;
      const selector = onlineBatch({ warmupEpochs: 0, selectionPressure })(run(seed));
      selector.observe({ indices, loss: Float32Array.from(indices, (i) => size - i) });
      return selector;
    });
    expect(chiSquarePasses(counts, expected)).toBe(true);
  });

  it('Ada-Boundary draws by its equation', () => {
    const most = Math.sqrt(3 / 16);
    // Distances in the middle of their steps, so that rounding does not decide.
    const expected = normalised(Array.from(indices, (i) => 1e8 ** (-(i + 1) / size)));
    const counts = firstDraws(size, (seed) => {
      const selector = adaBoundary({ warmupEpochs: 0, selectionPressure: 1e8 })(run(seed));
      const boundaryDistance = Float32Array.from(
        indices,
        (i) => (i % 2 ? -1 : 1) * (most / size) * (i + 0.5),
      );
      selector.observe({ indices, boundaryDistance });
      return selector;
    });
    expect(chiSquarePasses(counts, expected)).toBe(true);
  });
});

describe.each([2, 100_000])('with %i classes', (classes) => {
  it.each(Object.keys(selectorRegistry))('%s trains on distinct samples in every epoch', async (name) => {
    const { create, defaults, inputs } = selectorRegistry[name]!;
    const warmup = 'warmupEpochs' in defaults ? { warmupEpochs: 1 } : {};
    const input = Object.fromEntries(inputs.map((option) => [option, new Float64Array(40)]));
    const trainer = new ToyTrainer(create({ ...warmup, ...input }), {
      size: 40,
      classes,
      epochs: 4,
      seed: 3,
    });
    for (let epoch = 1; epoch <= 4; epoch++) {
      const batches = await trainer.epoch(epoch, 16);
      expect(batches.length).toBeGreaterThan(0);
      for (const batch of batches) expect(new Set(batch.indices).size).toBe(batch.indices.length);
    }
  });
});

describe('beyond 2^24 samples', () => {
  it('draws those that weigh most, odd indices like even ones', () => {
    const certain = 2 ** 24;
    const size = certain + 64;
    const selectionPressure = { kind: 'constant', from: 1e15 } as const;
    const selector = recencyBias({ window: 1, warmupEpochs: 0, selectionPressure })({
      size,
      classes: 2,
      epochs: 2,
      seed: 1,
    });
    // One prediction each: certain. The last 64 were never seen, and so are as uncertain as can be.
    const block = 2 ** 20;
    const predictedLabel = new Int32Array(block);
    for (let from = 0; from < certain; from += block) {
      selector.observe({ indices: new Int32Array(block).map((_, i) => from + i), predictedLabel });
    }
    selector.beginEpoch(1);
    const drawn = [...selector.select(64)!.indices].sort((a, b) => a - b);
    expect(drawn).toEqual(Array.from({ length: 64 }, (_, i) => certain + i));
  });
});
