/**
 * Makes the tables of docs/choosing.md and docs/reproduction.md from the run records:
 *
 *     npm run tables
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readComparison } from '../packages/recency-bias-lab/src/records/read.js';
import type { Comparison } from '../packages/recency-bias-lab/src/records/run.js';
import type { EpochEvent } from '../packages/recency-bias-lab/src/records/schema.js';
import { seconds } from '../packages/recency-bias-lab/src/report/analysis/clock.js';
import {
  estimate,
  mean,
  pairedDifference,
} from '../packages/recency-bias-lab/src/report/analysis/statistics.js';
import type { PairedDifference } from '../packages/recency-bias-lab/src/report/analysis/statistics.js';
import { trajectories } from '../packages/recency-bias-lab/src/report/analysis/trajectory.js';
import type { Trajectory } from '../packages/recency-bias-lab/src/report/analysis/trajectory.js';
import { fixed, NONE, percentEstimate, points } from '../packages/recency-bias-lab/src/report/format.js';
import { comparisonTable, overviewTable, table, timeTable } from './comparison-table.js';

const DOCUMENTS = ['docs/choosing.md', 'docs/reproduction.md'];
const RECORDS = 'records';
const BASELINE = 'random';

/** Pruning methods and the random control that trains about as many samples. */
const CONTROLS: Readonly<Record<string, string>> = {
  'info-batch': 'random-pruning',
  'selective-backprop': 'random-quarter',
};

/** Cost of a scored sample beside that of a trained one: a forward pass is about a third of a training step. */
const SCORED_SHARE = 1 / 3;

/** What the input of a method cost, divided over the runs that used it; 0 for methods without one. */
function inputCost({ header }: Trajectory, runs: number): number {
  const input = header.method.options.irreducibleLosses;
  if (typeof input !== 'object' || input === null || !('cost' in input)) return 0;
  const { trainedSamples = 0, scoredSamples = 0 } = input.cost as Record<string, number>;
  return (trainedSamples + SCORED_SHARE * scoredSamples) / runs;
}

/** Work of a run up to the end of an epoch, in trained samples. */
type Cost = (event: EpochEvent) => number;

/** One seed of one method. */
interface Course extends Trajectory {
  readonly cost: Cost;
}

const last = <T>(items: readonly T[]): T => items.at(-1)!;

function courses(comparison: Comparison): Map<string, Course[]> {
  const complete = trajectories(comparison).filter((course) => course.complete);
  return new Map(
    comparison.selectors.map((selector) => {
      const own = complete.filter((course) => course.selector === selector);
      return [
        selector,
        own.map((course): Course => {
          const before = inputCost(course, own.length);
          const cost: Cost = (event) => before + event.trainedSamples + SCORED_SHARE * event.scoredSamples;
          return { ...course, cost };
        }),
      ];
    }),
  );
}

/** Test error at the last epoch that ends within a budget. */
function errorWithin({ epochs, cost }: Course, budget: number): number {
  return (epochs.findLast((event) => cost(event) <= budget * (1 + 1e-9)) ?? epochs[0]!).testError;
}

/** Pairs of two methods by seed. */
function pairs(own: readonly Course[], other: readonly Course[]): (readonly [Course, Course])[] {
  return own.flatMap((course) => {
    const match = other.find(({ seed }) => seed === course.seed);
    return match === undefined ? [] : [[course, match] as const];
  });
}

/** Differences of the test error at the end, and at the lower of the two methods' costs. */
export interface Differences {
  readonly atEnd: PairedDifference;
  readonly atEqualCost: PairedDifference;
}

function differences(own: readonly Course[], other: readonly Course[]): Differences {
  const paired = pairs(own, other);
  const resolution = 1 / (own[0]?.header.dataset.testSize ?? 1);
  const compare = (read: (course: Course, budget: number) => number): PairedDifference => {
    const values = paired.map(([a, b]) => {
      const budget = Math.min(a.cost(last(a.epochs)), b.cost(last(b.epochs)));
      return [read(a, budget), read(b, budget)] as const;
    });
    return pairedDifference(
      values.map(([a]) => a),
      values.map(([, b]) => b),
      resolution,
    );
  };
  return { atEnd: compare(({ epochs }) => last(epochs).testError), atEqualCost: compare(errorWithin) };
}

/** `−0.31 (−0.52 to −0.10), lower`, in percentage points; the verdict left out where there is none beyond the noise. */
function difference({ mean: centre, low, high, verdict }: PairedDifference): string {
  if (centre === null) return NONE;
  const range = low === null || high === null ? '' : ` (${points(low)} to ${points(high)})`;
  const text = `${points(centre)}${range}`;
  return verdict === 'lower' || verdict === 'higher' ? `**${text}**, ${verdict}` : text;
}

/** Seconds an epoch after the warm-up. */
function epochSeconds({ epochs, header, clock }: Course): number {
  const warmup = epochs.find(({ epoch }) => epoch === header.warmupEpochs);
  const before = warmup === undefined ? 0 : seconds(warmup, clock);
  return (seconds(last(epochs), clock) - before) / (last(epochs).epoch - header.warmupEpochs);
}

