/** Learning curves as columns: one row an epoch, each seed alone and the mean over seeds. */
import type { EpochEvent } from '../../records/schema.js';
import { seconds } from './clock.js';
import { seedMean } from './statistics.js';
import type { Trajectory } from './trajectory.js';
import { passes, steps } from './trajectory.js';

/** The measures that are drawn against time. */
export const METRICS = ['testError', 'probeLoss', 'trainLoss'] as const;
export type Metric = (typeof METRICS)[number];

/** The axes that a measure is drawn against: samples trained, samples scored besides, passes over the data by both together, and so on. */
export const AXES = ['epoch', 'steps', 'trained', 'scored', 'passes', 'seconds'] as const;
export type Axis = (typeof AXES)[number];

const readAxis: Readonly<Record<Axis, (event: EpochEvent, trajectory: Trajectory) => number>> = {
  epoch: ({ epoch }) => epoch,
  steps: (event, { header }) => steps(event, header),
  trained: ({ trainedSamples }) => trainedSamples,
  scored: ({ scoredSamples }) => scoredSamples,
  passes: (event, { header }) => passes(event, header),
  seconds: (event, { clock }) => seconds(event, clock),
};

/** One column an axis. */
function axes(column: (axis: Axis) => number[]): Record<Axis, number[]> {
  return {
    epoch: column('epoch'),
    steps: column('steps'),
    trained: column('trained'),
    scored: column('scored'),
    passes: column('passes'),
    seconds: column('seconds'),
  };
}

/** One run. */
export type SeedCurve = { readonly seed: number; readonly complete: boolean } & Readonly<
  Record<Axis | Metric, readonly number[]>
>;

/** Mean over seeds, over the epochs that all of them have reached. */
export type MeanCurve = Readonly<Record<Axis, readonly number[]>> &
  Readonly<
    Record<
      Metric,
      {
        readonly mean: readonly number[];
        /** Standard error; null in a row of a single seed. */
        readonly standardError: readonly (number | null)[];
      }
    >
  >;

/** Curves of one selector. */
export interface SelectorCurves {
  readonly selector: string;
  readonly seeds: readonly SeedCurve[];
  readonly mean: MeanCurve;
}

/** Six significant digits are more than a chart shows and keep the report small. */
export function rounded(value: number): number {
  // A shortcut: most values are counts.
  return Number.isInteger(value) && Math.abs(value) < 1e6 ? value : Number(value.toPrecision(6));
}

function column(trajectory: Trajectory, read: (event: EpochEvent) => number): number[] {
  return trajectory.epochs.map((event) => rounded(read(event)));
}

function seedCurve(trajectory: Trajectory): SeedCurve {
  return {
    seed: trajectory.seed,
    complete: trajectory.complete,
    ...axes((axis) => column(trajectory, (event) => readAxis[axis](event, trajectory))),
    testError: column(trajectory, ({ testError }) => testError),
    probeLoss: column(trajectory, ({ probeLoss }) => probeLoss),
    trainLoss: column(trajectory, ({ trainLoss }) => trainLoss),
  };
}

/** Epochs present in every one of the curves, ascending. */
export function commonEpochs(curves: readonly { readonly epoch: readonly number[] }[]): number[] {
  const [first, ...rest] = curves;
  if (first === undefined) return [];
  return first.epoch.filter((epoch) => rest.every((curve) => curve.epoch.includes(epoch)));
}

function meanCurve(seeds: readonly SeedCurve[]): MeanCurve {
  const epochs = commonEpochs(seeds);
  const estimates = (name: Axis | Metric) =>
    epochs.map((epoch) => seedMean(seeds.map((seed) => seed[name][seed.epoch.indexOf(epoch)]!))!);
  const metric = (name: Metric): MeanCurve[Metric] => {
    const rows = estimates(name);
    return {
      mean: rows.map((row) => rounded(row.mean)),
      standardError: rows.map((row) => (row.standardError === null ? null : rounded(row.standardError))),
    };
  };
  return {
    ...axes((name) => estimates(name).map((row) => rounded(row.mean))),
    testError: metric('testError'),
    probeLoss: metric('probeLoss'),
    trainLoss: metric('trainLoss'),
  };
}

/** Curves of each selector, from every run that has begun. */
export function selectorCurves(
  selectors: readonly string[],
  trajectories: readonly Trajectory[],
): SelectorCurves[] {
  return selectors.map((selector) => {
    const seeds = trajectories
      .filter((trajectory) => trajectory.selector === selector && trajectory.epochs.length > 0)
      .map(seedCurve);
    return { selector, seeds, mean: meanCurve(seeds) };
  });
}
