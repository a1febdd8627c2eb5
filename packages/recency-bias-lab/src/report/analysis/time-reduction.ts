/**
 * Time reduction of a selector R over another, M: (t_M − t_R) / t_M, where t_M is the time at which M reaches its own
 * best test error and t_R the time at which R first reaches that error (Song et al., CIKM 2020, section on
 * fine-tuning). Times count from the beginning of the warm-up, which all selectors share.
 */
import type { EpochEvent } from '../../records/schema.js';
import { seconds } from './clock.js';
import { bySeed, pairedBySeed } from './pairs.js';
import type { Verdict } from './statistics.js';
import { seedMean, mean, pairedDifference } from './statistics.js';
import type { Trajectory } from './trajectory.js';
import { passes } from './trajectory.js';

/** Training seconds without evaluation (by the comparison's clock), or passes over the training data (scored samples included). */
export type TimeUnit = 'seconds' | 'passes';

/** One seed of a time reduction. */
export interface SeedTime {
  readonly seed: number;
  /** The best test error of the other selector. */
  readonly target: number;
  /** t_M. */
  readonly reference: number;
  /** t_R, or null when the error was never reached. */
  readonly own: number | null;
}

/** Time reduction of `selector` over `over`. */
export interface TimeReduction {
  readonly selector: string;
  readonly over: string;
  readonly unit: TimeUnit;
  readonly seeds: readonly SeedTime[];
  /** Number of seeds in which the error was reached. */
  readonly reached: number;
  /** Mean of t_M and of t_R and of the reduction over the seeds that reached it; null when none did. */
  readonly referenceTime: number | null;
  readonly time: number | null;
  readonly reduction: number | null;
  /** Standard error of the mean reduction; null with fewer than two seeds that reached it. */
  readonly reductionError: number | null;
  /** Whether t_R differs from t_M beyond the noise. Never `lower` while some seed has not reached the error. */
  readonly verdict: Verdict;
}

/** Time at the end of an epoch. */
function timeAt(event: EpochEvent, { header, clock }: Trajectory, unit: TimeUnit): number {
  return unit === 'seconds' ? seconds(event, clock) : passes(event, header);
}

/** A run with what each comparison with another asks of it. */
interface Course {
  readonly seed: number;
  readonly trajectory: Trajectory;
  /** The epochs with a lower test error than all before them. */
  readonly records: readonly EpochEvent[];
}

function courseOf(trajectory: Trajectory): Course {
  const records: EpochEvent[] = [];
  for (const event of trajectory.epochs) {
    if (event.testError < (records.at(-1)?.testError ?? Infinity)) records.push(event);
  }
  return { seed: trajectory.seed, trajectory, records };
}

function seedTime(own: Course, other: Course, unit: TimeUnit): SeedTime | null {
  const best = other.records.at(-1);
  if (best === undefined) return null;
  const hit = own.records.find((event) => event.testError <= best.testError);
  return {
    seed: own.seed,
    target: best.testError,
    reference: timeAt(best, other.trajectory, unit),
    own: hit === undefined ? null : timeAt(hit, own.trajectory, unit),
  };
}

/** Mean duration of an epoch: times are known to no finer a step. */
function epochDuration(trajectories: readonly Trajectory[], unit: TimeUnit): number {
  const durations = trajectories.flatMap((trajectory) => {
    const last = trajectory.epochs.at(-1);
    return last === undefined ? [] : [timeAt(last, trajectory, unit) / last.epoch];
  });
  return durations.length === 0 ? 0 : mean(durations);
}

/** Complete runs by selector: with hundreds of selectors, searching all runs for each pair would take most of a report's time. */
function completeBySelector(trajectories: readonly Trajectory[]): Map<string, Trajectory[]> {
  const found = new Map<string, Trajectory[]>();
  for (const course of trajectories) {
    if (!course.complete) continue;
    const own = found.get(course.selector);
    if (own === undefined) found.set(course.selector, [course]);
    else own.push(course);
  }
  return found;
}

/** One method's complete runs. */
interface Runs {
  readonly selector: string;
  readonly courses: readonly Course[];
  readonly bySeed: ReadonlyMap<number, Course>;
  readonly epochDuration: Readonly<Record<TimeUnit, number>>;
}

function runsOf(selector: string, complete: ReadonlyMap<string, readonly Trajectory[]>): Runs {
  const own = complete.get(selector) ?? [];
  const courses = own.map(courseOf);
  const epochDurations = { seconds: epochDuration(own, 'seconds'), passes: epochDuration(own, 'passes') };
  return { selector, courses, bySeed: bySeed(courses), epochDuration: epochDurations };
}

function reductionOf(own: Runs, other: Runs, unit: TimeUnit): TimeReduction {
  const pairs = pairedBySeed(own.courses, other.bySeed);
  const seeds = pairs.flatMap(([course, reference]) => seedTime(course, reference, unit) ?? []);
  const hits = seeds.filter((seed): seed is SeedTime & { own: number } => seed.own !== null);
  const reductions = hits
    .filter(({ reference }) => reference > 0)
    .map(({ own: time, reference }) => (reference - time) / reference);
  const { verdict } = pairedDifference(
    hits.map(({ own: time }) => time),
    hits.map(({ reference }) => reference),
    other.epochDuration[unit],
  );
  return {
    selector: own.selector,
    over: other.selector,
    unit,
    seeds,
    reached: hits.length,
    referenceTime: hits.length === 0 ? null : mean(hits.map(({ reference }) => reference)),
    time: hits.length === 0 ? null : mean(hits.map(({ own: time }) => time)),
    reduction: reductions.length === 0 ? null : mean(reductions),
    reductionError: seedMean(reductions)?.standardError ?? null,
    verdict: verdict === 'lower' && hits.length < seeds.length ? 'within the noise' : verdict,
  };
}

/** Time reduction of one selector over another, over the seeds that both have completed. */
export function timeReduction(
  selector: string,
  over: string,
  trajectories: readonly Trajectory[],
  unit: TimeUnit,
): TimeReduction {
  const complete = completeBySelector(trajectories);
  return reductionOf(runsOf(selector, complete), runsOf(over, complete), unit);
}

/** Time reductions of every selector over every other, in both units. */
export function timeReductions(
  selectors: readonly string[],
  trajectories: readonly Trajectory[],
): TimeReduction[] {
  const complete = completeBySelector(trajectories);
  const runs = selectors.map((selector) => runsOf(selector, complete));
  return runs.flatMap((own) =>
    runs
      .filter((other) => other !== own)
      .flatMap((other) => (['seconds', 'passes'] as const).map((unit) => reductionOf(own, other, unit))),
  );
}
