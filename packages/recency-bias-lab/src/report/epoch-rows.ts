/** Every epoch of every run as a tidy row: the form that pandas, R and spreadsheets take. docs/results-format.md describes it. */
import { seconds } from './analysis/clock.js';
import type { Analysis } from './analysis/results.js';
import { passes, steps } from './analysis/trajectory.js';
import { csvLine } from './csv.js';

/** One epoch of one run. The epochs of the shared warm-up stand in the rows of each run that continued it. */
export interface EpochRow {
  readonly comparison: string;
  /** Label in the experiment. */
  readonly selector: string;
  /** Registry name of its method. */
  readonly method: string;
  readonly seed: number;
  /** 1-based. */
  readonly epoch: number;
  readonly warmup: boolean;
  /** Whether the run has ended. */
  readonly complete: boolean;
  /** Counts and seconds are cumulative, from the beginning of the warm-up. */
  readonly steps: number;
  readonly trainedSamples: number;
  readonly scoredSamples: number;
  /** (trained + scored samples) / training samples. */
  readonly passes: number;
  /** By the clock of the comparison. */
  readonly seconds: number;
  readonly learningRate: number;
  readonly trainLoss: number;
  readonly probeLoss: number;
  readonly testLoss: number;
  /** Fraction in [0, 1]. */
  readonly testError: number;
  /** Share of the training samples; null for methods without a distribution. */
  readonly effectiveSampleSize: number | null;
  readonly distinctShare: number;
}

const COLUMNS = [
  'comparison',
  'selector',
  'method',
  'seed',
  'epoch',
  'warmup',
  'complete',
  'steps',
  'trainedSamples',
  'scoredSamples',
  'passes',
  'seconds',
  'learningRate',
  'trainLoss',
  'probeLoss',
  'testLoss',
  'testError',
  'effectiveSampleSize',
  'distinctShare',
] as const satisfies readonly (keyof EpochRow)[];

/** All rows, in the order of the experiment's selectors, then seeds, then epochs. */
export function* epochRows({ results, trajectories }: Analysis): Generator<EpochRow> {
  for (const { header, clock, complete, epochs } of trajectories) {
    for (const event of epochs) {
      yield {
        comparison: results.name,
        selector: header.selector,
        method: header.method.name,
        seed: header.seed,
        epoch: event.epoch,
        warmup: event.epoch <= header.warmupEpochs,
        complete,
        steps: steps(event, header),
        trainedSamples: event.trainedSamples,
        scoredSamples: event.scoredSamples,
        passes: passes(event, header),
        seconds: seconds(event, clock),
        learningRate: event.learningRate,
        trainLoss: event.trainLoss,
        probeLoss: event.probeLoss,
        testLoss: event.testLoss,
        testError: event.testError,
        effectiveSampleSize: event.selection.effectiveSampleSize,
        distinctShare: event.selection.distinctShare,
      };
    }
  }
}

/** Characters written at a time, at least: a row alone would be a call to the file system. */
const CHUNK = 1 << 16;

function* joined(lines: Iterable<string>): Generator<string> {
  let chunk: string[] = [];
  let length = 0;
  for (const line of lines) {
    chunk.push(line);
    length += line.length;
    if (length >= CHUNK) {
      yield chunk.join('');
      chunk = [];
      length = 0;
    }
  }
  yield chunk.join('');
}

function* csvLines(analyses: readonly Analysis[]): Generator<string> {
  yield csvLine(COLUMNS);
  for (const analysis of analyses) {
    for (const row of epochRows(analysis)) yield csvLine(COLUMNS.map((column) => row[column]));
  }
}

/** results.csv in pieces. */
export function resultsCsv(analyses: readonly Analysis[]): Iterable<string> {
  return joined(csvLines(analyses));
}

/** A value as JSON.stringify indents it, in pieces: the numbers of many methods, each against each, make a text of gigabytes. */
function* indented(value: unknown, indent: string, depth: number): Generator<string> {
  if (depth === 0 || typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    yield JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`);
    return;
  }
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  let separator = isList ? '[' : '{';
  for (const [key, child] of Object.entries(value)) {
    if (child === undefined) continue;
    yield `${separator}\n${inner}${isList ? '' : `${JSON.stringify(key)}: `}`;
    yield* indented(child, inner, depth - 1);
    separator = ',';
  }
  yield `\n${indent}${isList ? ']' : '}'}`;
}

function* jsonLines(numbers: object, analyses: readonly Analysis[]): Generator<string> {
  yield '{\n';
  const depth = 'comparisons' in numbers ? 3 : 1; // down to the items of the lists of a comparison
  for (const [key, value] of Object.entries(numbers)) {
    if (value === undefined) continue;
    yield `  ${JSON.stringify(key)}: `;
    yield* indented(value, '  ', depth);
    yield ',\n';
  }
  yield '  "epochs": [';
  let separator = '\n';
  for (const analysis of analyses) {
    for (const row of epochRows(analysis)) {
      yield `${separator}    ${JSON.stringify(row)}`;
      separator = ',\n';
    }
  }
  yield '\n  ]\n}\n';
}

/** results.json in pieces: the numbers of the report, then all rows under `epochs`. */
export function resultsJson(numbers: object, analyses: readonly Analysis[]): Iterable<string> {
  return joined(jsonLines(numbers, analyses));
}
