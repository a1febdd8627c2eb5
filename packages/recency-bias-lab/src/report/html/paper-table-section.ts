/** The paper's table, ours beside the paper's. */
import type { PaperTable, TableCell, TableGroup, TableRow } from '../analysis/paper-table.js';
import { paperReductions } from '../analysis/paper-table.js';
import { change, errorVerdict, NONE, percentEstimate } from '../format.js';
import { groupTitle, modelTitle, setting, withoutRow } from '../paper-table-words.js';
import type { Markup } from './markup.js';
import { html } from './markup.js';
import { verdictClass } from './results-section.js';
import type { Place } from './section.js';
import { section } from './section.js';

function cell(found: TableCell | null): Markup {
  if (found === null) return html`<td class="self">${NONE}</td>`;
  const { error, reduction, verdict, pairs } = found;
  return html`<td>
    ${percentEstimate(error)}${
      verdict !== null &&
      pairs > 0 &&
      html`<span class="sub">${change(reduction)}</span
        ><span class="sub ${verdictClass(verdict)}">${errorVerdict(verdict, pairs)}</span>`
    }
  </td>`;
}

function ours(row: TableRow, anchor: (index: number) => string | null): Markup {
  const target = anchor(row.index);
  const name = target === null ? html`${modelTitle(row)}` : html`<a href="#${target}">${modelTitle(row)}</a>`;
  return html`<tr>
    <th scope="row" class="setting">${name}<span class="sub">${setting(row)}</span></th>
    ${row.cells.map(cell)}
  </tr>`;
}

function papers(group: TableGroup, columns: number): Markup {
  if (group.paper.length === 0) {
    return html`<tr class="paper">
      <th scope="row">Paper</th>
      <td colspan="${columns}">${withoutRow(group)}</td>
    </tr>`;
  }
  return html`${group.paper.map((row) => {
    const reductions = paperReductions(row);
    return html`<tr class="paper">
      <th scope="row">Paper: ${row.model}</th>
      ${Array.from({ length: columns }, (_, i) => {
        const error = row.errors[i];
        if (error === undefined) return html`<td>${NONE}</td>`;
        const reduction = reductions[i] ?? null;
        return html`<td>
          ${error.toPrecision(3)}${reduction !== null && html`<span class="sub">${change(reduction)}</span>`}
        </td>`;
      })}
    </tr>`;
  })}`;
}

/**
 * The table.
 * @param anchor Id of an experiment's place on the page; null for none.
 */
export function paperTableSection(
  { columns, groups }: PaperTable,
  place: Place,
  anchor: (index: number) => string | null,
): Markup {
  if (groups.length === 0) return html``;
  return section(
    place,
    'paper-table',
    'Beside the paper’s table',
    html`<p class="note">
        Best test error in %, mean ± standard error over seeds; below it the relative change against Random,
        and whether it is beyond the noise. Rows of the paper are its full setting: all data, 40,000
        iterations of 128 samples, a warm-up of 15 epochs, three repeats. Where our networks and sizes differ,
        compare how the methods rank, not the errors.
      </p>
      <div class="card scroll" role="region" tabindex="0" aria-label="Test errors beside the paper’s">
        <table class="paper-table">
          <thead>
            <tr>
              <th scope="col">Data, optimizer, network</th>
              ${columns.map(({ title }) => html`<th scope="col">${title}</th>`)}
            </tr>
          </thead>
          ${groups.map(
            (group) =>
              html`<tbody>
                <tr>
                  <th scope="rowgroup" class="group" colspan="${columns.length + 1}">${groupTitle(group)}</th>
                </tr>
                ${group.rows.map((row) => ours(row, anchor))} ${papers(group, columns.length)}
              </tbody>`,
          )}
        </table>
      </div>`,
  );
}
