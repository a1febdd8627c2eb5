/** A card with a chart. */
import type { Markup } from './markup.js';
import { html } from './markup.js';
import type { Place } from './section.js';
import { cardTitle } from './section.js';

/**
 * A place for a chart, which the script of the page fills.
 * @param label What it shows, for those who cannot see it.
 * @param size Class of the style sheet that says how high it is.
 * @param height Pixels, instead.
 */
export function chart(kind: string, of: string, label: string, size = '', height?: number): Markup {
  return html`<div
    class="chart ${size}"
    ${height !== undefined && html`style="height:${height}px"`}
    data-chart="${kind}"
    data-of="${of}"
    role="img"
    aria-label="${label}"
  ></div>`;
}

/** A card with a title, a note and what they speak of. */
export function figure(place: Place, title: string, note: string, body: Markup): Markup {
  return html`<div class="card">
    ${cardTitle(place, title)}
    <p class="note">${note}</p>
    ${body}
  </div>`;
}
