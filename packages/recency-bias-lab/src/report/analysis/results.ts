/** The numbers of a comparison, as written to results.json and shown in the report. */
import { roleOf } from '../../ground/methods.js';
import type { Comparison } from '../../records/run.js';
import type { RunHeader } from '../../records/schema.js';
import type { Clock } from './clock.js';
import type { EqualCost } from './equal-cost.js';
import { equalCost } from './equal-cost.js';
import type { ErrorComparison, SelectorErrors } from './errors.js';
import { errorComparisons, selectorErrors } from './errors.js';
import type { RunExtent } from './progress.js';
import { runExtents } from './progress.js';
import type { Speed } from './speed.js';
import { speeds } from './speed.js';
import type { TimeReduction } from './time-reduction.js';
import { timeReductions } from './time-reduction.js';
import { selectorTitle } from './titles.js';
import type { Trajectory } from './trajectory.js';
import { trajectories } from './trajectory.js';
import type { Warning } from './warnings.js';
import { warnings } from './warnings.js';

/** Version of results.json. */
export const RESULTS_VERSION = 1;

/** One selector of the comparison. */
export interface SelectorResult extends SelectorErrors {
  readonly title: string;
  /** Registry name and options, from the first run; null while no run has begun. */
  readonly method: RunHeader['method'] | null;
}

/** Content of results.json. Errors are fractions in [0, 1], times seconds or passes over the training data. */
export interface Results {
  readonly version: typeof RESULTS_VERSION;
  readonly name: string;
  /** ISO 8601. */
  readonly generatedAt: string;
  /** Directories whose records are in it. */
  readonly sources: readonly string[];
  readonly seeds: readonly number[];
  /** The clock of all seconds. */
  readonly clock: Clock;
  /** Label of the selector that the headline speaks of: Recency Bias where present, else the first that is not random. */
  readonly subject: string | null;
  /** Label of the random baseline: the first selector that draws uniformly; null when there is none. */
  readonly baseline: string | null;
  readonly selectors: readonly SelectorResult[];
  readonly errorComparisons: readonly ErrorComparison[];
  readonly timeReductions: readonly TimeReduction[];
  /** The methods at equal cost; null without a complete run of the baseline. */
  readonly equalCost: EqualCost | null;
  /** How fast the methods learn beside the baseline. */
  readonly speeds: readonly Speed[];
  readonly warnings: readonly Warning[];
  readonly progress: readonly RunExtent[];
}

/** A comparison with everything derived from it. */
export interface Analysis {
  readonly comparison: Comparison;
  readonly results: Results;
  readonly trajectories: readonly Trajectory[];
  /** Facts that all runs share, from the first run or warm-up; null before any has begun. */
  readonly header: RunHeader | null;
  readonly title: (selector: string) => string;
}

/** Registry name of a selector's method, from its runs; its label while no run has begun. */
function methodOf({ runs }: Comparison, selector: string): RunHeader['method'] | null {
  return runs.find(({ header }) => header.selector === selector)?.header.method ?? null;
}

/** Analyses a comparison, complete or not. */
export function analyse(comparison: Comparison, now = new Date()): Analysis {
  const { selectors } = comparison;
  const courses = trajectories(comparison);
  const header = (comparison.runs[0] ?? comparison.warmups[0])?.header ?? null;
  const methods = new Map(selectors.map((selector) => [selector, methodOf(comparison, selector)]));
  const role = (selector: string): ReturnType<typeof roleOf> =>
    roleOf(methods.get(selector)?.name ?? selector);
  const title = (selector: string): string => selectorTitle(selector, methods.get(selector) ?? undefined);

  const baseline = selectors.find((selector) => role(selector) === 'baseline') ?? null;
  const subject =
    selectors.find((selector) => role(selector) === 'subject') ??
    selectors.find((selector) => selector !== baseline) ??
    null;
  const errors = selectorErrors(selectors, courses);
  const progress = runExtents(comparison);
  return {
    comparison,
    trajectories: courses,
    header,
    title,
    results: {
      version: RESULTS_VERSION,
      name: comparison.name,
      generatedAt: now.toISOString(),
      sources: comparison.sources,
      seeds: comparison.seeds,
      clock: courses[0]?.clock ?? 'wall',
      subject,
      baseline,
      selectors: errors.map((row) => ({
        ...row,
        title: title(row.selector),
        method: methods.get(row.selector) ?? null,
      })),
      errorComparisons: errorComparisons(errors, header?.dataset.testSize ?? 0),
      timeReductions: timeReductions(selectors, courses),
      equalCost: equalCost(selectors, courses, baseline),
      speeds: speeds(selectors, courses, baseline),
      warnings: warnings(comparison, courses, progress, title),
      progress,
    },
  };
}
