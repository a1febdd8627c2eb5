/**
 * Time reduction of a selector R over another, M: (t_M − t_R) / t_M, where t_M is the time at which M reaches its own
 * best test error and t_R the time at which R first reaches that error (Song et al., CIKM 2020, section on
 * fine-tuning). Times count from the beginning of the warm-up, which all selectors share.
 */
import type { EpochEvent } from '../../records/schema.js';
import { seconds } from './clock.js';
import { pairedBySeed } from './pairs.js';
import type { Verdict } from './statistics.js';
import { seedMean, mean, pairedDifference } from './statistics.js';
import type { Trajectory } from './trajectory.js';
import { bestEpoch, passes } from './trajectory.js';

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

function seedTime(own: Trajectory, other: Trajectory, unit: TimeUnit): SeedTime | null {
  const best = bestEpoch(other);
  if (best === null) return null;
  const hit = own.epochs.find((event) => event.testError <= best.testError);
  return {
    seed: own.seed,
    target: best.testError,
    reference: timeAt(best, other, unit),
    own: hit === undefined ? null : timeAt(hit, own, unit),
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

/** Time reduction of one selector over another, over the seeds that both have completed. */
export function timeReduction(
  selector: string,
  over: string,
  trajectories: readonly Trajectory[],
  unit: TimeUnit,
): TimeReduction {
  const complete = trajectories.filter((trajectory) => trajectory.complete);
  const others = complete.filter((trajectory) => trajectory.selector === over);
  const own = complete.filter((trajectory) => trajectory.selector === selector);
  const seeds = pairedBySeed(own, others).flatMap(([course, other]) => seedTime(course, other, unit) ?? []);
  const hits = seeds.filter((seed): seed is SeedTime & { own: number } => seed.own !== null);
  const reductions = hits
    .filter(({ reference }) => reference > 0)
    .map(({ own, reference }) => (reference - own) / reference);
  const { verdict } = pairedDifference(
    hits.map(({ own }) => own),
    hits.map(({ reference }) => reference),
    epochDuration(others, unit),
  );
  return {
    selector,
    over,
    unit,
    seeds,
    reached: hits.length,
    referenceTime: hits.length === 0 ? null : mean(hits.map(({ reference }) => reference)),
    time: hits.length === 0 ? null : mean(hits.map(({ own }) => own)),
    reduction: reductions.length === 0 ? null : mean(reductions),
    reductionError: seedMean(reductions)?.standardError ?? null,
    verdict: verdict === 'lower' && hits.length < seeds.length ? 'within the noise' : verdict,
  };
}

/** Time reductions of every selector over every other, in both units. */
export function timeReductions(
  selectors: readonly string[],
  trajectories: readonly Trajectory[],
): TimeReduction[] {
  return selectors.flatMap((selector) =>
    selectors
      .filter((over) => over !== selector)
      .flatMap((over) =>
        (['seconds', 'passes'] as const).map((unit) => timeReduction(selector, over, trajectories, unit)),
      ),
  );
}
