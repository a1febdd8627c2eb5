import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentValues } from './recent-values.js';

describe('RecentValues', () => {
  it('has the count, mean and variance of the last values of each sample', () => {
    const event = fc.tuple(fc.nat(2), fc.float({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(event, { maxLength: 40 }), (window, events) => {
        const recent = new RecentValues(3, window, 0, 1);
        for (const [index, value] of events) recent.record(index, value);
        for (const index of [0, 1, 2]) {
          const values = events.filter(([i]) => i === index).map(([, value]) => value);
          const last = values.slice(-window);
          const mean = last.reduce((sum, value) => sum + value, 0) / Math.max(1, last.length);
          const squares = last.reduce((sum, value) => sum + (value - mean) ** 2, 0);
          expect(recent.count(index)).toBe(last.length);
          expect(recent.mean(index)).toBeCloseTo(mean, 12);
          expect(recent.variance(index)).toBeCloseTo(squares / Math.max(1, last.length), 12);
        }
      }),
    );
  });

  it('forgets and remembers in the same order after its state was loaded', () => {
    const recent = new RecentValues(2, 3, 0, 1);
    for (const value of [0.1, 0.2, 0.3, 0.4]) recent.record(1, value);
    const loaded = new RecentValues(2, 3, 0, 1);
    loaded.prepare(recent.stateDict()).commit();
    for (const part of [recent, loaded]) part.record(1, 0.9);
    expect(loaded.stateDict()).toEqual(recent.stateDict());
    expect(loaded.mean(1)).toBeCloseTo((0.3 + 0.4 + 0.9) / 3, 6);
  });

  it('refuses values outside its range, another window, and positions that no window has', () => {
    const recent = new RecentValues(2, 3, 0, 1);
    recent.record(0, 0.5);
    const state = recent.stateDict();
    const changed = (change: object): (() => unknown) => {
      return () => new RecentValues(2, 3, 0, 1).prepare({ ...state, ...change });
    };
    expect(changed({ values: Float32Array.of(0.5, 0, 0, 0, 0, NaN) })).toThrow('state.values[5] is NaN');
    expect(changed({ values: Float32Array.of(2, 0, 0, 0, 0, 0) })).toThrow('it must be from 0 to 1');
    expect(changed({ window: 4 })).toThrow('state.window is 4');
    expect(changed({ count: Uint16Array.of(4, 0) })).toThrow('state.count[0] is 4');
    expect(changed({ next: Uint16Array.of(2, 0) })).toThrow('no window of 3 values stands so');
    expect(changed({})).not.toThrow();
  });
});
