import { describe, expect, it } from 'vitest';
import { checkPressure, pressureAt } from './schedule.js';

describe('selection pressure', () => {
  it('decays exponentially from the number given to 1, as in the paper', () => {
    const schedule = checkPressure('pressure', 100);
    expect(pressureAt(schedule, 15, 15, 115)).toBe(100);
    expect(pressureAt(schedule, 65, 15, 115)).toBeCloseTo(10, 12);
    expect(pressureAt(schedule, 115, 15, 115)).toBe(1);
  });

  it('follows a schedule given as data', () => {
    expect(pressureAt(checkPressure('p', { kind: 'linear', from: 11, to: 1 }), 4, 0, 10)).toBeCloseTo(7, 12);
    expect(pressureAt(checkPressure('p', { kind: 'constant', from: 7 }), 10, 0, 10)).toBe(7);
    expect(pressureAt(checkPressure('p', { kind: 'exponential', from: 100, to: 4 }), 5, 0, 10)).toBeCloseTo(
      20,
      12,
    );
  });

  it('is at least 1', () => {
    expect(() => checkPressure('selectionPressure', 0.5)).toThrow(
      'selectionPressure is 0.5; it must be a number from 1',
    );
    expect(() => checkPressure('p', { kind: 'linear', from: 3, to: 0 })).toThrow('p.to is 0');
    expect(() => checkPressure('p', { kind: 'linaer', from: 3 })).toThrow("Did you mean 'linear'?");
    expect(() => checkPressure('p', { kind: 'linear', form: 3 })).toThrow("Did you mean 'from'?");
    expect(() => checkPressure('p', '100')).toThrow(TypeError);
  });
});
