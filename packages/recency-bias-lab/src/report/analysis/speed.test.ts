import { describe, expect, it } from 'vitest';
import { courses, epochEvent, run } from '../../../test/support/records.js';
import { speeds } from './speed.js';

describe('how fast a method learns', () => {
  it('is the mean error between the warm-up and the last common pass, and its paired difference', () => {
    const records = courses(run([0.5, 0.3, 0.1], { selector: 'm' }), run([0.5, 0.1, 0.1], { selector: 'r' }));
    const [speed] = speeds(['m', 'r'], records, 'm');
    // Trapezoids: (0.4 + 0.2) / 2 = 0.3 and (0.3 + 0.1) / 2 = 0.2.
    expect(speed!.meanError.mean).toBeCloseTo(-0.1, 12);
    expect(speed!.meanError.verdict).toBe('cannot tell');
  });

  it('compares a method that trains fewer samples over the passes that both have', () => {
    const short = run([0.5, 0.3], { selector: 'r' });
    const r = {
      ...short,
      epochs: [1, 2].map((n) => epochEvent(n, [0.5, 0.3][n - 1]!, { trainedSamples: 500 * n + 500 })),
    };
    const [speed] = speeds(['m', 'r'], courses(run([0.5, 0.3, 0.1], { selector: 'm' }), r), 'm');
    // Over passes 1 to 1.5: m falls from 0.5 to 0.4, r from 0.5 to 0.3.
    expect(speed!.meanError.mean).toBeCloseTo(0.4 - 0.45, 12);
  });

  it('is the passes to the highest of the best errors of the baseline on other seeds', () => {
    const records = courses(
      run([0.5, 0.3, 0.2], { selector: 'm', seed: 1 }),
      run([0.5, 0.4, 0.25], { selector: 'm', seed: 2 }),
      run([0.5, 0.3, 0.22], { selector: 'm', seed: 3 }),
      run([0.5, 0.25, 0.2], { selector: 'r', seed: 1 }),
      run([0.5, 0.22, 0.2], { selector: 'r', seed: 2 }),
      run([0.5, 0.4, 0.3], { selector: 'r', seed: 3 }),
    );
    const [speed] = speeds(['m', 'r'], records, 'm');
    expect(speed!.seeds).toEqual([
      { seed: 1, target: 0.25, own: 2, baseline: 3 },
      { seed: 2, target: 0.22, own: 2, baseline: null },
      { seed: 3, target: 0.25, own: null, baseline: 3 },
    ]);
    expect(speed!.passes).toMatchObject({ n: 1, mean: -1, verdict: 'cannot tell' });
  });

  it('is no verdict where a seed speaks against it by never reaching the error', () => {
    const seeds = [1, 2, 3, 4];
    const slow = Array.from({ length: 20 }, (_, i) => 0.5 - 0.01 * i);
    const fast = [0.5, ...Array<number>(19).fill(0.2)];
    const make = (never: boolean) =>
      courses(
        ...seeds.map((seed) => run(slow, { selector: 'm', seed })),
        ...seeds.map((seed) =>
          run(never && seed === 4 ? Array<number>(20).fill(0.5) : fast, { selector: 'r', seed }),
        ),
      );
    expect(speeds(['m', 'r'], make(false), 'm')[0]!.passes.verdict).toBe('lower');
    expect(speeds(['m', 'r'], make(true), 'm')[0]!.passes).toMatchObject({
      n: 3,
      verdict: 'within the noise',
    });
  });

  it('has no passes to an error with a single seed, and nothing without a baseline', () => {
    const records = courses(run([0.5, 0.2], { selector: 'm' }), run([0.4, 0.2], { selector: 'r' }));
    expect(speeds(['m', 'r'], records, 'm')[0]!.seeds).toEqual([]);
    expect(speeds(['m', 'r'], records, null)).toEqual([]);
    expect(speeds(['m', 'r'], records, 'other')).toEqual([]);
  });
});
