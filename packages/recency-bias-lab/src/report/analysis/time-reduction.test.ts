import { describe, expect, it } from 'vitest';
import { courses, epochEvent, run } from '../../../test/support/records.js';
import { timeReduction, timeReductions } from './time-reduction.js';

describe('the time reduction', () => {
  it('is (t_M - t_R) / t_M with the time R first reaches the best error of M', () => {
    // M has its best error 0.2 at epoch 4 (40 s); R is below it first at epoch 3 (30 s).
    const records = courses(
      run([0.5, 0.4, 0.3, 0.2, 0.25], { selector: 'm' }),
      run([0.5, 0.3, 0.15, 0.3, 0.1], { selector: 'r' }),
    );
    const result = timeReduction('r', 'm', records, 'seconds');
    expect(result.seeds).toEqual([{ seed: 1, target: 0.2, reference: 40, own: 30 }]);
    expect(result.reduction).toBeCloseTo(0.25, 12);
    expect(result.reached).toBe(1);
    expect(result.verdict).toBe('cannot tell');
    expect(timeReduction('r', 'm', records, 'passes').seeds[0]).toMatchObject({ reference: 4, own: 3 });
  });

  it('reaches an error by equalling it', () => {
    const records = courses(run([0.5, 0.2], { selector: 'm' }), run([0.2, 0.5], { selector: 'r' }));
    expect(timeReduction('r', 'm', records, 'seconds').reduction).toBe(0.5);
  });

  it('counts samples scored by extra forward passes as passes', () => {
    const scored = run([0.2], { selector: 'm' });
    const m = { ...scored, epochs: [epochEvent(1, 0.2, { scoredSamples: 3000 })] };
    const records = courses(m, run([0.2], { selector: 'r' }));
    expect(timeReduction('r', 'm', records, 'passes').seeds[0]).toMatchObject({ reference: 4, own: 1 });
  });

  it('says when the error is never reached, and takes means over the seeds that reached it', () => {
    const records = courses(
      run([0.5, 0.2], { selector: 'm', seed: 1 }),
      run([0.2, 0.5], { selector: 'r', seed: 1 }),
      run([0.5, 0.2], { selector: 'm', seed: 2 }),
      run([0.5, 0.3], { selector: 'r', seed: 2 }),
    );
    const result = timeReduction('r', 'm', records, 'seconds');
    expect(result.seeds.map(({ own }) => own)).toEqual([10, null]);
    expect(result).toMatchObject({ reached: 1, reduction: 0.5, time: 10, referenceTime: 20 });
    expect(timeReduction('m', 'r', records, 'seconds').reduction).toBeCloseTo((-1 + 0) / 2, 12);
  });

  it('is a mean over seeds with its standard error', () => {
    const records = courses(
      ...[1, 2].map((seed) => run([0.5, 0.4, 0.3, 0.2], { selector: 'm', seed })),
      run([0.2, 0.5, 0.5, 0.5], { selector: 'r', seed: 1 }),
      run([0.5, 0.5, 0.2, 0.5], { selector: 'r', seed: 2 }),
    );
    // 75 % and 25 %: mean 50 %, deviation 0.5 / √2, standard error 0.25.
    const result = timeReduction('r', 'm', records, 'passes');
    expect(result.reduction).toBeCloseTo(0.5, 12);
    expect(result.reductionError).toBeCloseTo(0.25, 12);
  });

  it('is null when no seed reached the error', () => {
    const records = courses(run([0.1], { selector: 'm' }), run([0.2], { selector: 'r' }));
    expect(timeReduction('r', 'm', records, 'seconds')).toMatchObject({
      reached: 0,
      reduction: null,
      reductionError: null,
      time: null,
      verdict: 'cannot tell',
    });
  });

  const m = Array.from({ length: 10 }, (_, i) => 0.5 - 0.01 * i);
  const fast = [0.5, 0.2, ...Array<number>(8).fill(0.2)];
  const never = Array<number>(10).fill(0.5);

  it('is faster only beyond the noise and never while a seed has not reached the error', () => {
    const seeds = [1, 2, 3];
    const all = courses(
      ...seeds.map((seed) => run(m, { selector: 'm', seed })),
      ...seeds.map((seed) => run(fast, { selector: 'r', seed })),
    );
    // t_M = 100 s and t_R = 20 s in each seed; an epoch of 10 s bounds what is known: 4.303 * (10 / √6) / √3 = 10.1 s.
    expect(timeReduction('r', 'm', all, 'seconds').reduction).toBeCloseTo(0.8, 12);
    expect(timeReduction('r', 'm', all, 'seconds').verdict).toBe('lower');
    const some = courses(
      ...seeds.map((seed) => run(m, { selector: 'm', seed })),
      ...seeds.map((seed) => run(seed === 3 ? never : fast, { selector: 'r', seed })),
    );
    const result = timeReduction('r', 'm', some, 'seconds');
    expect(result.reached).toBe(2);
    expect(result.verdict).toBe('within the noise');
  });

  it('is computed for every ordered pair in both units', () => {
    const records = courses(run([0.1], { selector: 'a' }), run([0.1], { selector: 'b' }));
    expect(
      timeReductions(['a', 'b'], records).map(({ selector, over, unit }) => `${selector}/${over}/${unit}`),
    ).toEqual(['a/b/seconds', 'a/b/passes', 'b/a/seconds', 'b/a/passes']);
  });
});
