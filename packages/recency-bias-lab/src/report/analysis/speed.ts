/**
 * How fast a method learns, by measures that one lucky epoch cannot move: the mean error over the run, which is the area
 * under its error curve, and the passes until an error that was chosen on other seeds.
 *
 * The paper's time reduction asks when R first reaches the best error of M in the same seed. Where errors level off, that
 * best error is the luckiest of many epochs, and late by chance, while R needs only to touch it once: a method compared with
 * itself on other random numbers comes out faster. An error from other seeds knows nothing of the seed's luck, and both
 * methods have to reach the same.
 */
import { bySeed, pairedBySeed } from './pairs.js';
import type { PairedDifference } from './statistics.js';
import { mean, pairedDifference } from './statistics.js';
import type { Trajectory } from './trajectory.js';
import { bestEpoch, passes } from './trajectory.js';
import { largest } from '../../ground/extremes.js';

/** One seed of a time to a fixed error. */
export interface SeedPasses {
  readonly seed: number;
  /** The error to be reached: the highest of the baseline's best errors on the other seeds. */
  readonly target: number;
  /** Passes until the method, and the baseline, first have that error or less; null where it was never reached. */
  readonly own: number | null;
  readonly baseline: number | null;
}

/** How fast a method learns beside the baseline. */
export interface Speed {
  readonly selector: string;
  /** Mean test error from the end of the warm-up to the last pass that both have, method − baseline. */
  readonly meanError: PairedDifference;
  /** Passes to a fixed error by seed; empty with fewer than two seeds. */
  readonly seeds: readonly SeedPasses[];
  /** Difference of the passes, method − baseline, over the seeds in which both reached the error. */
  readonly passes: PairedDifference;
}

/** A complete run as points of passes and error, from the last epoch of the warm-up on. */
function curveOf({ epochs, header }: Trajectory): (readonly [x: number, error: number])[] {
  const start = epochs.findLastIndex(({ epoch }) => epoch <= header.warmupEpochs);
  return epochs.slice(Math.max(0, start)).map((event) => [passes(event, header), event.testError] as const);
}

/** Mean of a curve between its first point and `end`, linear between its points. */
function meanUntil(curve: readonly (readonly [number, number])[], end: number): number {
  let area = 0;
  let [x, y] = curve[0]!;
  const begin = x;
  for (const [nextX, nextY] of curve.slice(1)) {
    const to = Math.min(end, nextX);
    if (to <= x) break;
    const atEnd = y + ((nextY - y) * (to - x)) / (nextX - x);
    area += ((y + atEnd) / 2) * (to - x);
    [x, y] = [to, atEnd];
  }
  return x === begin ? y : area / (x - begin);
}

function reached(course: Trajectory, target: number): number | null {
  const hit = course.epochs.find(({ testError }) => testError <= target);
  return hit === undefined ? null : passes(hit, course.header);
}

/** Mean passes of an epoch: passes are known to no finer a step. */
function step(courses: readonly Trajectory[]): number {
  return mean(
    courses.map(({ epochs, header }) => {
      const last = epochs.at(-1)!;
      return passes(last, header) / last.epoch;
    }),
  );
}

function speedOf(selector: string, own: readonly Trajectory[], baseline: readonly Trajectory[]): Speed {
  const pairs = pairedBySeed(own, bySeed(baseline));
  const means = pairs.map(([a, b]) => {
    const [curve, other] = [curveOf(a), curveOf(b)];
    const end = Math.min(curve.at(-1)![0], other.at(-1)![0]);
    return [meanUntil(curve, end), meanUntil(other, end)] as const;
  });
  const bests = baseline.map((course) => ({ seed: course.seed, error: bestEpoch(course)!.testError }));
  const seeds = pairs.flatMap(([a, b]): SeedPasses[] => {
    const others = bests.filter(({ seed }) => seed !== a.seed);
    if (others.length === 0) return [];
    const target = largest(others.map(({ error }) => error));
    return [{ seed: a.seed, target, own: reached(a, target), baseline: reached(b, target) }];
  });
  const both = seeds.flatMap(({ own: a, baseline: b }) =>
    a === null || b === null ? [] : [[a, b] as const],
  );
  const difference = pairedDifference(
    both.map(([a]) => a),
    both.map(([, b]) => b),
    step(baseline),
  );
  // A seed in which only the other method reached the error speaks against a verdict.
  const against = { lower: 'own', higher: 'baseline' } as const;
  const { verdict } = difference;
  const isDoubtful =
    (verdict === 'lower' || verdict === 'higher') && seeds.some((seed) => seed[against[verdict]] === null);
  return {
    selector,
    meanError: pairedDifference(
      means.map(([a]) => a),
      means.map(([, b]) => b),
      1 / (own[0]?.header.dataset.testSize ?? 1),
    ),
    seeds,
    passes: isDoubtful ? { ...difference, verdict: 'within the noise' } : difference,
  };
}

/**
 * How fast every method learns beside the baseline, over the runs that have ended.
 * @returns nothing without a complete run of the baseline
 */
export function speeds(
  selectors: readonly string[],
  trajectories: readonly Trajectory[],
  baseline: string | null,
): Speed[] {
  const runsOf = (selector: string): Trajectory[] =>
    trajectories.filter(
      (course) => course.selector === selector && course.complete && course.epochs.length > 0,
    );
  const reference = baseline === null ? [] : runsOf(baseline);
  if (reference.length === 0) return [];
  return selectors
    .filter((selector) => selector !== baseline)
    .flatMap((selector) => {
      const own = runsOf(selector);
      return own.length === 0 ? [] : [speedOf(selector, own, reference)];
    });
}
