/**
 * Methods compared at equal cost. An epoch does not cost the same with every method: some train on fewer samples, others score
 * samples before they choose. So beside the error at the end stands the error at the lower of the two methods' costs.
 */
import type { EpochEvent } from '../../records/schema.js';
import { seconds } from './clock.js';
import { bySeed, pairedBySeed } from './pairs.js';
import type { SeedMean, PairedDifference } from './statistics.js';
import { seedMean, mean, pairedDifference } from './statistics.js';
import type { Trajectory } from './trajectory.js';

/** Cost of a scored sample beside that of a trained one: a forward pass is about a third of a training step. */
export const SCORED_SHARE = 1 / 3;

/** Pruning methods and the random control that trains about as many samples. */
const CONTROLS: Readonly<Record<string, string>> = {
  'info-batch': 'random-pruning',
  'selective-backprop': 'random-quarter',
};

/** Differences of the test error, method − other, as fractions. */
export interface CostDifferences {
  /** After the last epoch. */
  readonly atEnd: PairedDifference;
  /** At the last epoch that ends within the lower of the two methods' costs. */
  readonly atEqualCost: PairedDifference;
}

/** The cost of a method, and the error that it reached. Passes and costs are means over its complete runs. */
export interface CostOfMethod {
  readonly selector: string;
  /** Test error after the last epoch. */
  readonly final: SeedMean;
  /** Passes over the training data, trained and scored. */
  readonly trainedPasses: number;
  readonly scoredPasses: number;
  /** Trained samples, a third of the scored ones, and the input of the method, relative to the baseline's. */
  readonly cost: number;
  /** Seconds an epoch after the warm-up, relative to the baseline's. */
  readonly epochSeconds: number;
  /** Against the baseline; null for the baseline itself. */
  readonly differences: CostDifferences | null;
}

/** A method against its control, which trains about as many samples chosen at random. */
export interface ControlComparison {
  readonly selector: string;
  readonly control: string;
  readonly atEnd: PairedDifference;
}

/** The comparison at equal cost. */
export interface EqualCost {
  readonly baseline: string;
  /** Methods with a complete run, in the order of the experiment. */
  readonly methods: readonly CostOfMethod[];
  readonly controls: readonly ControlComparison[];
}

/** A complete run, and its work up to the end of an epoch, in trained samples. */
interface Course extends Trajectory {
  readonly cost: (event: EpochEvent) => number;
}

/** The cost of a method's inputs, divided over the runs that used them; 0 for methods without. */
function inputCost({ header }: Trajectory, runs: number): number {
  const costs = Object.values(header.method.options).map((input) => {
    if (typeof input !== 'object' || input === null || !('cost' in input)) return 0;
    const { trainedSamples = 0, scoredSamples = 0 } = input.cost as Record<string, number>;
    return trainedSamples + SCORED_SHARE * scoredSamples;
  });
  return costs.reduce((sum, cost) => sum + cost, 0) / runs;
}

function coursesOf(selector: string, trajectories: readonly Trajectory[]): Course[] {
  const own = trajectories.filter(
    (course) => course.selector === selector && course.complete && course.epochs.length > 0,
  );
  return own.map((course): Course => {
    const before = inputCost(course, own.length);
    const cost: Course['cost'] = (event) =>
      before + event.trainedSamples + SCORED_SHARE * event.scoredSamples;
    return { ...course, cost };
  });
}

const last = ({ epochs }: Trajectory): EpochEvent => epochs.at(-1)!;

/** Test error at the last epoch that ends within a budget. */
function errorWithin({ epochs, cost }: Course, budget: number): number {
  return (epochs.findLast((event) => cost(event) <= budget * (1 + 1e-9)) ?? epochs[0]!).testError;
}

function differencesOf(own: readonly Course[], others: readonly Course[]): CostDifferences {
  const pairs = pairedBySeed(own, bySeed(others));
  const resolution = 1 / (own[0]?.header.dataset.testSize ?? 1);
  const compare = (read: (course: Course, budget: number) => number): PairedDifference => {
    const values = pairs.map(([a, b]) => {
      const budget = Math.min(a.cost(last(a)), b.cost(last(b)));
      return [read(a, budget), read(b, budget)] as const;
    });
    return pairedDifference(
      values.map(([a]) => a),
      values.map(([, b]) => b),
      resolution,
    );
  };
  return { atEnd: compare((course) => last(course).testError), atEqualCost: compare(errorWithin) };
}

/** Seconds an epoch after the warm-up. */
function epochSeconds(course: Course): number {
  const { epochs, header, clock } = course;
  const warmup = epochs.find(({ epoch }) => epoch === header.warmupEpochs);
  const before = warmup === undefined ? 0 : seconds(warmup, clock);
  return (seconds(last(course), clock) - before) / (last(course).epoch - header.warmupEpochs);
}

const average = (own: readonly Course[], read: (course: Course) => number): number => mean(own.map(read));

function methodCost(selector: string, own: readonly Course[], baseline: readonly Course[]): CostOfMethod {
  const passes = (read: (event: EpochEvent) => number): number =>
    average(own, (course) => read(last(course)) / course.header.dataset.trainSize);
  const relative = (read: (course: Course) => number): number => average(own, read) / average(baseline, read);
  return {
    selector,
    final: seedMean(own.map((course) => last(course).testError))!,
    trainedPasses: passes(({ trainedSamples }) => trainedSamples),
    scoredPasses: passes(({ scoredSamples }) => scoredSamples),
    cost: relative((course) => course.cost(last(course))),
    epochSeconds: relative(epochSeconds),
    differences: own === baseline ? null : differencesOf(own, baseline),
  };
}

/**
 * Compares every method with the baseline, at the end and at equal cost, over the runs that have ended.
 * @returns null without a complete run of the baseline.
 */
export function equalCost(
  selectors: readonly string[],
  trajectories: readonly Trajectory[],
  baseline: string | null,
): EqualCost | null {
  const courses = new Map(selectors.map((selector) => [selector, coursesOf(selector, trajectories)]));
  const reference = (baseline === null ? undefined : courses.get(baseline)) ?? [];
  if (baseline === null || reference.length === 0) return null;
  const complete = [...courses].filter(([, own]) => own.length > 0);
  return {
    baseline,
    methods: complete.map(([selector, own]) => methodCost(selector, own, reference)),
    controls: Object.entries(CONTROLS).flatMap(([selector, control]) => {
      const [own, other] = [courses.get(selector) ?? [], courses.get(control) ?? []];
      if (own.length === 0 || other.length === 0) return [];
      return [{ selector, control, atEnd: differencesOf(own, other).atEnd }];
    }),
  };
}
