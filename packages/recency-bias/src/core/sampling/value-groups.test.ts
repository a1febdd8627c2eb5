import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupByValue } from './value-groups.js';

describe('groupByValue', () => {
  it('finds groups that lie apart, whatever their sizes', () => {
    const values = Float64Array.of(0, 0.1, 0.2, 5, 5.1, 9, 9.1, 9.2, 9.3, 9.4);
    expect([...groupByValue(values, 3)]).toEqual([0, 3, 5, 10]);
  });

  it('cuts equal values into equally large pieces', () => {
    expect([...groupByValue(new Float64Array(10).fill(3), 4)]).toEqual([0, 2, 5, 7, 10]);
    expect([...groupByValue(new Float64Array(0), 2)]).toEqual([0, 0, 0]);
  });

  it('moves on from equally large pieces that the first values would keep', () => {
    // The middles of the pieces, 1 and 5, cut where the pieces do; their means, -5 and 4, do not.
    expect([...groupByValue(Float64Array.of(-11, 1, 3, 5), 2)]).toEqual([0, 1, 4]);
  });

  it('puts every value into the group with the nearest mean', () => {
    const values = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 8 }), (list, groups) => {
        const sorted = Float64Array.from(list).sort();
        const cuts = groupByValue(sorted, groups);
        expect(cuts[0]).toBe(0);
        expect(cuts[groups]).toBe(sorted.length);
        const means: number[] = [];
        for (let g = 0; g < groups; g++) {
          expect(cuts[g + 1]!).toBeGreaterThanOrEqual(cuts[g]!);
          const part = sorted.subarray(cuts[g], cuts[g + 1]);
          means.push(part.length === 0 ? NaN : part.reduce((sum, value) => sum + value, 0) / part.length);
        }
        if (sorted[0] === sorted[sorted.length - 1]) return;
        for (let g = 0; g < groups; g++) {
          for (const value of sorted.subarray(cuts[g], cuts[g + 1])) {
            for (const mean of means) {
              if (Number.isNaN(mean)) continue;
              expect(Math.abs(value - means[g]!)).toBeLessThanOrEqual(Math.abs(value - mean) + 1e-9);
            }
          }
        }
      }),
    );
  });
});
