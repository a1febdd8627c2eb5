import { describe, expect, it } from 'vitest';
import { comparison, courses, run } from '../../../test/support/records.js';
import { errorComparisons, mainComparisons, selectorErrors } from './errors.js';
import { trajectories } from './trajectory.js';

describe('selector errors', () => {
  it('take the best epoch of each seed, the last epoch, and their means with standard errors', () => {
    const [row] = selectorErrors(
      ['a'],
      courses(
        run([0.5, 0.2, 0.3], { selector: 'a', seed: 1 }),
        run([0.4, 0.1, 0.1], { selector: 'a', seed: 2 }),
      ),
    );
    expect(row!.seeds).toEqual([
      { seed: 1, best: 0.2, bestEpoch: 2, final: 0.3 },
      { seed: 2, best: 0.1, bestEpoch: 2, final: 0.1 },
    ]);
    // Best 0.2 and 0.1: mean 0.15, deviation 0.1 / √2, standard error 0.05. Final 0.3 and 0.1: 0.2 and 0.1.
    expect(row!.best!.mean).toBeCloseTo(0.15, 12);
    expect(row!.best!.standardError).toBeCloseTo(0.05, 12);
    expect(row!.final!.mean).toBeCloseTo(0.2, 12);
    expect(row!.final!.standardError).toBeCloseTo(0.1, 12);
  });

  it('include the shared warm-up', () => {
    const warmup = run([0.5, 0.1], { kind: 'warmup', warmupEpochs: 2, selector: 'warmup' });
    const forked = run([0.3, 0.2], { selector: 'a', warmupEpochs: 2 });
    const [row] = selectorErrors(['a'], trajectories(comparison([forked], { warmups: [warmup] })));
    expect(row!.seeds).toEqual([{ seed: 1, best: 0.1, bestEpoch: 2, final: 0.2 }]);
  });

  it('leave out runs that have not ended', () => {
    const rows = selectorErrors(['a', 'b'], courses(run([0.5], { selector: 'a' }, false)));
    expect(rows).toEqual([
      { selector: 'a', seeds: [], best: null, final: null },
      { selector: 'b', seeds: [], best: null, final: null },
    ]);
  });
});

describe('error comparisons', () => {
  const rows = selectorErrors(
    ['a', 'b'],
    courses(
      run([0.1], { selector: 'a', seed: 1 }),
      run([0.2], { selector: 'a', seed: 2 }),
      run([0.2], { selector: 'b', seed: 2 }),
      run([0.15], { selector: 'b', seed: 1 }),
      run([0.9], { selector: 'b', seed: 3 }),
    ),
  );

  it('are paired by seed and ignore seeds that one of the two lacks', () => {
    const [ab, ba] = errorComparisons(rows, 1000);
    // a: 0.10 and 0.20, b: 0.15 and 0.20: means 0.15 and 0.175.
    expect(ab!.relativeReduction).toBeCloseTo(0.025 / 0.175, 12);
    expect(ba!.relativeReduction).toBeCloseTo(-0.025 / 0.15, 12);
    expect(ab!.difference.n).toBe(2);
    expect(ab!.difference.mean).toBeCloseTo(-0.025, 12);
    // Deviation of -0.05 and 0 is 0.05 / √2: margin 12.7062 * 0.05 / 2.
    expect(ab!.difference.high).toBeCloseTo(-0.025 + 0.317655, 5);
    expect(ab!.difference.verdict).toBe('within the noise');
  });

  it('give the differences of each seed, of the best and of the last epoch', () => {
    const [ab] = errorComparisons(
      selectorErrors(
        ['a', 'b'],
        courses(
          run([0.1, 0.3], { selector: 'a', seed: 1 }),
          run([0.2, 0.2], { selector: 'a', seed: 2 }),
          run([0.2, 0.2], { selector: 'b', seed: 1 }),
          run([0.1, 0.3], { selector: 'b', seed: 2 }),
        ),
      ),
      1000,
    );
    expect(ab!.seeds.map(({ seed }) => seed)).toEqual([1, 2]);
    expect(ab!.seeds[0]!.best).toBeCloseTo(-0.1, 12);
    expect(ab!.seeds[0]!.final).toBeCloseTo(0.1, 12);
    expect(ab!.finalDifference.mean).toBeCloseTo(0, 12);
  });

  it('that matter are those with the baseline, and of the subject with all others', () => {
    const three = selectorErrors(
      ['random', 'recency', 'online', 'open'],
      courses(
        run([0.1], { selector: 'random' }),
        run([0.2], { selector: 'recency' }),
        run([0.3], { selector: 'online' }),
        run([0.3], { selector: 'open' }, false),
      ),
    );
    const all = errorComparisons(three, 100);
    const names = (baseline: string | null) =>
      mainComparisons(all, baseline, 'recency').map(({ selector, over }) => `${selector}-${over}`);
    expect(names('random')).toEqual(['recency-random', 'online-random', 'recency-online']);
    expect(names(null)).toEqual(['recency-random', 'recency-online']);
  });

  it('give no relative reduction over a perfect selector', () => {
    const perfect = selectorErrors(
      ['a', 'b'],
      courses(run([0], { selector: 'a' }), run([0], { selector: 'b' })),
    );
    expect(errorComparisons(perfect, 100).map(({ relativeReduction }) => relativeReduction)).toEqual([
      null,
      null,
    ]);
  });
});
