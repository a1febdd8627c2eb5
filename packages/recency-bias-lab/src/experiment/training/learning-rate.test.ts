import { describe, expect, it } from 'vitest';
import { learningRateAt } from './learning-rate.js';

const rates = (steps: [number, number][], epochs: number): number[] =>
  Array.from({ length: epochs }, (_, i) => learningRateAt({ initial: 1, steps }, i + 1, epochs));

describe('learningRateAt', () => {
  it('multiplies by the factor after the given share of the epochs', () => {
    expect(
      rates(
        [
          [0.5, 0.5],
          [0.75, 0.5],
        ],
        8,
      ),
    ).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.25, 0.25]);
  });

  it('rounds shares to whole epochs', () => {
    expect(rates([[0.5, 0]], 5)).toEqual([1, 1, 1, 0, 0]);
  });

  it('takes whole numbers as epochs', () => {
    expect(
      rates(
        [
          [1, 0.5],
          [3, 0.5],
        ],
        5,
      ),
    ).toEqual([1, 0.5, 0.5, 0.25, 0.25]);
  });
});
