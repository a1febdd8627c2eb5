/** Pictures of a page that enlarge; the script `enlarge` serves links and buttons of the class `zoom` by the dialog. */
import type { Markup } from './markup.js';
import { html } from './markup.js';

/** Sources of pictures: the page itself, and the files of photos, which it reads when one is enlarged. */
export const ENLARGED_SOURCES = "data: file: 'self'";

/** Rules of the pictures and the dialog. */
export const ENLARGED_STYLES = `
.zoom{flex:none;align-self:flex-start;display:block;padding:0;border:0;border-radius:8px;background:none;cursor:zoom-in}
.zoom img{display:block}
.zoom:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
#enlarged{width:min(92vw,900px);max-height:94vh;padding:16px;border:1px solid var(--line);border-radius:12px;background:var(--surface);color:var(--text)}
#enlarged::backdrop{background:rgb(0 0 0/.6)}
#enlarged img{display:block;width:100%;height:min(70vh,868px);object-fit:contain;border-radius:8px;background:#000}
#enlarged p{margin:10px 0 0;overflow-wrap:anywhere}
#enlarged .row{display:flex;flex-wrap:wrap;align-items:center;gap:8px;margin-top:12px}
#enlarged button{padding:6px 14px;border:1px solid var(--line);border-radius:8px;background:var(--surface);color:var(--text);font:inherit;cursor:pointer}
#enlarged button:disabled{color:var(--muted);cursor:default}
`;

/** The dialog, once a page. */
export const ENLARGED = html`<dialog id="enlarged" aria-label="Enlarged picture">
  <img alt="Enlarged picture" />
  <p class="caption"></p>
  <p class="note" id="enlarged-file"></p>
  <div class="row">
    <button type="button" data-step="-1">← Before</button>
    <button type="button" data-step="1">Next →</button>
    <button type="button" data-step="0">Close</button>
  </div>
</dialog>`;

/** A picture that enlarges: a link to its photo where that is a file, else a button. */
export function zoom(image: Markup, file: string, address: string | undefined): Markup {
  return address === undefined
    ? html`<button type="button" class="zoom" aria-label="Enlarge ${file}">${image}</button>`
    : html`<a class="zoom" href="${address}" aria-label="Enlarge ${file}">${image}</a>`;
}
