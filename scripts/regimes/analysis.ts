/** The numbers of the map: errors at the end of each run, paired by seed with those of random batches. */
import { existsSync } from 'node:fs';
import { readComparison } from '../../packages/recency-bias-lab/src/records/read.js';
import { bySeed, pairedBySeed } from '../../packages/recency-bias-lab/src/report/analysis/pairs.js';
import { analyse } from '../../packages/recency-bias-lab/src/report/analysis/results.js';
import type { Analysis } from '../../packages/recency-bias-lab/src/report/analysis/results.js';
import {
  mean,
  pairedDifference,
  seedMean,
} from '../../packages/recency-bias-lab/src/report/analysis/statistics.js';
import type {
  PairedDifference,
  SeedMean,
} from '../../packages/recency-bias-lab/src/report/analysis/statistics.js';
import { MAP, RANDOM, RATES, SHORT_ROWS } from './cells.js';
import type { MapMethod, RegimeMap } from './cells.js';

/** The value of one run. */
export interface SeedValue {
  readonly seed: number;
  readonly value: number;
}

/** A row of the map. */
export interface Row {
  readonly regime: string;
  readonly title: string;
  /** Error of random batches; null where the cell has not been run. */
  readonly random: SeedMean | null;
  /** One for each method of the map, method − Random; null where it has not been run. */
  readonly differences: readonly (PairedDifference | null)[];
}

/** Records by the name of their preset; those that are kept. */
export type Records = ReadonlyMap<string, Analysis>;

/** Reads the records of a map that are there. */
export async function readRegimes(records: string, { prefix, regimes }: RegimeMap): Promise<Records> {
  const found = new Map<string, Analysis>();
  for (const { preset } of regimes.flatMap(({ cells }) => cells)) {
    const dir = `${records}/${prefix}${preset}`;
    if (existsSync(`${dir}/experiment.json`))
      found.set(preset, analyse(await readComparison(dir), new Date(0)));
  }
  return found;
}

/** Errors of a method after the last epoch, one for each complete run. */
export function finalErrors({ results }: Analysis, label: string): SeedValue[] {
  const found = results.selectors.find(({ selector }) => selector === label);
  return (found?.seeds ?? []).map(({ seed, final }) => ({ seed, value: final }));
}

/** Paired difference of the values of two methods; null without a pair. */
export function difference(
  own: readonly SeedValue[],
  other: readonly SeedValue[],
  resolution: number,
): PairedDifference | null {
  const pairs = pairedBySeed(own, bySeed(other));
  if (pairs.length === 0) return null;
  return pairedDifference(
    pairs.map(([a]) => a.value),
    pairs.map(([, b]) => b.value),
    resolution,
  );
}

/** Errors of a method in a setting, by its label, and their smallest step. */
interface Measured {
  readonly values: (label: string) => SeedValue[];
  readonly resolution: number;
}

const NOTHING: Measured = { values: () => [], resolution: 1 };

function row(
  methods: readonly MapMethod[],
  regime: string,
  title: string,
  { values, resolution }: Measured,
): Row {
  const random = values(RANDOM);
  return {
    regime,
    title,
    random: seedMean(random.map(({ value }) => value)),
    differences: methods.map(({ label }) => difference(values(label), random, resolution)),
  };
}

const resolutionOf = ({ header }: Analysis): number => 1 / (header?.dataset.testSize ?? 1);

/**
 * Errors of a method at its own best rate. For each seed the rate is the one with the lowest mean error on the other seeds, so that
 * no method is judged on the runs by which its rate was chosen.
 * @param rates errors by rate, each over the same seeds
 */
export function atBestRate(rates: readonly (readonly SeedValue[])[]): SeedValue[] {
  const [first = []] = rates;
  return first.flatMap(({ seed }) => {
    const candidates = rates.flatMap((values) => {
      const own = values.find((item) => item.seed === seed);
      const others = values.filter((item) => item.seed !== seed).map(({ value }) => value);
      return own === undefined || others.length === 0 ? [] : [{ own, others: mean(others) }];
    });
    if (candidates.length < rates.length) return [];
    const best = candidates.reduce((low, item) => (item.others < low.others ? item : low));
    return [best.own];
  });
}

function measured(analysis: Analysis | undefined): Measured {
  if (analysis === undefined) return NOTHING;
  return { values: (label) => finalErrors(analysis, label), resolution: resolutionOf(analysis) };
}

/** Each method at its own best rate, where all rates have been run. */
function measuredAtBestRate(records: Records): Measured {
  const rates = RATES.flatMap((preset) => records.get(preset) ?? []);
  if (rates.length < RATES.length) return NOTHING;
  return {
    values: (label) => atBestRate(rates.map((analysis) => finalErrors(analysis, label))),
    resolution: resolutionOf(rates[0]!),
  };
}

/** The rows of a map's settings, those that have not been run included. */
export function settingRows({ regimes, methods }: RegimeMap, records: Records): Row[] {
  return regimes.flatMap(({ title: regime, cells }) =>
    cells.map(({ preset, title }) => row(methods, regime, title, measured(records.get(preset)))),
  );
}

/** All rows of the map. */
export function rowsOf(records: Records): Row[] {
  const best = row(MAP.methods, 'Rate', 'each at its best rate', measuredAtBestRate(records));
  return [...settingRows(MAP, records), best];
}

/** The rows of the README's figure. */
export function shortRows(records: Records): Row[] {
  return rowsOf(records).filter(({ title }) => SHORT_ROWS.includes(title));
}

/** A part of the classes, from the largest to the smallest. */
export interface ClassGroup {
  readonly title: string;
  readonly classes: readonly number[];
}

export const CLASS_GROUPS: readonly ClassGroup[] = [
  { title: '3 largest classes', classes: [0, 1, 2] },
  { title: '4 between', classes: [3, 4, 5, 6] },
  { title: '3 smallest classes', classes: [7, 8, 9] },
];

/** Mean error over some classes after the last epoch, one for each complete run that recorded it. */
export function groupErrors(
  { trajectories }: Analysis,
  label: string,
  classes: readonly number[],
): SeedValue[] {
  return trajectories
    .filter(({ selector, complete }) => complete && selector === label)
    .flatMap(({ seed, epochs }) => {
      const errors = epochs.at(-1)?.classErrors;
      return errors === undefined ? [] : [{ seed, value: mean(classes.map((c) => errors[c]!)) }];
    });
}
