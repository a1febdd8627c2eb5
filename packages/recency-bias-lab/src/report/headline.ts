/** The result in one honest sentence. */
import type { Results } from './analysis/results.js';
import { change, interval, percent, plural } from './format.js';

function describe({ selectors }: Results, label: string): string | null {
  const row = selectors.find(({ selector }) => selector === label);
  if (row?.best == null) return null;
  const { mean, standardError } = row.best;
  const spread = standardError === null ? '' : ` ± ${percent(standardError)}`;
  return `${row.title} ${percent(mean)} %${spread}`;
}

/** One sentence, e.g. `Recency Bias 1.27 % ± 0.05 vs Random 1.30 % ± 0.04 best test error: within the noise over 3 seeds.` */
export function headline(results: Results): string {
  const { subject, baseline } = results;
  const described = results.selectors
    .map(({ selector }) => describe(results, selector))
    .filter((text) => text !== null);
  if (described.length === 0) return 'No run has finished yet.';
  const own = subject === null ? null : describe(results, subject);
  const other = baseline === null ? null : describe(results, baseline);
  if (own === null || other === null) return `Best test error: ${described.join(', ')}.`;

  const comparison = results.errorComparisons.find(
    ({ selector, over }) => selector === subject && over === baseline,
  )!;
  const { difference, relativeReduction } = comparison;
  const start = `${own} vs ${other} best test error: `;
  const seeds = plural(difference.n, 'seed');
  switch (difference.verdict) {
    case 'within the noise':
      return `${start}within the noise over ${seeds}.`;
    case 'cannot tell':
      return difference.n === 1
        ? `${start}one seed cannot tell them apart.`
        : `${start}no seed has finished with both yet.`;
    default:
      return (
        `${start}${difference.verdict} beyond the noise over ${seeds} ` +
        `(${change(relativeReduction)} relative; 95 % interval ${interval(difference)} points).`
      );
  }
}
