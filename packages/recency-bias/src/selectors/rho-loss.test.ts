import { describe, expect, it } from 'vitest';
import type { Observation } from '../core/selector.js';
import { rhoLoss } from './rho-loss.js';

describe('RHO-LOSS', () => {
  const run = { size: 60, classes: 2, epochs: 3, seed: 2 };
  const irreducibleLosses = Float32Array.from({ length: 60 }, (_, i) => (i % 7) / 2);
  const losses = Array.from({ length: 60 }, (_, i) => (i % 11) / 3);
  const reducible = (index: number): number => losses[index]! - irreducibleLosses[index]!;

  it('trains the candidates with the highest reducible loss', async () => {
    const selector = rhoLoss({ irreducibleLosses, candidates: 3 })(run);
    selector.beginEpoch(1);
    for (const size of [5, 5, 16]) {
      let candidates = new Int32Array(0);
      const score = (indices: Int32Array): Promise<Observation<'loss'>> => {
        candidates = indices.slice();
        return Promise.resolve({ indices, loss: Float32Array.from(indices, (index) => losses[index]!) });
      };
      const batch = await selector.select(size, score);
      expect(new Set(candidates).size).toBe(3 * size);
      const left = [...candidates].filter((index) => !batch!.indices.includes(index));
      const least = Math.min(...Array.from(batch!.indices, reducible));
      expect(batch!.indices.length).toBe(size);
      expect(Math.max(...left.map(reducible))).toBeLessThanOrEqual(least + 1e-6);
    }
  });

  it('scores all data at most, and trains as many samples an epoch as there are', async () => {
    const selector = rhoLoss({ irreducibleLosses: Array.from(irreducibleLosses) })(run);
    selector.beginEpoch(1);
    const scored: number[] = [];
    let trained = 0;
    const score = (indices: Int32Array): Promise<Observation<'loss'>> => {
      scored.push(indices.length);
      return Promise.resolve({ indices, loss: new Float32Array(indices.length) });
    };
    for (let batch = await selector.select(25, score); batch; batch = await selector.select(25, score)) {
      trained += batch.indices.length;
    }
    expect(scored).toEqual([60, 60, 60]);
    expect(trained).toBe(60);
  });

  it('refuses irreducible losses that are missing, not finite or not one a sample', () => {
    expect(() => rhoLoss({ irreducibleLosses: JSON.parse('null') as number[] })).toThrow(
      'rhoLoss: irreducibleLosses is null; it must be an array with one number a sample',
    );
    expect(() => rhoLoss({ irreducibleLosses: [1, NaN] })).toThrow('irreducibleLosses[1] is NaN');
    expect(() => rhoLoss({ irreducibleLosses: JSON.parse('[0, "1"]') as number[] })).toThrow(
      "irreducibleLosses[1] is '1'",
    );
    expect(() => rhoLoss({ irreducibleLosses: [1, 2] })(run)).toThrow(
      'irreducibleLosses has 2 numbers, but the run has 60 samples',
    );
  });
});
