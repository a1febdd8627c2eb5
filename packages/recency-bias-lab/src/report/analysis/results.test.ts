import { describe, expect, it } from 'vitest';
import { comparison, courses, header, run } from '../../../test/support/records.js';
import { headline } from '../headline.js';
import { analyse } from './results.js';
import { bestIsAtWarmup, stillFalling } from './warnings.js';

const NOW = new Date('2026-03-02T00:00:00Z');
const SEEDS = [1, 2, 3];
const kinds = (result: ReturnType<typeof analyse>): string[] =>
  result.results.warnings.map(({ kind }) => kind);

function pair(own: readonly number[], random: readonly number[]) {
  return comparison([
    ...random.map((error, i) => run([0.9, error], { selector: 'uniform', seed: i + 1 })),
    ...own.map((error, i) => run([0.9, error], { selector: 'recency-bias', seed: i + 1 })),
  ]);
}

describe('the headline', () => {
  it('says within the noise when the seeds do not agree', () => {
    const { results } = analyse(pair([0.0126, 0.0141, 0.0127], [0.0127, 0.0142, 0.0122]), NOW);
    expect(headline(results)).toBe(
      'Recency Bias 1.31 % ± 0.05 vs Random 1.30 % ± 0.06 best test error: within the noise over 3 seeds.',
    );
  });

  it('gives the relative change and the interval when the difference is beyond the noise', () => {
    // Differences -0.010, -0.011, -0.012: mean -0.011, margin 4.30265 * 0.001 / √3 = 0.00248 (test set of 500: step
    // 0.002, floor 0.002 / √6 = 0.00082 is smaller).
    const { results } = analyse(pair([0.09, 0.089, 0.088], [0.1, 0.1, 0.1]), NOW);
    expect(headline(results)).toBe(
      'Recency Bias 8.90 % ± 0.06 vs Random 10.00 % ± 0.00 best test error: lower beyond the noise over 3 seeds ' +
        '(−11.0 % relative; 95 % interval −1.35 to −0.85 points).',
    );
  });

  it('cannot tell from one seed', () => {
    expect(headline(analyse(pair([0.1], [0.2]), NOW).results)).toBe(
      'Recency Bias 10.00 % vs Random 20.00 % best test error: one seed cannot tell them apart.',
    );
  });

  it('lists the errors when there is nothing to compare with', () => {
    const alone = comparison([run([0.25], { selector: 'recency-bias' })]);
    expect(headline(analyse(alone, NOW).results)).toBe('Best test error: Recency Bias 25.00 %.');
  });

  it('says when no run has finished', () => {
    const begun = comparison([run([0.25], {}, false)]);
    expect(headline(analyse(begun, NOW).results)).toBe('No run has finished yet.');
  });
});

describe('the results', () => {
  it('take Recency Bias as subject and uniform batches as baseline, whatever their labels', () => {
    const { results } = analyse(
      comparison([
        run([0.1], { selector: 'online-batch' }),
        run([0.1], { selector: 'wide', method: { name: 'recency-bias', options: { window: 20 } } }),
        run([0.1], { selector: 'random', method: { name: 'uniform', options: {} } }),
      ]),
      NOW,
    );
    expect([results.subject, results.baseline]).toEqual(['wide', 'random']);
    expect(results.selectors.map(({ title }) => title)).toEqual(['Online Batch', 'wide', 'Random']);
  });

  it('hold no NaN and no infinity for any shape of comparison', () => {
    const shapes = [
      comparison([], { selectors: ['a'], seeds: [1] }),
      comparison([run([], { selector: 'a' }, false)]),
      comparison([run([0], { selector: 'a' }), run([0], { selector: 'uniform' })]),
      pair([0.1, 0.1], [0.1, 0.1]),
    ];
    for (const shape of shapes) {
      JSON.stringify(analyse(shape, NOW).results, (_, value: unknown) => {
        if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
        return value;
      });
    }
  });

  it('call a tie within the noise', () => {
    const { results } = analyse(pair([0.1, 0.2], [0.1, 0.2]), NOW);
    expect(results.errorComparisons[0]!.difference.verdict).toBe('within the noise');
    expect(results.errorComparisons[0]!.relativeReduction).toBe(0);
  });
});

