/** All samples as CSV and JSON, one row each. */
import { csvLine } from '../report/csv.js';
import type { CsvValue } from '../report/csv.js';
import type { Insights } from './insights.js';
import { isSuspect } from '../samples/suspects.js';

/** Version of insights.json. */
export const INSIGHTS_VERSION = 1;

/** Rows written at a time: a row alone would be a call to the file system. */
const CHUNK = 1000;

/** Rounded to six significant digits, as Float32 has no more. */
function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(6));
}

/** One sample. Columns are the same for all samples of a run. */
function rowOf({ table, header, dataset, wrong, likely }: Insights, index: number): Record<string, CsvValue> {
  const { classNames } = header.dataset;
  const label = table.labels[index]!;
  const verdict = table.verdict(index);
  const { files } = dataset.train;
  return {
    index,
    ...(files !== undefined && { file: files[index] ?? '' }),
    label,
    className: classNames[label] ?? String(label),
    /** The label most frequent in the window, and its share there; null for a sample never seen. */
    says: verdict.label < 0 ? null : verdict.label,
    saysClassName: verdict.label < 0 ? null : (classNames[verdict.label] ?? String(verdict.label)),
    saysShare: rounded(verdict.share),
    agreement: rounded(table.agreement(index)),
    suspect: isSuspect(table, index),
    likelyWrong: likely.has(index),
    uncertainty: rounded(table.uncertainty(index)),
    confidence: rounded(table.confidence(index)),
    variability: rounded(table.variability(index)),
    meanMargin: rounded(table.meanMargin(index)),
    meanLoss: rounded(table.meanLoss(index)),
    lateLoss: rounded(table.lateLoss(index)),
    lastLoss: rounded(table.lastLoss(index)),
    timesDrawn: table.timesDrawn[index]!,
    observed: table.observed(index),
    timesForgotten: table.timesForgotten(index),
    epochLearnt: table.epochLearnt(index),
    ...(wrong.size > 0 && { madeWrong: wrong.has(index) }),
    window: table.window(index),
    uncertaintyOverTime: table.uncertaintyOverTime(index).map(rounded),
  };
}

/** Joins the texts of all samples to pieces worth writing. */
function* pieces(size: number, textOf: (index: number) => string): Generator<string> {
  for (let from = 0; from < size; from += CHUNK) {
    const count = Math.min(CHUNK, size - from);
    yield Array.from({ length: count }, (_, i) => textOf(from + i)).join('');
  }
}

/** insights.csv in pieces: a line of column names, then one line a sample. */
export function* csv(insights: Insights): Generator<string> {
  yield csvLine(Object.keys(rowOf(insights, 0)));
  yield* pieces(insights.table.size, (index) => csvLine(Object.values(rowOf(insights, index))));
}

/** insights.json in pieces: facts of the run, then one line a sample. */
export function* json(insights: Insights): Generator<string> {
  const { header, table, complete, summary } = insights;
  const { id, selector, method, seed, dataset, epochs } = header;
  const facts = {
    version: INSIGHTS_VERSION,
    run: { id, selector, method, seed, epochs, epochsCompleted: table.epoch, complete },
    dataset: { name: dataset.name, classNames: dataset.classNames },
    window: table.history.window,
    uncertaintyEpochs: table.uncertaintyEpochs,
    summary,
  };
  yield `${JSON.stringify(facts, null, 1).slice(0, -2)},\n "samples": [\n`;
  yield* pieces(
    table.size,
    (index) => `  ${JSON.stringify(rowOf(insights, index))}${index < table.size - 1 ? ',' : ''}\n`,
  );
  yield ' ]\n}\n';
}
