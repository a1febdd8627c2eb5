/** Every selector against every other: error reduction and time reduction. */
import type { ErrorComparison } from '../analysis/errors.js';
import type { Results } from '../analysis/results.js';
import type { TimeReduction, TimeUnit } from '../analysis/time-reduction.js';
import { paletteSlots } from '../chart-data.js';
import { change, duration, errorVerdict, NONE, plural, timeVerdict } from '../format.js';
import type { Markup } from './markup.js';
import { html } from './markup.js';
import type { Place } from './section.js';
import { section } from './section.js';
import { swatch, verdictClass } from './results-section.js';

/** A table with a cell for each pair of different selectors. */
function matrix(
  results: Results,
  corner: string,
  caption: string,
  cell: (row: string, column: string) => Markup,
): Markup {
  const slots = paletteSlots(results);
  return html`<div class="card">
    <p class="note">${caption}</p>
    <div class="scroll" role="region" tabindex="0" aria-label="${caption}">
      <table>
        <thead>
          <tr>
            <th scope="col">${corner}</th>
            ${results.selectors.map(({ title }) => html`<th scope="col">${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${results.selectors.map(
            (row) =>
              html`<tr>
                <th scope="row">${swatch(slots.get(row.selector)!)}${row.title}</th>
                ${results.selectors.map(({ selector }) =>
                  selector === row.selector ? html`<td class="self">·</td>` : cell(row.selector, selector),
                )}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </div>`;
}

/** Finds a comparison by its two methods: a grid of hundreds has tens of thousands. */
function byPair<T extends { readonly selector: string; readonly over: string }>(
  items: readonly T[],
): (row: string, column: string) => T | undefined {
  const rows = new Map<string, Map<string, T>>();
  for (const item of items) {
    const row = rows.get(item.selector) ?? new Map<string, T>();
    rows.set(item.selector, row.set(item.over, item));
  }
  return (row, column) => rows.get(row)?.get(column);
}

function errorCell(found: ErrorComparison | undefined): Markup {
  if (found === undefined || found.difference.n === 0) return html`<td>${NONE}</td>`;
  const { verdict, n } = found.difference;
  return html`<td>
    ${change(found.relativeReduction)}<span class="sub ${verdictClass(verdict)}"
      >${errorVerdict(verdict, n)}</span
    >
  </td>`;
}

function time(value: number, unit: TimeUnit): string {
  return unit === 'seconds' ? duration(value) : value.toFixed(1);
}

function timeCell(found: TimeReduction | undefined): Markup {
  if (found === undefined || found.seeds.length === 0) return html`<td>${NONE}</td>`;
  const { reached, seeds, unit, verdict } = found;
  if (reached === 0 || found.time === null || found.referenceTime === null) {
    return html`<td>not reached<span class="sub">in ${plural(seeds.length, 'seed')}</span></td>`;
  }
  const partly =
    reached < seeds.length && html`<span class="sub">reached in ${reached} of ${seeds.length}</span>`;
  return html`<td>
    ${change(found.reduction)}<span class="sub"
      >${time(found.referenceTime, unit)} → ${time(found.time, unit)}</span
    ><span class="sub ${verdictClass(verdict)}">${timeVerdict(verdict)}</span>${partly}
  </td>`;
}

/** The two kinds of matrices; nothing for a single selector. */
export function matricesSection(results: Results, place: Place): Markup {
  if (results.selectors.length < 2) return html``;
  const cell = (unit: TimeUnit) => {
    const find = byPair(results.timeReductions.filter((found) => found.unit === unit));
    return (row: string, column: string) => timeCell(find(row, column));
  };
  const findErrors = byPair(results.errorComparisons);
  const pairs = html`<p class="note">
      Read a row: how the method of the row does relative to the method of the column. Negative is better:
      less error, less time.
    </p>
    ${matrix(
      results,
      'Test error of',
      'Relative change of the best test error, of the means over common seeds.',
      (row, column) => errorCell(findErrors(row, column)),
    )}`;
  const times = html`<p class="note">
      When the method of the row first reaches the best test error of the method of the column, against when
      the latter reaches it itself, per seed, mean over the seeds that reach it. The paper’s time reduction,
      (t<sub>column</sub> − t<sub>row</sub>) / t<sub>column</sub>, is shown with a minus sign: negative is
      less time. Times include the shared warm-up and leave out evaluation.
      ${
        results.clock === 'processor'
          ? 'Seconds are processor time, which other programs on the machine do not lengthen.'
          : 'Seconds are those of the clock on the wall: runs that share a machine disturb them; passes do not depend on the machine.'
      }
    </p>
    ${matrix(results, 'Time of', 'Passes over the training data, samples scored by extra forward passes included.', cell('passes'))}
    <div class="gap"></div>
    ${matrix(results, 'Time of', 'Seconds of training.', cell('seconds'))}`;
  return html`${section(place, 'pairs', 'Each against each', pairs)}
  ${section(place, 'time', 'Time to the same error', times)}`;
}