describe('warnings', () => {
  it('name the runs that are missing or under way', () => {
    const done = run([0.2, 0.1], { selector: 'uniform', epochs: 2 });
    const open = run([0.2], { selector: 'recency-bias', epochs: 2 }, false);
    const result = analyse(comparison([done, open], { seeds: [1, 2] }), NOW);
    expect(result.results.warnings[0]).toEqual({
      kind: 'incomplete',
      message:
        'The comparison is not complete: 3 runs of 4 missing from the tables: Random seed 2 (not begun), ' +
        'Recency Bias seed 1 (at epoch 1 of 2) and Recency Bias seed 2 (not begun).',
    });
  });

  it('say when the best error falls in the warm-up or right after it', () => {
    const errors = [0.3, 0.2, 0.1, 0.15, ...Array<number>(16).fill(0.2)];
    const at = (warmupEpochs: number) =>
      bestIsAtWarmup({ ...courses(run(errors))[0]!, header: header({ warmupEpochs, epochs: 20 }) });
    expect(at(3)).toBe(true); // in the warm-up
    expect(at(2)).toBe(true); // the first epoch after it
    expect(at(1)).toBe(false); // the second of 19 epochs after it
    expect(at(0)).toBe(false); // there was no warm-up
    const warned = (selectors: readonly string[], seeds: readonly number[]): string => {
      const runs = selectors.flatMap((selector) =>
        seeds.map((seed) => run(errors.slice(2), { selector, seed, warmupEpochs: 2 })),
      );
      return analyse(comparison(runs, { selectors, seeds }), NOW).results.warnings[0]!.message;
    };
    expect(warned(['uniform', 'online-batch'], SEEDS)).toMatch(
      /^In 6 of 6 runs the best test error came in or right after the warm-up.*compares next to nothing\./,
    );
    // Where nothing is compared.
    expect(warned(['uniform'], [1])).toMatch(
      /^The best test error came in or right after the warm-up, before selection could matter\. Use/,
    );
  });

  it('say of a training alone that it is not complete, without a word of a comparison', () => {
    const open = run([0.2], { selector: 'uniform', epochs: 2 }, false);
    const { results } = analyse(comparison([open], { selectors: ['uniform'], seeds: [1] }), NOW);
    expect(results.warnings[0]!.message).toBe(
      'The training is not complete: Random seed 1 (at epoch 1 of 2).',
    );
  });

  it('name the methods whose best errors come too early when most runs are sound', () => {
    const early = [0.1, ...Array<number>(19).fill(0.2)];
    const late = [...Array<number>(10).fill(0.2), 0.1, ...Array<number>(9).fill(0.2)];
    const of = (selector: string, errors: readonly number[]) =>
      SEEDS.map((seed) => run(errors, { selector, seed, warmupEpochs: 2 }));
    const result = analyse(
      comparison([...of('uniform', late), ...of('recency-bias', late), ...of('online-batch', early)]),
      NOW,
    );
    expect(result.results.warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Online Batch had the best test error in or right after the warm-up/),
    ]);
  });

  it('say when curves are still falling at the end', () => {
    const falling = Array.from({ length: 20 }, (_, i) => 0.5 * 0.95 ** i);
    const flat = Array.from({ length: 20 }, (_, i) => 0.1 + 0.4 * 0.5 ** i);
    expect(stillFalling(courses(run(falling)))).toBe(true);
    expect(stillFalling(courses(run(flat)))).toBe(false);
    expect(stillFalling(courses(run(falling.slice(0, 4))))).toBe(false);
    expect(stillFalling([])).toBe(false);
  });

  it('say when there is one seed, and when runs come from different machines', () => {
    expect(kinds(analyse(pair([0.1], [0.2]), NOW))).toContain('one-seed');
    const { environment } = header();
    const elsewhere = run([0.1], { selector: 'uniform', environment: { ...environment, backend: 'cpu' } });
    const mixed = analyse(comparison([run([0.1]), elsewhere]), NOW);
    expect(kinds(mixed)).toContain('machines-differ');
    expect(mixed.results.warnings.at(-1)!.message).toContain('do not compare their seconds');
    const apart = run([0.1], { seed: 2, environment: { ...environment, backend: 'cpu' } });
    expect(analyse(comparison([run([0.1]), apart]), NOW).results.warnings.at(-1)!.message).toBe(
      'Seeds were trained on different machines or backends (cpu, wasm and cpu, cpu): ' +
        'compare seconds within a seed only, as time reductions do.',
    );
  });

  it('do not ask for more seeds where further seeds are planned', () => {
    const planned = { ...pair([0.1], [0.2]), seeds: [1, 2, 3] };
    const { warnings } = analyse(planned, NOW).results;
    expect(warnings.find(({ kind }) => kind === 'one-seed')?.message).toBe(
      'Runs of one seed alone are complete so far: one seed cannot tell a difference from chance.',
    );
  });

  it('say nothing of a comparison where one method trains alone', () => {
    const falling = Array.from({ length: 20 }, (_, i) => 0.5 * 0.95 ** i);
    const { warnings } = analyse(comparison([run(falling)]), NOW).results;
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('a longer run may reach a lower one'),
    ]);
  });

  it('are absent from a sound comparison', () => {
    expect(analyse(pair([0.1, 0.1, 0.1], [0.1, 0.1, 0.1]), NOW).results.warnings).toEqual([]);
  });
});
