import { describe, expect, it } from 'vitest';
import { recencyBias } from '../selectors/recency-bias.js';
import { mostUncertain } from './most-uncertain.js';

describe('mostUncertain', () => {
  const selector = recencyBias({ window: 4, warmupEpochs: 0 })({ size: 6, classes: 3, epochs: 2, seed: 1 });
  const predictions = [[0, 0, 0, 0], [0, 1, 0, 1], [], [2, 1, 0, 0], [1], [1, 0, 1, 0]];
  predictions.forEach((labels, index) => {
    for (const label of labels) {
      selector.observe({ indices: Int32Array.of(index), predictedLabel: Int32Array.of(label) });
    }
  });

  it('gives the samples whose windows disagree most, with their windows, and none that was never seen', () => {
    expect(mostUncertain(selector, 3).map(({ index, window }) => [index, window])).toEqual([
      [3, [2, 1, 0, 0]],
      [1, [0, 1, 0, 1]],
      [5, [1, 0, 1, 0]],
    ]);
    const all = mostUncertain(selector, 10);
    expect(all.map(({ index }) => index)).toEqual([3, 1, 5, 0, 4]);
    for (const { index, uncertainty } of all) expect(uncertainty).toBe(selector.uncertainty()[index]);
  });

  it('refuses a count below 1', () => {
    expect(() => mostUncertain(selector, 0)).toThrow('mostUncertain: count is 0');
  });
});
