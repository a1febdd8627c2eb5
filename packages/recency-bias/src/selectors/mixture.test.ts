import { describe, expect, it } from 'vitest';
import { chiSquarePasses } from '../../test/fixtures/statistics.js';
import { activeBias } from './active-bias.js';
import { alternate } from './alternate.js';
import { onlineBatch } from './online-batch.js';
import { uniform } from './uniform.js';
import { withSmoothing } from './with-smoothing.js';

const run = { size: 20, classes: 2, epochs: 2000, seed: 6 };
const skewed = onlineBatch({ warmupEpochs: 0, selectionPressure: { kind: 'constant', from: 1e8 } });

describe('withSmoothing', () => {
  it('mixes the inner distribution with the uniform one', () => {
    const selector = withSmoothing(skewed, { uniformShare: 0.25 })(run);
    const inner = skewed(run);
    const counts = new Float64Array(20);
    const loss = Float32Array.from({ length: 20 }, (_, i) => i);
    for (const one of [selector, inner]) one.observe({ indices: Int32Array.from(loss), loss });
    for (let epoch = 1; epoch <= 200; epoch++) {
      selector.beginEpoch(epoch);
      for (let n = 0; n < 20; n++) {
        const batch = selector.select(1, () => Promise.reject(new Error('not to be scored')));
        if (batch === null || batch instanceof Promise) throw new Error('no batch');
        counts[batch.indices[0]!]!++;
      }
    }
    inner.beginEpoch(1);
    const expected = inner.probabilities().map((p) => 0.75 * p + 0.25 / 20);
    selector.probabilities!().forEach((p, i) => {
      expect(p).toBeCloseTo(expected[i]!, 12);
    });
    expect(chiSquarePasses(counts, expected)).toBe(true);
  });

  it('keeps the inner weights and gives uniform samples the weight 1', () => {
    const selector = withSmoothing(activeBias({ warmupEpochs: 0, smoothing: 1 }), { uniformShare: 0.5 })(run);
    for (const p of [0, 1]) {
      selector.observe({ indices: Int32Array.of(0), trueClassProbability: Float32Array.of(p) });
    }
    selector.beginEpoch(1);
    const batch = selector.select(20, () => Promise.reject(new Error('not to be scored')));
    if (batch === null || batch instanceof Promise) throw new Error('no batch');
    expect(new Set(batch.indices).size).toBe(20);
    expect(batch.weights!.filter((weight) => weight === 1).length).toBeGreaterThan(3);
    expect(() => withSmoothing(uniform(), { uniformShare: 1.5 })).toThrow(
      'withSmoothing: uniformShare is 1.5; it must be a number from 0 to 1',
    );
  });
});

describe('alternate', () => {
  it('makes every k-th batch of an epoch uniform', () => {
    const selector = alternate(uniform({ order: 'sequential' }), { every: 3 })(run);
    const uniformBatches: number[] = [];
    const inner: number[] = [];
    selector.beginEpoch(1);
    for (let n = 1; n <= 10; n++) {
      const batch = selector.select(2, () => Promise.reject(new Error('not to be scored')));
      if (batch === null || batch instanceof Promise) throw new Error('no batch');
      if (n % 3 === 0) uniformBatches.push(...batch.indices);
      else inner.push(...batch.indices);
    }
    expect(inner).toEqual(Array.from({ length: 14 }, (_, i) => i));
    expect(uniformBatches).not.toEqual([...uniformBatches].sort((a, b) => a - b));
    expect(() => alternate(uniform(), { every: 1 })).toThrow(
      'alternate: every is 1; it must be an integer of at least 2',
    );
  });
});
