/** Headings of a comparison's part of the page, which may hold one comparison or several. */
import type { Child } from './markup.js';
import { html, Markup } from './markup.js';

/** Where a comparison stands. */
export interface Place {
  /** Level of its sections' headings: 2 alone on the page, 3 below its own name. */
  readonly level: 2 | 3;
  /** Put before the ids of its sections, which are the same for every comparison. */
  readonly prefix: string;
  /** The sections that stand open; the others are folded. Without it, all stand open. */
  readonly open?: ReadonlySet<string>;
}

/** The only comparison of a page. */
export const ALONE: Place = { level: 2, prefix: '' };

/** A section with its heading, which unfolds it where it is folded. */
export function section({ level, prefix, open }: Place, id: string, title: string, ...body: Child[]): Markup {
  const name = `${prefix}${id}`;
  const heading = html`${new Markup(`<h${level} class="title" `)}id="${name}">${title}${new Markup(`</h${level}>`)}`;
  return open === undefined || open.has(id)
    ? html`<section aria-labelledby="${name}">${heading} ${body}</section>`
    : html`<section class="folded" aria-labelledby="${name}">
        <details class="fold">
          <summary>${heading}</summary>
          ${body}
        </details>
      </section>`;
}

/** The heading of a card within a section. */
export function cardTitle({ level }: Place, ...title: Child[]): Markup {
  const tag = `h${level + 1}`;
  return html`${new Markup(`<${tag} class="card-title">`)}${title}${new Markup(`</${tag}>`)}`;
}