const average = (own: readonly Course[], read: (course: Course) => number): number => mean(own.map(read));

function row(label: string, own: readonly Course[], baseline: readonly Course[]): string[] {
  const relative = (read: (course: Course) => number): string =>
    fixed(average(own, read) / average(baseline, read), 2);
  const { atEnd, atEqualCost } = differences(own, baseline);
  const isBaseline = own === baseline;
  const passes = (read: (event: EpochEvent) => number): string =>
    fixed(
      average(own, ({ epochs, header }) => read(last(epochs)) / header.dataset.trainSize),
      1,
    );
  return [
    `\`${label}\``,
    percentEstimate(estimate(own.map(({ epochs }) => last(epochs).testError))),
    isBaseline ? 'baseline' : difference(atEnd),
    isBaseline ? 'baseline' : difference(atEqualCost),
    passes(({ trainedSamples }) => trainedSamples),
    passes(({ scoredSamples }) => scoredSamples),
    relative(({ epochs, cost }) => cost(last(epochs))),
    relative(epochSeconds),
  ];
}

const HEADINGS = [
  'method',
  'error at the end, %',
  'against random, points',
  'at equal cost, points',
  'passes trained',
  'passes scored',
  'cost',
  'time an epoch',
];

/** `a`, `b` and `c`; `none`. */
function listed(labels: readonly string[]): string {
  const quoted = labels.map((label) => `\`${label}\``);
  if (quoted.length < 2) return quoted[0] ?? 'none';
  return `${quoted.slice(0, -1).join(', ')} and ${last(quoted)}`;
}

function summary(methods: ReadonlyMap<string, readonly Course[]>): string[] {
  const baseline = methods.get(BASELINE)!;
  const others = [...methods].filter(([label, own]) => label !== BASELINE && own.length > 0);
  const found = others.map(([label, own]) => ({ label, ...differences(own, baseline) }));
  const of = (kind: keyof Differences, verdict: string): string =>
    listed(found.filter((one) => one[kind].verdict === verdict).map(({ label }) => label));
  const controls = Object.entries(CONTROLS).flatMap(([label, control]) => {
    const [own, other] = [methods.get(label) ?? [], methods.get(control) ?? []];
    if (own.length === 0 || other.length === 0) return [];
    const { atEnd } = differences(own, other);
    return [`- \`${label}\` against \`${control}\`, at the end: ${difference(atEnd)} points`];
  });
  return [
    `- lower error than \`random\` beyond the noise: at the end ${of('atEnd', 'lower')}; at equal cost ${of('atEqualCost', 'lower')}`,
    `- higher error beyond the noise: at the end ${of('atEnd', 'higher')}; at equal cost ${of('atEqualCost', 'higher')}`,
    ...controls,
  ];
}

/** The table of a comparison and what it says in words, as Markdown. */
export function methodTable(comparison: Comparison): string {
  const methods = courses(comparison);
  const baseline = methods.get(BASELINE) ?? [];
  if (baseline.length === 0) throw new Error(`${comparison.name}: has no complete run of ${BASELINE}`);
  const shown = [...methods].filter(([, own]) => own.length > 0);
  return [
    table(
      HEADINGS,
      shown.map(([label, own]) => row(label, own, baseline)),
    ),
    '',
    ...summary(methods),
  ].join('\n');
}

const MARK = /(<!-- (record|comparison|overview|times) ([^>]+?) -->\n)[^]*?(<!-- end of \2 -->)/g;

/**
 * What stands between two marks: `record` a table of all methods, `comparison` of the paper's four, `times` their time reductions,
 * `overview` a row for each comparison.
 */
async function tableFor(kind: string, names: readonly string[], records: string): Promise<string> {
  const dirs = names
    .map((name) => `${records}/${name}`)
    .filter((dir) => existsSync(`${dir}/experiment.json`));
  if (dirs.length === 0) return 'Not measured yet.';
  const comparisons = await Promise.all(dirs.map((dir) => readComparison(dir)));
  if (kind === 'overview') return overviewTable(comparisons);
  if (kind === 'times') return timeTable(comparisons[0]!);
  return kind === 'record' ? methodTable(comparisons[0]!) : comparisonTable(comparisons[0]!);
}

/** The document with its tables made anew. */
export async function withTables(document: string, records: string): Promise<string> {
  let text = document;
  for (const [whole, begin, kind, names, end] of document.matchAll(MARK)) {
    const made = await tableFor(kind!, names!.split(' '), records);
    text = text.replace(whole, () => `${begin!}\n${made}\n\n${end!}`);
  }
  return text;
}

/** Writes the documents with their tables made anew. */
export async function run(): Promise<void> {
  const { format, resolveConfig } = await import('prettier');
  for (const document of DOCUMENTS) {
    const text = await withTables(readFileSync(document, 'utf8'), RECORDS);
    writeFileSync(document, await format(text, { ...(await resolveConfig(document)), filepath: document }));
  }
}
