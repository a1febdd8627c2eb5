import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunningMoments } from './running-moments.js';

describe('RunningMoments', () => {
  it('has the count, mean and variance of each series, as naive sums over it do', () => {
    const event = fc.tuple(fc.nat(2), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), (events) => {
        const moments = new RunningMoments(3);
        for (const [index, value] of events) moments.record(index, value);
        const restored = new RunningMoments(3);
        restored.loadStateDict(moments.stateDict());
        for (const index of [0, 1, 2]) {
          const series = events.filter(([of]) => of === index).map(([, value]) => value);
          const average = (values: readonly number[]): number =>
            values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
          const mean = average(series);
          for (const subject of [moments, restored]) {
            expect(subject.count(index)).toBe(series.length);
            expect(subject.mean(index)).toBeCloseTo(mean, 12);
            expect(subject.variance(index)).toBeCloseTo(
              average(series.map((value) => (value - mean) ** 2)),
              12,
            );
          }
        }
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  it('keeps the variance of values that differ little beside their size', () => {
    const moments = new RunningMoments(1);
    for (let n = 0; n < 1000; n++) moments.record(0, 1e6 + (n % 2) * 1e-3);
    expect(moments.variance(0)).toBeCloseTo(2.5e-7, 10);
  });
});
