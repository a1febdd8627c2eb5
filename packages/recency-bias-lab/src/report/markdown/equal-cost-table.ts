/** All methods at the end and at equal cost, and what of it is beyond the noise. */
import type { CostDifferences, EqualCost, CostOfMethod } from '../analysis/equal-cost.js';
import type { PairedDifference, Verdict } from '../analysis/statistics.js';
import { fixed, listed, NONE, percentEstimate, points } from '../format.js';
import { cellCode, markdownTable } from './markdown-table.js';

/** `−0.31 (−0.52 to −0.10), lower`, in percentage points; the verdict left out where there is none beyond the noise. */
function difference({ mean: centre, low, high, verdict }: PairedDifference): string {
  if (centre === null) return NONE;
  const range = low === null || high === null ? '' : ` (${points(low)} to ${points(high)})`;
  const text = `${points(centre)}${range}`;
  return verdict === 'lower' || verdict === 'higher' ? `**${text}**, ${verdict}` : text;
}

function row({ selector, final, differences, ...costs }: CostOfMethod): string[] {
  return [
    cellCode(selector),
    percentEstimate(final),
    differences === null ? 'baseline' : difference(differences.atEnd),
    differences === null ? 'baseline' : difference(differences.atEqualCost),
    fixed(costs.trainedPasses, 1),
    fixed(costs.scoredPasses, 1),
    fixed(costs.cost, 2),
    fixed(costs.epochSeconds, 2),
  ];
}

/** The table and what it says in words. */
export function equalCostTable({ baseline, methods, controls }: EqualCost): string {
  const headings = [
    'method',
    'error at the end, %',
    `against ${baseline}, points`,
    'at equal cost, points',
    'passes trained',
    'passes scored',
    'cost',
    'time an epoch',
  ];
  const found = (kind: keyof CostDifferences, verdict: Verdict): string => {
    const labels = methods
      .filter(({ differences }) => differences?.[kind].verdict === verdict)
      .map(({ selector }) => cellCode(selector));
    return labels.length === 0 ? 'none' : listed(labels);
  };
  return [
    markdownTable(headings, methods.map(row)),
    '',
    `- lower error than ${cellCode(baseline)} beyond the noise: at the end ${found('atEnd', 'lower')}; at equal cost ${found('atEqualCost', 'lower')}`,
    `- higher error beyond the noise: at the end ${found('atEnd', 'higher')}; at equal cost ${found('atEqualCost', 'higher')}`,
    ...controls.map(
      ({ selector, control, atEnd }) =>
        `- ${cellCode(selector)} against ${cellCode(control)}, at the end: ${difference(atEnd)} points`,
    ),
  ].join('\n');
}
