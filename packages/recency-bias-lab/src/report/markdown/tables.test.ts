import { describe, expect, it } from 'vitest';
import { comparison, run } from '../../../test/support/records.js';
import type { Run } from '../../records/run.js';
import { analyse } from '../analysis/results.js';
import { comparisonTable, timeTable } from './comparison-tables.js';
import { markdownFor, namedComparisons, withTables } from './documents.js';
import { equalCostTable } from './equal-cost-table.js';

const analysisOf = (runs: readonly Run[]) => analyse(comparison(runs), new Date(0));
const methodTable = (runs: readonly Run[]): string => equalCostTable(analysisOf(runs).results.equalCost!);

/** Four epochs of 1,000 samples, of which `trained` are trained and `scored` scored. */
function course(
  selector: string,
  seed: number,
  errors: readonly number[],
  { trained = 1000, scored = 0, seconds = 10 } = {},
  options: Record<string, unknown> = {},
): Run {
  const made = run(errors, { selector, seed, method: { name: selector, options } });
  const epochs = made.epochs.map((event) => ({
    ...event,
    trainedSamples: trained * event.epoch,
    scoredSamples: scored * event.epoch,
    trainSeconds: seconds * event.epoch,
  }));
  return { ...made, epochs };
}

/** The cells of a method's row. */
function cells(table: string, label: string): string[] {
  const line = table.split('\n').find((text) => text.startsWith(`| \`${label}\` |`))!;
  return line
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());
}

describe('the tables of the methods', () => {
  const random = [1, 2, 3].map((seed) => course('random', seed, [0.4, 0.3, 0.2, 0.1]));

  it('compare at the end, and at the cost of the cheaper of the two, a scored sample counting a third', () => {
    const half = [1, 2, 3].map((seed) =>
      course('info-batch', seed, [0.35, 0.25, 0.15, 0.12], { trained: 500, seconds: 5 }),
    );
    // Each epoch costs two of Random's.
    const scoring = [1, 2, 3].map((seed) =>
      course('rho-loss', seed, [0.2, 0.08, 0.06, 0.04], { scored: 3000, seconds: 25 }),
    );
    const table = methodTable([...random, ...half, ...scoring]);
    expect(cells(table, 'random')).toEqual([
      '10.00 ± 0.00',
      'baseline',
      'baseline',
      '4.0',
      '0.0',
      '1.00',
      '1.00',
    ]);
    const [, atEnd, atEqualCost, ...work] = cells(table, 'info-batch');
    expect(atEnd).toMatch(/^\*\*\+2\.00 .*, higher$/);
    // Its four epochs cost two of Random's, at whose end Random is at 30 %.
    expect(atEqualCost).toMatch(/^\*\*−18\.00 .*, lower$/);
    expect(work).toEqual(['2.0', '0.0', '0.50', '0.50']);
    const [, later, sooner, ...more] = cells(table, 'rho-loss');
    expect(later).toMatch(/^\*\*−6\.00/);
    expect(sooner).toMatch(/^\*\*−2\.00/); // after two epochs
    expect(more).toEqual(['4.0', '12.0', '2.00', '2.50']);
    expect(table).toContain('at the end `rho-loss`; at equal cost `info-batch` and `rho-loss`');
  });

  it('count what the input of a method cost, divided over its runs', () => {
    const irreducibleLosses = { file: 'x', cost: { trainedSamples: 3000, scoredSamples: 9000 } };
    const scoring = [1, 2, 3].map((seed) =>
      course('rho-loss', seed, [0.2, 0.08, 0.06, 0.04], {}, { irreducibleLosses }),
    );
    const table = methodTable([...random, ...scoring]);
    // 6,000 over three runs: two epochs' worth before the first.
    expect(cells(table, 'rho-loss')[5]).toBe('1.50');
    expect(cells(table, 'rho-loss')[2]).toMatch(/^\*\*−2\.00/);
  });

  it('claim nothing within the noise, and set pruning against random pruning of the same size', () => {
    const noisy = [1, 2, 3].map((seed) => course('info-batch', seed, [0.4, 0.3, 0.2, 0.07 + 0.02 * seed]));
    const control = [1, 2, 3].map((seed) => course('random-pruning', seed, [0.4, 0.3, 0.2, 0.1]));
    const table = methodTable([...random, ...noisy, ...control]);
    expect(cells(table, 'info-batch')[1]).toMatch(/^\+1\.00 \(−3\.97 to \+5\.97\)$/);
    expect(table).toContain('beyond the noise: at the end none; at equal cost none');
    expect(table).toContain('- `info-batch` against `random-pruning`, at the end: +1.00');
  });

  it('say how much sooner Recency Bias reaches the best error of each other, and in how many seeds', () => {
    const sooner = [1, 2, 3].map((seed) => course('recency-bias', seed, [0.4, 0.1, 0.1, 0.1]));
    const better = [1, 2, 3].map((seed) => course('active-bias', seed, [0.4, 0.3, 0.2, 0.05]));
    const lines = timeTable(analysisOf([...random, ...better, ...sooner])).split('\n');
    expect(lines).toContain(
      '| random | 50.0 % ± 0.0 | 40.0 → 20.0 | 3 of 3, faster | 50.0 % ± 0.0 | 4.0 → 2.0 | 3 of 3, faster |',
    );
    expect(lines).toContain('| Active Bias | – | – | 0 of 3 | – | – | 0 of 3 |');
  });

  it('let no label end a cell, be markup or reach the terminal', () => {
    const odd = [1, 2].map((seed) => course('a|b\n<i>`\u001b[2J', seed, [0.4, 0.3]));
    const runs = [...[1, 2].map((seed) => course('random', seed, [0.4, 0.3])), ...odd];
    expect(comparisonTable(analysisOf(runs))).toContain('| a\\|b�\\<i\\>\\`�\\[2J | 30.00 ± 0.00 |');
    expect(methodTable(runs)).toContain("| `a\\|b�<i>'�[2J` | 30.00 ± 0.00 |");
  });
});

describe('a document with tables', () => {
  const one = analysisOf([1, 2].map((seed) => course('random', seed, [0.4, 0.3])));
  const analysis = { ...one, comparison: { ...one.comparison, sources: ['runs/mnist/'] } };

  it('keeps its text, and has between its marks the table of the folder that they name', () => {
    const document = 'Before.\n<!-- comparison mnist -->\nold\n<!-- end of mnist -->\nAfter.\n';
    expect(namedComparisons(document)).toEqual(['mnist']);
    const made = markdownFor(document, [analysis])!;
    expect(made).toBe(
      `Before.\n<!-- comparison mnist -->\n\n${comparisonTable(analysis)}\n\n<!-- end of mnist -->\nAfter.\n`,
    );
    expect(markdownFor(made, [analysis])).toBe(made);
    expect(withTables(document, () => undefined)).toContain('Not measured yet.');
  });

  it('is made whole where there is none, and again where it was made so, but never replaces other text', () => {
    const made = markdownFor(undefined, [analysis])!;
    expect(made).toContain('# At equal cost');
    expect(markdownFor(made, [analysis])).toBe(made);
    expect(markdownFor('My notes.\n', [analysis])).toBeNull();
  });
});
