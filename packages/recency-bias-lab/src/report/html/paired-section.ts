/** Errors compared seed by seed. */
import type { ErrorComparison } from '../analysis/errors.js';
import { mainComparisons } from '../analysis/errors.js';
import type { Results } from '../analysis/results.js';
import type { PairedDifference } from '../analysis/statistics.js';
import { paletteSlots } from '../chart-data.js';
import { errorVerdict, interval, NONE, points } from '../format.js';
import { chart, figure } from './figure.js';
import type { Markup } from './markup.js';
import { html } from './markup.js';
import { swatch, verdictClass } from './results-section.js';
import type { Place } from './section.js';
import { section } from './section.js';
import { smallest } from '../../ground/extremes.js';

/** Seeds below which an interval is so wide that next to nothing is beyond the noise. */
const ENOUGH_SEEDS = 3;

/** Seeds' differences, then mean, interval and verdict. */
function cells({ mean, n, verdict, ...bounds }: PairedDifference, seeds: readonly number[]): Markup {
  return html`<td>${seeds.map(points).join(', ')}</td>
    <td>
      ${mean === null ? NONE : points(mean)}<span class="sub"
        >${interval({ mean, n, verdict, ...bounds })}</span
      >
    </td>
    <td class="${verdictClass(verdict)}">${errorVerdict(verdict, n)}</td>`;
}

function table(results: Results, rows: readonly ErrorComparison[]): Markup {
  const slots = paletteSlots(results);
  const title = (label: string): string =>
    results.selectors.find(({ selector }) => selector === label)?.title ?? label;
  return html`<div class="card scroll" role="region" tabindex="0" aria-label="Differences seed by seed">
    <table>
      <caption>
        Percentage points; negative: the first-named method has the lower error
      </caption>
      <thead>
        <tr>
          <th scope="col">Difference</th>
          <th scope="col">Seeds</th>
          <th scope="col">Best, mean<span class="sub">95 % interval</span></th>
          <th scope="col">Verdict</th>
          <th scope="col">Seeds</th>
          <th scope="col">Final, mean<span class="sub">95 % interval</span></th>
          <th scope="col">Verdict</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ selector, over, difference, finalDifference, seeds }) =>
            html`<tr>
              <th scope="row">${swatch(slots.get(selector)!)}${title(selector)} − ${title(over)}</th>
              ${cells(
                difference,
                seeds.map(({ best }) => best),
              )}
              ${cells(
                finalDifference,
                seeds.map(({ final }) => final),
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Every method against the baseline and the subject against every other; nothing before two of them share a seed. */
export function pairedSection(results: Results, place: Place): Markup {
  const rows = mainComparisons(results.errorComparisons, results.baseline, results.subject);
  if (rows.length === 0) return html``;
  const height = 70 + 38 * rows.length;
  const fewest = smallest(rows.map(({ seeds }) => seeds.length));
  return section(
    place,
    'paired',
    'Seed by seed',
    html`<p class="note">
        A seed fixes the initial parameters, the warm-up and the data’s order, so methods are compared within
        each seed: circles are the differences of single seeds, the bar their mean, the line its 95 %
        confidence interval (Student’s t). Left of zero the first-named method has the lower error; it is
        within the noise where the interval includes zero.
        ${fewest < ENOUGH_SEEDS && html` <strong>With fewer than three seeds the interval says next to nothing: train more.</strong>`}
      </p>
      <div class="grid">
        ${figure(place, 'Best test error', 'The lowest of any epoch.', chart('paired', 'best', 'Differences of the best test errors seed by seed, with mean and 95 % interval', '', height))}
        ${figure(place, 'Final test error', 'After the last epoch.', chart('paired', 'final', 'Differences of the final test errors seed by seed, with mean and 95 % interval', '', height))}
      </div>
      <details>
        <summary>Differences as a table</summary>
        ${table(results, rows)}
      </details>`,
  );
}
