/** Results in the form of the paper's tables. */
import type { Results, SelectorResult } from '../analysis/results.js';
import type { Verdict } from '../analysis/statistics.js';
import { paletteSlots } from '../chart-data.js';
import { change, errorVerdict, interval, NONE, percent, percentEstimate } from '../format.js';
import { slotIndex } from '../palette.js';
import type { Markup } from './markup.js';
import { html } from './markup.js';
import type { Place } from './section.js';
import { section } from './section.js';
import { largest, smallest } from '../../ground/extremes.js';

/** A coloured square that stands for a selector in tables and charts. */
export function swatch(slot: number): Markup {
  return html`<span class="swatch" style="background:var(--slot-${slotIndex(slot)})"></span>`;
}

/** Class of a verdict that is beyond the noise: lower errors and times are good. */
export function verdictClass(verdict: Verdict): string {
  return verdict === 'lower' ? 'good' : verdict === 'higher' ? 'bad' : 'self';
}

const WIDTH = 170;
const MARGIN = 8;

/** Range of the dot plots: all seeds of all selectors. */
function dotRange(selectors: readonly SelectorResult[]): readonly [low: number, high: number] {
  const values = selectors.flatMap(({ seeds }) => seeds.map(({ best }) => best));
  const low = smallest(values);
  const high = largest(values);
  return high > low ? [low, high] : [low - 0.005, high + 0.005];
}

/** One dot a seed, a bar for mean ± standard error. */
function dotPlot(
  { title, seeds, best }: SelectorResult,
  [low, high]: readonly [number, number],
  slot: number,
): Markup {
  if (best === null) return html``;
  const x = (value: number): string =>
    (MARGIN + ((value - low) / (high - low)) * (WIDTH - 2 * MARGIN)).toFixed(1);
  const color = `var(--slot-${slotIndex(slot)})`;
  const error = best.standardError ?? 0;
  return html`<svg
    class="dots"
    width="${WIDTH}"
    height="26"
    viewBox="0 0 ${WIDTH} 26"
    role="img"
    aria-label="${title}: best test error of each seed, ${seeds
      .map((seed) => `${percent(seed.best)} %`)
      .join(', ')}"
  >
    <line x1="${MARGIN}" x2="${WIDTH - MARGIN}" y1="13" y2="13" stroke="var(--line)" />
    <line
      x1="${x(best.mean - error)}"
      x2="${x(best.mean + error)}"
      y1="13"
      y2="13"
      stroke="${color}"
      stroke-width="8"
      stroke-opacity=".3"
    />
    <line x1="${x(best.mean)}" x2="${x(best.mean)}" y1="5" y2="21" stroke="${color}" stroke-width="2" />
    ${seeds.map((seed) => html`<circle cx="${x(seed.best)}" cy="13" r="3.5" fill="${color}" />`)}
  </svg>`;
}

function versusBaseline(results: Results, row: SelectorResult): Markup {
  if (row.selector === results.baseline)
    return html`<td class="self">baseline</td>
      <td></td>`;
  const comparison = results.errorComparisons.find(
    ({ selector, over }) => selector === row.selector && over === results.baseline,
  );
  if (comparison === undefined || comparison.difference.n === 0)
    return html`<td>${NONE}</td>
      <td></td>`;
  const { difference, relativeReduction } = comparison;
  const range = difference.low === null ? '' : `${interval(difference)} points`;
  return html`<td>${change(relativeReduction)}<span class="sub">${range}</span></td>
    <td class="${verdictClass(difference.verdict)}">${errorVerdict(difference.verdict, difference.n)}</td>`;
}

/** The meaning of the errors in the table. */
function note({ selectors, seeds }: Results): string {
  if (selectors.length > 1) {
    return 'Lowest test error of any epoch, mean ± standard error over seeds, as in the paper’s tables. “Within the noise” unless the 95 % interval of the difference, paired by seed, excludes zero (Student’s t, not corrected for the number of comparisons).';
  }
  return `Lowest test error of any epoch${seeds.length > 1 ? ', mean ± standard error over seeds' : ''}.`;
}

/** The table of test errors; of a method alone without a comparison. */
export function resultsSection(results: Results, place: Place): Markup {
  const slots = paletteSlots(results);
  const means = results.selectors.flatMap(({ best }) => (best === null ? [] : [best.mean]));
  const lowest = smallest(means);
  const range = means.length === 0 ? ([0, 1] as const) : dotRange(results.selectors);
  const isComparison = results.selectors.length > 1;
  const baseline = results.selectors.find(({ selector }) => selector === results.baseline);
  return section(
    place,
    'results',
    'Test error',
    html`<p class="note">${note(results)}</p>
      <div class="card scroll" role="region" tabindex="0" aria-label="Test errors">
        <table>
          <thead>
            <tr>
              <th scope="col">Selector</th>
              <th scope="col">Best, %</th>
              <th scope="col">Final, %</th>
              <th scope="col">At epoch</th>
              <th scope="col">
                ${results.seeds.length > 1 ? 'Seeds' : 'Seed'}<span class="sub"
                  >${percent(range[0])} to ${percent(range[1])} %</span
                >
              </th>
              ${
                isComparison &&
                html`<th scope="col">
                    vs ${baseline?.title ?? 'baseline'}<span class="sub">95 % interval</span>
                  </th>
                  <th scope="col">Verdict</th>`
              }
            </tr>
          </thead>
          <tbody>
            ${results.selectors.map((row) => {
              const slot = slots.get(row.selector)!;
              const epochs = row.seeds.map(({ bestEpoch }) => bestEpoch);
              return html`<tr>
                <th scope="row">${swatch(slot)}${row.title}</th>
                <td class="${row.best?.mean === lowest ? 'best' : ''}">${percentEstimate(row.best)}</td>
                <td>${percentEstimate(row.final)}</td>
                <td>${epochs.length === 0 ? NONE : epochs.join(', ')}</td>
                <td>${dotPlot(row, range, slot)}</td>
                ${isComparison && versusBaseline(results, row)}
              </tr>`;
            })}
          </tbody>
        </table>
      </div>`,
  );
}
