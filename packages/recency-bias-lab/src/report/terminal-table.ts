/** The result of a comparison as a table for the terminal: at most 100 columns, readable without colour. */
import pc from 'picocolors';
import type { Analysis, Results } from './analysis/results.js';
import { change, count, duration, NONE, percentEstimate, plural, timeVerdict } from './format.js';
import { headline } from './headline.js';
import type { Cell } from './terminal-text.js';
import { printable } from './printable.js';
import { aligned, clipped, paint, wrapped } from './terminal-text.js';

const LABEL_WIDTH = 18;
const NAME_WIDTH = 9;

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
    ...(results.clock === 'processor'
      ? [pc.dim('Seconds are processor time, which other programs on the machine do not lengthen.')]
      : []),
    ...results.warnings.flatMap(({ message }) =>
      wrapped(`Warning: ${printable(message)}`, '  ').map((line) => pc.yellow(line)),
    ),
  ].join('\n');
}
