/** The map as Markdown, between marks of docs/regimes.md. */
import {
  errorVerdict,
  interval,
  percentEstimate,
  points,
} from '../../packages/recency-bias-lab/src/report/format.js';
import { markdownTable } from '../../packages/recency-bias-lab/src/report/markdown/markdown-table.js';
import type { PairedDifference } from '../../packages/recency-bias-lab/src/report/analysis/statistics.js';
import { seedMean } from '../../packages/recency-bias-lab/src/report/analysis/statistics.js';
import { CLASS_GROUPS, difference, groupErrors, rowsOf, settingRows } from './analysis.js';
import type { Records, Row } from './analysis.js';
import { LATER, MAP, RANDOM } from './cells.js';
import type { MapMethod } from './cells.js';

/** Whether the interval of a difference excludes zero. */
export function isBeyondNoise(one: PairedDifference | null): boolean {
  return one?.verdict === 'lower' || one?.verdict === 'higher';
}

function cell(one: PairedDifference | null): string {
  if (one?.mean == null) return 'not run';
  const text = `${points(one.mean)} (${interval(one)})`;
  return isBeyondNoise(one) ? `**${text}, ${errorVerdict(one.verdict, one.n)}**` : text;
}

/** One row a cell of a map. */
export function regimeTable(methods: readonly MapMethod[], rows: readonly Row[]): string {
  return markdownTable(
    ['regime', 'setting', 'Random, %', ...methods.map(({ title }) => title)],
    rows.map(({ regime, title, random, differences }) => [
      regime,
      title,
      random === null ? 'not run' : percentEstimate(random),
      ...differences.map(cell),
    ]),
  );
}

/** How many cells there are, and how many would exclude zero by chance. */
export function regimeCount(rows: readonly Row[]): string {
  const known = rows.flatMap(({ differences }) => differences.filter((one) => one !== null));
  const count = (verdict: string): number => known.filter((one) => one.verdict === verdict).length;
  const run = rows.filter(({ random }) => random !== null).length;
  return (
    `${run} of ${rows.length} rows have been run. Of their ${known.length} intervals ${count('lower')} lie below zero and ` +
    `${count('higher')} above; by chance about ${(known.length / 20).toFixed(1)} would exclude it.`
  );
}

/** Errors of large and small classes where the training data have a long tail. */
export function classTable(records: Records, preset: string): string {
  const analysis = records.get(preset);
  if (analysis === undefined) return 'Not run yet.';
  const all = [{ label: RANDOM, title: 'Random' }, ...MAP.methods];
  const resolution = CLASS_GROUPS.length / (analysis.header?.dataset.testSize ?? 1);
  return markdownTable(
    ['batches chosen by', ...CLASS_GROUPS.flatMap(({ title }) => [`${title}, %`, 'against Random'])],
    all.map(({ label, title }) => [
      title,
      ...CLASS_GROUPS.flatMap(({ classes }) => {
        const own = groupErrors(analysis, label, classes);
        const random = groupErrors(analysis, RANDOM, classes);
        return [
          percentEstimate(seedMean(own.map(({ value }) => value))),
          label === RANDOM ? 'baseline' : cell(difference(own, random, resolution)),
        ];
      }),
    ]),
  );
}

const MARK = /(<!-- regimes (map|count|later|classes (\S+)) -->\n)[^]*?(<!-- end of regimes -->)/g;

/** The document with the parts between its marks made anew. */
export function withRegimes(document: string, records: Records, later: Records): string {
  const rows = rowsOf(records);
  const made: Readonly<Record<string, () => string>> = {
    map: () => regimeTable(MAP.methods, rows),
    count: () => regimeCount(rows),
    later: () => regimeTable(LATER.methods, settingRows(LATER, later)),
  };
  return document.replaceAll(
    MARK,
    (_, begin: string, kind: string, preset: string | undefined, end: string) => {
      const text = preset === undefined ? made[kind]!() : classTable(records, preset);
      return `${begin}\n${text}\n\n${end}`;
    },
  );
}
