/** The result as a table for the terminal: at most 100 columns, readable without colour. */
import pc from 'picocolors';
import type { Analysis, Results } from './analysis/results.js';
import type { Verdict } from './analysis/statistics.js';
import { change, count, duration, NONE, percentEstimate, plural, timeVerdict } from './format.js';
import { headline } from './headline.js';

/** Columns of the terminal that the table may use. */
export const TABLE_WIDTH = 100;
const LABEL_WIDTH = 18;
const NAME_WIDTH = 9;

type Paint = (text: string) => string;
const plain: Paint = (text) => text;

function paint(verdict: Verdict): Paint {
  return verdict === 'lower' ? pc.green : verdict === 'higher' ? pc.red : plain;
}

interface Cell {
  readonly text: string;
  readonly paint?: Paint;
}

function clipped(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** Control characters would let a label from an experiment file write anywhere on the terminal. */
function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '�');
}

/** Rows of cells as lines: the first and last column flush left, the others flush right; closer where space is short. */
function aligned(rows: readonly (readonly Cell[])[]): string[] {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...rows.map((row) => row[i]!.text.length)),
  );
  const total = widths.reduce((sum, width) => sum + width, 0);
  const gap = [3, 2].find((space) => total + space * (columns - 1) <= TABLE_WIDTH) ?? 1;
  const room = TABLE_WIDTH - (total - (widths.at(-1) ?? 0)) - gap * (columns - 1);
  return rows.map((row) =>
    row
      .map(({ text, paint: paintCell = plain }, i) => {
        const space = ' '.repeat(widths[i]! - text.length);
        if (i === columns - 1) return paintCell(clipped(text, room));
        return i === 0 ? paintCell(text) + space : space + paintCell(text);
      })
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

function timeCell({ timeReductions }: Results, selector: string, baseline: string): string {
  const find = (unit: 'seconds' | 'passes') =>
    timeReductions.find((row) => row.selector === selector && row.over === baseline && row.unit === unit);
  const seconds = find('seconds');
  if (seconds === undefined || seconds.seeds.length === 0) return NONE;
  if (seconds.time === null) return 'not reached';
  const partly =
    seconds.reached < seconds.seeds.length ? ` in ${seconds.reached}/${seconds.seeds.length}` : '';
  return `${duration(seconds.time)} (${change(seconds.reduction)})${partly}`;
}

/** Mean time at which the baseline reaches its own best, for its own row. */
function baselineTime({ timeReductions }: Results, baseline: string, analysis: Analysis): string {
  const runs = analysis.trajectories.filter(({ selector, complete }) => selector === baseline && complete);
  const row = timeReductions.find(({ over, unit }) => over === baseline && unit === 'seconds');
  const times = row?.seeds.map(({ reference }) => reference) ?? [];
  if (runs.length === 0 || times.length === 0) return NONE;
  return duration(times.reduce((sum, time) => sum + time, 0) / times.length);
}

function verdictCell(results: Results, selector: string, baseline: string): Cell {
  const errors = results.errorComparisons.find((row) => row.selector === selector && row.over === baseline);
  const time = results.timeReductions.find(
    (row) => row.selector === selector && row.over === baseline && row.unit === 'seconds',
  );
  if (errors === undefined || errors.difference.n === 0) return { text: NONE };
  const { verdict } = errors.difference;
  const faster =
    time?.verdict === 'lower' || time?.verdict === 'higher' ? `, ${timeVerdict(time.verdict)}` : '';
  return { text: verdict + faster, paint: paint(verdict) };
}

/** Breaks text into lines of at most TABLE_WIDTH columns. */
function wrapped(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && `${indent}${line} ${word}`.length > TABLE_WIDTH) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((part, i) => (i === 0 ? part : indent + part));
}

function table(analysis: Analysis): string[] {
  const { results } = analysis;
  const { baseline } = results;
  const name = results.selectors.find(({ selector }) => selector === baseline)?.title ?? '';
  const label = (text: string): string => clipped(printable(text), LABEL_WIDTH);
  const short = clipped(printable(name), NAME_WIDTH);
  const headings = ['Selector', 'Best error, %'];
  if (baseline !== null) headings.push(`vs ${short}`, `Time to ${short}’s best`, 'Verdict');
  const rows = results.selectors.map(({ selector, title, best }): Cell[] => {
    const cells: Cell[] = [{ text: label(title), paint: pc.bold }, { text: percentEstimate(best) }];
    if (baseline === null) return cells;
    if (selector === baseline) {
      return [
        ...cells,
        { text: NONE },
        { text: baselineTime(results, baseline, analysis) },
        { text: 'baseline', paint: pc.dim },
      ];
    }
    const errors = results.errorComparisons.find((row) => row.selector === selector && row.over === baseline);
    return [
      ...cells,
      { text: change(errors?.relativeReduction ?? null) },
      { text: timeCell(results, selector, baseline) },
      verdictCell(results, selector, baseline),
    ];
  });
  return aligned([headings.map((text): Cell => ({ text, paint: pc.dim })), ...rows]);
}

/** The table with a line of settings above, and the headline and warnings below. */
export function terminalTable(analysis: Analysis): string {
  const { header, results } = analysis;
  const settings =
    header === null
      ? [results.name]
      : [
          `${header.dataset.name} (${count(header.dataset.trainSize)} samples)`,
          header.model.name,
          `${plural(header.epochs, 'epoch')}, ${header.warmupEpochs} of warm-up`,
          plural(results.seeds.length, 'seed'),
        ];
  return [
    ...wrapped(printable(settings.join(' · ')), '').map(pc.dim),
    '',
    ...table(analysis),
    '',
    ...wrapped(printable(headline(results)), ''),
    ...results.warnings.flatMap(({ message }) =>
      wrapped(`Warning: ${printable(message)}`, '  ').map((line) => pc.yellow(line)),
    ),
  ].join('\n');
}
