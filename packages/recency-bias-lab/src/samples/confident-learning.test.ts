import { describe, expect, it } from 'vitest';
import { classThresholds, confidentClasses, labelDoubts } from './confident-learning.js';

/** Two classes; of the samples labelled 0 the third looks like 1, of those labelled 1 the last like 0. */
const given = {
  labels: Int32Array.of(0, 0, 0, 1, 1, 1),
  classes: 2,
  probabilities: Float32Array.of(0.9, 0.1, 0.8, 0.2, 0.1, 0.9, 0.3, 0.7, 0.4, 0.6, 0.75, 0.25),
};

describe('confident learning', () => {
  it('has as thresholds the mean probability of each class over its own samples', () => {
    const thresholds = [...classThresholds(given)];
    expect(thresholds[0]).toBeCloseTo((0.9 + 0.8 + 0.1) / 3, 6);
    expect(thresholds[1]).toBeCloseTo((0.7 + 0.6 + 0.25) / 3, 6);
  });

  it('counts a sample as the class whose threshold it reaches, and as none where it reaches none', () => {
    expect([...confidentClasses(given)]).toEqual([0, 0, 1, 1, 1, 0]);
    const undecided = {
      labels: Int32Array.of(0, 1, 0),
      classes: 2,
      probabilities: Float32Array.of(1, 0, 0, 1, 0.5, 0.5),
    };
    expect([...confidentClasses(undecided)]).toEqual([0, 1, -1]);
  });

  it('takes the more probable class where both thresholds are reached', () => {
    const both = {
      labels: Int32Array.of(0, 1),
      classes: 2,
      probabilities: Float32Array.of(0.4, 0.6, 0.7, 0.3),
    };
    expect([...confidentClasses(both)]).toEqual([1, 0]);
  });

  it('doubts those labels most that are wrong', () => {
    const order = [...labelDoubts(given).entries()].sort(([, a], [, b]) => b - a).map(([index]) => index);
    expect(order.slice(0, 2).sort()).toEqual([2, 5]);
  });

  it('lets no sample reach the threshold of a class without samples', () => {
    const lone = {
      labels: Int32Array.of(0, 0),
      classes: 3,
      probabilities: Float32Array.of(0.1, 0.2, 0.7, 0.3, 0.3, 0.4),
    };
    expect(classThresholds(lone)[2]).toBe(1);
    expect([...confidentClasses(lone)]).toEqual([-1, 0]);
  });
});
