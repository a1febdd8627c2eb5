/** How fast a method learns, by measures that one lucky epoch cannot move. */
import type { Analysis } from '../analysis/results.js';
import type { Speed } from '../analysis/speed.js';
import type { PairedDifference } from '../analysis/statistics.js';
import { paletteSlots } from '../chart-data.js';
import { errorVerdict, interval, NONE, points, signed, timeVerdict } from '../format.js';
import type { Markup } from './markup.js';
import { html } from './markup.js';
import { swatch, verdictClass } from './results-section.js';
import type { Place } from './section.js';
import { section } from './section.js';

function meanErrorCell(found: PairedDifference): Markup {
  if (found.mean === null) return html`<td>${NONE}</td>`;
  return html`<td>
    ${points(found.mean)}${found.low !== null && html`<span class="sub">${interval(found)}</span>`}<span
      class="sub ${verdictClass(found.verdict)}"
      >${errorVerdict(found.verdict, found.n)}</span
    >
  </td>`;
}

function passesCell({ passes, seeds }: Speed): Markup {
  if (seeds.length === 0) return html`<td>${NONE}<span class="sub">needs two seeds</span></td>`;
  const { mean, low, high, verdict } = passes;
  const both = html`<span class="sub">both reached it in ${passes.n} of ${seeds.length}</span>`;
  if (mean === null) return html`<td>${NONE}${both}</td>`;
  return html`<td>
    ${signed(mean, 1)}${low !== null && high !== null && html`<span class="sub">${signed(low, 1)} to ${signed(high, 1)}</span>`}${both}<span
      class="sub ${verdictClass(verdict)}"
      >${timeVerdict(verdict)}</span
    >
  </td>`;
}

/** Nothing before the baseline and another method have ended a run. */
export function speedSection({ results, title }: Analysis, place: Place): Markup {
  const { speeds, baseline } = results;
  if (baseline === null || speeds.length === 0) return html``;
  const slots = paletteSlots(results);
  const name = title(baseline);
  return section(
    place,
    'speed',
    'Speed',
    html`<p class="note">
        Two measures of how fast a method learns, which one lucky epoch cannot move. “Mean error” is that of
        all epochs after the warm-up. “Passes to an error” are passes over the training set until a method
        first reaches an error that ${name} reached on all other seeds, the same for both. In both, less is
        better, and differences are paired by seed. The paper's time reduction asks when a method first
        touches the best error of another in the same seed: where errors level off, that is one lucky epoch,
        late by chance, and any method looks fast against it.
      </p>
      <div class="card scroll" role="region" tabindex="0" aria-label="Speed of learning">
        <table class="paper-table narrow">
          <thead>
            <tr>
              <th scope="col">Selector</th>
              <th scope="col">
                Mean error vs ${name}<span class="sub">percentage points, less is better</span>
              </th>
              <th scope="col">
                Passes to an error vs ${name}<span class="sub">over the data, fewer are better</span>
              </th>
            </tr>
          </thead>
          <tbody>
            ${speeds.map(
              (speed) =>
                html`<tr>
                  <th scope="row">${swatch(slots.get(speed.selector)!)}${title(speed.selector)}</th>
                  ${meanErrorCell(speed.meanError)} ${passesCell(speed)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`,
  );
}
