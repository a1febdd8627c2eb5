/** The results of the paper's methods as Markdown tables. */
import { BASELINE, BASELINE_LABEL, SUBJECT, usualLabel } from '../../ground/methods.js';
import { PAPER_METHODS } from '../analysis/paper-numbers.js';
import type { Analysis } from '../analysis/results.js';
import { mean } from '../analysis/statistics.js';
import type { TimeReduction } from '../analysis/time-reduction.js';
import {
  change,
  errorVerdict,
  fixed,
  interval,
  NONE,
  percentage,
  percentEstimate,
  timeVerdict,
} from '../format.js';
import { cellText, markdownTable } from './markdown-table.js';

/**
 * Effective sample size of the distribution that batches are drawn from, as a share of the data: in the first epoch after the
 * warm-up and half-way through the adaptive epochs, mean over the runs; `1.00` is uniform.
 */
function effectiveShares({ trajectories, header }: Analysis, selector: string): string {
  const first = (header?.warmupEpochs ?? 0) + 1;
  const half = Math.round((first + (header?.epochs ?? first)) / 2);
  const shares = [first, half].map((at) => {
    const values = trajectories
      .filter((course) => course.selector === selector && course.complete)
      .flatMap(({ epochs }) => epochs.filter(({ epoch }) => epoch === at))
      .flatMap(({ selection }) => selection.effectiveSampleSize ?? []);
    return values.length === 0 ? NONE : fixed(mean(values), 2);
  });
  return shares.includes(NONE) ? NONE : shares.join(', then ');
}

/** One row a method: its errors, and how they differ from Random's. */
export function comparisonTable(analysis: Analysis): string {
  const { selectors, errorComparisons, baseline } = analysis.results;
  const shown = selectors.filter(({ best }) => best !== null);
  const rows = shown.map(({ selector, title, best, final, seeds }) => {
    const against = errorComparisons.find((one) => one.selector === selector && one.over === baseline);
    const count = seeds.length;
    return [
      cellText(title),
      percentEstimate(best),
      seeds.map(({ bestEpoch }) => String(bestEpoch)).join(', '),
      percentEstimate(final),
      ...(against === undefined
        ? ['baseline', '', 'baseline']
        : [
            change(against.relativeReduction),
            interval(against.difference),
            errorVerdict(against.difference.verdict, count),
          ]),
      effectiveShares(analysis, selector),
    ];
  });
  const headings = [
    'batches chosen by',
    'best error, %',
    'at epoch',
    'final error, %',
    'best against Random',
    '95 % interval, points',
    'verdict',
    'effective sample size',
  ];
  return markdownTable(headings, rows);
}

/** One row a comparison: what the paper's four methods reached, and what became of Recency Bias's gain over Random. */
export function overviewTable(analyses: readonly Analysis[]): string {
  const rows = analyses.map(({ results }) => {
    const best = (label: string): string =>
      percentEstimate(results.selectors.find(({ selector }) => selector === label)?.best ?? null);
    const gain = results.errorComparisons.find(
      ({ selector, over }) => selector === SUBJECT.name && over === BASELINE_LABEL,
    );
    const verdict = gain?.difference.verdict;
    const words =
      verdict === 'lower'
        ? 'reproduced'
        : verdict === 'higher'
          ? 'not reproduced: higher'
          : 'within the noise';
    const name = results.name.replace(/^scaled-/, '');
    return [
      `[${cellText(name)}](#${encodeURIComponent(name)})`,
      String(results.seeds.length),
      ...PAPER_METHODS.map(({ name }) => best(usualLabel(name))),
      change(gain?.relativeReduction ?? null),
      words,
    ];
  });
  const headings = [
    'setting',
    'seeds',
    ...PAPER_METHODS.map(({ title }) => title),
    `against ${BASELINE.title}`,
    'verdict',
  ];
  return markdownTable(headings, rows);
}

/** A time reduction, the two times it is of, and in how many seeds there is one. */
function timeCells({
  reduction,
  reductionError,
  referenceTime,
  time,
  reached,
  seeds,
  verdict,
}: TimeReduction): string[] {
  if (reduction === null || referenceTime === null || time === null)
    return [NONE, NONE, `0 of ${seeds.length}`];
  return [
    percentage(reduction, reductionError),
    `${fixed(referenceTime, 1)} → ${fixed(time, 1)}`,
    `${reached} of ${seeds.length}, ${timeVerdict(verdict)}`,
  ];
}

/** The paper's table 3: how much sooner Recency Bias reaches the best error of each other method. */
export function timeTable({ results, title }: Analysis): string {
  const own = results.timeReductions.filter(({ selector }) => selector === SUBJECT.name);
  const rows = own
    .filter(({ unit }) => unit === 'seconds')
    .map((inSeconds) => {
      const inPasses = own.find(({ over, unit }) => over === inSeconds.over && unit === 'passes');
      return [cellText(title(inSeconds.over)), ...timeCells(inSeconds), ...timeCells(inPasses!)];
    });
  const headings = ['over', 'in time', 'seconds', 'reached', 'in passes', 'passes', 'reached'];
  return markdownTable(headings, rows);
}
