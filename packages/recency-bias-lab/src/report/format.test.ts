import { describe, expect, it } from 'vitest';
import { change, duration, fixed, interval, percentEstimate, plural, signed } from './format.js';

describe('numbers for people', () => {
  it('have a true minus sign and no negative zero', () => {
    expect([fixed(-1.25, 1), fixed(-0.001, 2), signed(0.5, 1), signed(-0.5, 1), signed(0.001, 2)]).toEqual([
      '−1.3',
      '0.00',
      '+0.5',
      '−0.5',
      '0.00',
    ]);
  });

  it('give errors in percent with their standard error', () => {
    expect(percentEstimate({ mean: 0.0127, standardError: 0.0005, n: 3 })).toBe('1.27 ± 0.05');
    expect(percentEstimate({ mean: 0.0127, standardError: null, n: 1 })).toBe('1.27');
    expect(percentEstimate(null)).toBe('–');
  });

  it('give reductions as signed changes', () => {
    expect([change(0.0312), change(-0.0312), change(0), change(null)]).toEqual([
      '−3.1 %',
      '+3.1 %',
      '0.0 %',
      '–',
    ]);
  });

  it('show a bound near zero with the decimals that tell it from zero', () => {
    const difference = { n: 2, mean: -0.0005, verdict: 'lower' as const };
    expect(interval({ ...difference, low: -0.0008, high: -0.00001 })).toBe('−0.08 to −0.0010');
    expect(interval({ ...difference, low: null, high: null })).toBe('–');
  });

  it('give durations in the unit that fits', () => {
    expect([duration(41.23), duration(185), duration(7440), duration(3599.6)]).toEqual([
      '41.2 s',
      '3 min 05 s',
      '2 h 04 min',
      '1 h 00 min',
    ]);
  });

  it('count', () => {
    expect([plural(1, 'seed'), plural(60000, 'sample')]).toEqual(['1 seed', '60,000 samples']);
  });
});
