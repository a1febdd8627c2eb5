/** Test errors per selector and their paired comparison. */
import { bySeed, pairedBySeed } from './pairs.js';
import type { SeedMean, PairedDifference } from './statistics.js';
import { seedMean, mean, pairedDifference } from './statistics.js';
import type { Trajectory } from './trajectory.js';
import { bestEpoch } from './trajectory.js';

/** Errors of one run, as fractions in [0, 1]. */
export interface SeedErrors {
  readonly seed: number;
  /** Lowest test error of any epoch, as in the paper's tables. */
  readonly best: number;
  /** First epoch with that error, 1-based. */
  readonly bestEpoch: number;
  /** Test error after the last epoch. */
  readonly final: number;
}

/** Errors of one selector over its complete runs. */
export interface SelectorErrors {
  readonly selector: string;
  readonly seeds: readonly SeedErrors[];
  readonly best: SeedMean | null;
  readonly final: SeedMean | null;
}

/** Error of the best epoch, or of the last one. */
export type ErrorKind = 'best' | 'final';

/** Differences of one seed: error of the one selector − error of the other. */
export interface SeedDifference {
  readonly seed: number;
  readonly best: number;
  readonly final: number;
}

/** How the test errors of one selector compare with another's, over the seeds that both have completed. */
export interface ErrorComparison {
  readonly selector: string;
  readonly over: string;
  /** (error of `over` − error of `selector`) / error of `over`, of the means of the best errors; null when undefined. */
  readonly relativeReduction: number | null;
  /** Best error of `selector` − best error of `over`. */
  readonly difference: PairedDifference;
  /** The same of the errors after the last epoch. */
  readonly finalDifference: PairedDifference;
  readonly seeds: readonly SeedDifference[];
}

/** Errors per selector; runs that have not ended are left out. */
export function selectorErrors(
  selectors: readonly string[],
  trajectories: readonly Trajectory[],
): SelectorErrors[] {
  return selectors.map((selector) => {
    const seeds: SeedErrors[] = [];
    for (const trajectory of trajectories) {
      if (trajectory.selector !== selector || !trajectory.complete) continue;
      const best = bestEpoch(trajectory);
      if (best === null) continue;
      seeds.push({
        seed: trajectory.seed,
        best: best.testError,
        bestEpoch: best.epoch,
        final: trajectory.epochs.at(-1)!.testError,
      });
    }
    return {
      selector,
      seeds,
      best: seedMean(seeds.map(({ best }) => best)),
      final: seedMean(seeds.map(({ final }) => final)),
    };
  });
}

/**
 * Compares every selector with every other.
 * @param testSize Number of test samples; errors come in steps of 1 / testSize.
 */
export function errorComparisons(errors: readonly SelectorErrors[], testSize: number): ErrorComparison[] {
  const resolution = testSize > 0 ? 1 / testSize : 0;
  const known = new Map(errors.map((row) => [row, bySeed(row.seeds)]));
  return errors.flatMap((row) =>
    errors
      .filter((other) => other !== row)
      .map((other) => {
        const common = pairedBySeed(row.seeds, known.get(other)!);
        const difference = (kind: ErrorKind): PairedDifference =>
          pairedDifference(
            common.map(([own]) => own[kind]),
            common.map(([, theirs]) => theirs[kind]),
            resolution,
          );
        const own = common.map(([{ best }]) => best);
        const theirs = common.map(([, { best }]) => best);
        const reference = theirs.length === 0 ? 0 : mean(theirs);
        return {
          selector: row.selector,
          over: other.selector,
          relativeReduction: reference > 0 ? (reference - mean(own)) / reference : null,
          difference: difference('best'),
          finalDifference: difference('final'),
          seeds: common.map(([mine, match]) => ({
            seed: mine.seed,
            best: mine.best - match.best,
            final: mine.final - match.final,
          })),
        };
      }),
  );
}

/** The comparisons that matter: every selector with the baseline, and the subject with every other. */
export function mainComparisons(
  comparisons: readonly ErrorComparison[],
  baseline: string | null,
  subject: string | null,
): ErrorComparison[] {
  return [
    ...comparisons.filter(({ over }) => over === baseline),
    ...comparisons.filter(
      ({ selector, over }) => selector === subject && subject !== baseline && over !== baseline,
    ),
  ].filter(({ seeds }) => seeds.length > 0);
}
