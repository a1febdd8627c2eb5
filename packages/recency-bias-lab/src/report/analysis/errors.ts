/** Test errors per selector and their paired comparison. */
import type { Estimate, PairedDifference } from './statistics.js';
import { estimate, mean, pairedDifference } from './statistics.js';
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
  readonly best: Estimate | null;
  readonly final: Estimate | null;
}

/** How the best test error of one selector compares with another's, over the seeds that both have completed. */
export interface ErrorComparison {
  readonly selector: string;
  readonly over: string;
  /** (error of `over` − error of `selector`) / error of `over`, of the means; null when undefined. */
  readonly relativeReduction: number | null;
  /** Error of `selector` − error of `over`. */
  readonly difference: PairedDifference;
}

/** Errors per selector; runs that have not ended are left out. */
export function selectorErrors(
  selectors: readonly string[],
  trajectories: readonly Trajectory[],
): SelectorErrors[] {
  return selectors.map((selector) => {
    const seeds: SeedErrors[] = [];
    for (const trajectory of trajectories) {
      const best = bestEpoch(trajectory);
      if (trajectory.selector !== selector || !trajectory.complete || best === null) continue;
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
      best: estimate(seeds.map(({ best }) => best)),
      final: estimate(seeds.map(({ final }) => final)),
    };
  });
}

/**
 * Compares every selector with every other.
 * @param testSize Number of test samples; errors come in steps of 1 / testSize.
 */
export function errorComparisons(errors: readonly SelectorErrors[], testSize: number): ErrorComparison[] {
  return errors.flatMap((row) =>
    errors
      .filter((other) => other !== row)
      .map((other) => {
        const own: number[] = [];
        const theirs: number[] = [];
        for (const { seed, best } of row.seeds) {
          const match = other.seeds.find((candidate) => candidate.seed === seed);
          if (match === undefined) continue;
          own.push(best);
          theirs.push(match.best);
        }
        const reference = theirs.length === 0 ? 0 : mean(theirs);
        return {
          selector: row.selector,
          over: other.selector,
          relativeReduction: reference > 0 ? (reference - mean(own)) / reference : null,
          difference: pairedDifference(own, theirs, testSize > 0 ? 1 / testSize : 0),
        };
      }),
  );
}
