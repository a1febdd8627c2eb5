import { describe, expect, it } from 'vitest';
import { onlineBatch } from './online-batch.js';
import { recencyBias } from './recency-bias.js';
import { seta } from './seta.js';
import { withBatchLoss } from './with-batch-loss.js';

const run = { size: 4, classes: 2, epochs: 5, seed: 1 };

describe('withBatchLoss', () => {
  it('ranks samples by the moving average of the mean losses of their batches', () => {
    const selection = { warmupEpochs: 0, selectionPressure: { kind: 'constant', from: 1e6 } } as const;
    const wrapped = withBatchLoss(onlineBatch(selection), { decay: 0.5 })(run);
    const plain = onlineBatch(selection)(run);
    expect(wrapped.signals).toEqual(['batchLoss']);
    for (const [samples, mean] of [
      [[0, 1], 4],
      [[1, 2], 8],
      [[3, 0], 1],
    ] as const) {
      wrapped.observe({ indices: Int32Array.from(samples), batchLoss: Float32Array.of(mean, mean) });
    }
    // 0: (0 · ½ + 4 · ½) · ½ + 1 · ½; 1: 2 · ½ + 8 · ½; 2: 8 · ½; 3: 1 · ½.
    plain.observe({ indices: Int32Array.of(0, 1, 2, 3), loss: Float32Array.of(1.5, 5, 4, 0.5) });
    for (const selector of [wrapped, plain]) selector.beginEpoch(1);
    expect(wrapped.probabilities!()).toEqual(plain.probabilities());
  });

  it('starts every score at 0 and keeps 0.9 of it unless told otherwise, as its authors do', () => {
    const wrapped = withBatchLoss(onlineBatch({ warmupEpochs: 0 }))(run);
    wrapped.observe({ indices: Int32Array.of(2, 2), batchLoss: Float32Array.of(10, 10) });
    const { scores } = wrapped.stateDict() as unknown as { scores: { values: Float32Array } };
    expect(scores.values[2]).toBeCloseTo(0.9 * 1 + 1, 6);
  });

  it('refuses a selector that learns from no loss', () => {
    expect(() => withBatchLoss(recencyBias())(run)).toThrow('recency-bias learns from no loss');
    expect(() => withBatchLoss(seta(), { decay: 1 })).toThrow('withBatchLoss: decay is 1');
  });

  it('says why a selector that scores candidates cannot work', async () => {
    const wrapped = withBatchLoss(onlineBatch({ warmupEpochs: 0, recompute: true }))(run);
    wrapped.beginEpoch(1);
    await expect(
      Promise.resolve(wrapped.select(2, () => Promise.reject(new Error('not asked')))),
    ).rejects.toThrow('compares samples by their own losses before it selects');
  });
});
