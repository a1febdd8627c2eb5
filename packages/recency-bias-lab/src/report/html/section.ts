/** Headings of a comparison's part of the page, which may hold one comparison or several. */
import type { Child } from './markup.js';
import { html, Markup } from './markup.js';

/** Where a comparison stands. */
export interface Place {
  /** Level of its sections' headings: 2 alone on the page, 3 below its own name. */
  readonly level: 2 | 3;
  /** Put before the ids of its sections, which are the same for every comparison. */
  readonly prefix: string;
}

/** The only comparison of a page. */
export const ALONE: Place = { level: 2, prefix: '' };

/** A section with its heading. */
export function section({ level, prefix }: Place, id: string, title: string, ...body: Child[]): Markup {
  const heading = `${prefix}${id}`;
  return html`<section aria-labelledby="${heading}">
    ${new Markup(`<h${level} class="title" `)}id="${heading}">${title}${new Markup(`</h${level}>`)} ${body}
  </section>`;
}

/** The heading of a card within a section. */
export function cardTitle({ level }: Place, ...title: Child[]): Markup {
  const tag = `h${level + 1}`;
  return html`${new Markup(`<${tag} class="card-title">`)}${title}${new Markup(`</${tag}>`)}`;
}
