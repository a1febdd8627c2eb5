/** Errors at the end and at equal cost: what a method gains by choosing, and what its choosing costs. */
import type { CostOfMethod } from '../analysis/equal-cost.js';
import type { Analysis } from '../analysis/results.js';
import type { PairedDifference } from '../analysis/statistics.js';
import { paletteSlots } from '../chart-data.js';
import { errorVerdict, fixed, interval, NONE, percentEstimate, points } from '../format.js';
import type { Markup } from './markup.js';
import { html } from './markup.js';
import { swatch, verdictClass } from './results-section.js';
import type { Place } from './section.js';
import { section } from './section.js';

function difference(found: PairedDifference | undefined): Markup {
  if (found === undefined) return html`<td class="self">baseline</td>`;
  const { mean, low, verdict, n } = found;
  if (mean === null) return html`<td>${NONE}</td>`;
  return html`<td>
    ${points(mean)}${low !== null && html`<span class="sub">${interval(found)}</span>`}<span
      class="sub ${verdictClass(verdict)}"
      >${errorVerdict(verdict, n)}</span
    >
  </td>`;
}

function row({ differences, ...method }: CostOfMethod, slot: number, title: string): Markup {
  return html`<tr>
    <th scope="row">${swatch(slot)}${title}</th>
    <td>${percentEstimate(method.final)}</td>
    ${difference(differences?.atEnd)} ${difference(differences?.atEqualCost)}
    <td>${fixed(method.trainedPasses, 1)}</td>
    <td>${fixed(method.scoredPasses, 1)}</td>
    <td>${fixed(method.cost, 2)}</td>
    <td>${fixed(method.epochSeconds, 2)}</td>
  </tr>`;
}

/** Nothing before the baseline and another method have ended a run. */
export function equalCostSection({ results, title }: Analysis, place: Place): Markup {
  const { equalCost } = results;
  if (equalCost === null || equalCost.methods.length < 2) return html``;
  const slots = paletteSlots(results);
  const baseline = title(equalCost.baseline);
  return section(
    place,
    'equal-cost',
    'Error at equal cost',
    html`<p class="note">
        Epochs do not cost the same with every method: some train on fewer samples, others score samples
        before they choose. Cost counts a trained sample as one and a scored sample as a third, which is about
        the time of its forward pass. “At equal cost” takes both methods at the lower of their costs, so it
        answers what a fixed budget buys. Differences are paired by seed, in percentage points.
      </p>
      <div class="card scroll" role="region" tabindex="0" aria-label="Test errors at equal cost">
        <table class="paper-table">
          <thead>
            <tr>
              <th scope="col">Selector</th>
              <th scope="col">Final, %</th>
              <th scope="col">vs ${baseline}<span class="sub">at the end</span></th>
              <th scope="col">vs ${baseline}<span class="sub">at equal cost</span></th>
              <th scope="col">Passes<span class="sub">trained</span></th>
              <th scope="col">Passes<span class="sub">scored</span></th>
              <th scope="col">Cost<span class="sub">relative</span></th>
              <th scope="col">Time an epoch<span class="sub">relative</span></th>
            </tr>
          </thead>
          <tbody>
            ${equalCost.methods.map((method) => row(method, slots.get(method.selector)!, title(method.selector)))}
          </tbody>
        </table>
      </div>
      ${
        equalCost.controls.length > 0 &&
        html`<ul class="note">
          ${equalCost.controls.map(
            ({ selector, control, atEnd }) =>
              html`<li>
                ${title(selector)} against ${title(control)}, which trains about as many samples at random:
                ${atEnd.mean === null ? NONE : `${points(atEnd.mean)} points (${interval(atEnd)}), ${errorVerdict(atEnd.verdict, atEnd.n)}`}
              </li>`,
          )}
        </ul>`
      }`,
  );
}
