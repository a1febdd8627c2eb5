/** The page of a review; its script fills it. */
import { plural } from '../report/format.js';
import { contentPolicy } from '../report/html/content-policy.js';
import { html, jsonElement, scriptElement, styleElement } from '../report/html/markup.js';
import type { Markup } from '../report/html/markup.js';
import { STYLES } from '../report/html/styles.js';
import type { ReviewData } from '../report/review-data.js';
import { REVIEW_STYLES } from './styles.js';

/** Facts of the run for the page. */
export interface ReviewAbout {
  readonly title: string;
  /** The command that trains with the labels. */
  readonly command: string;
  /** The file of labels. */
  readonly path: string;
  /** How sure it is that the labels are wrong, where that is known. */
  readonly sureness: string | undefined;
}

/** Its own script and styles, pictures and decisions of the server that it came from, and nothing else. */
export function reviewPolicy(script: string): string {
  return contentPolicy({ script, images: "'self' data:", connections: "'self'" });
}

function button(action: string, key: string, text: string, id: string): Markup {
  return html`<button type="button" data-action="${action}" aria-keyshortcuts="${key}">
    <kbd>${key}</kbd><span id="${id}">${text}</span>
  </button>`;
}

const EMPTY = html`<p class="headline">No label looks wrong: the network has settled on no other label.</p>`;

function workplace(): Markup {
  return html`<section class="desk card" aria-labelledby="question">
      <figure><img id="photo" alt="" width="420" height="420" /></figure>
      <div>
        <p class="note" id="place"></p>
        <h2 id="question"></h2>
        <p class="verdict" id="labelled"></p>
        <p class="verdict" id="says"></p>
        <p class="note">Its last answers while it trained, the latest last:</p>
        <ol class="answers" id="answers"></ol>
        <p class="note file" id="file"></p>
        <div class="actions" role="group" aria-label="What is on the photo?">
          ${button('relabel', 'R', 'Relabel', 'relabel-text')}
          ${button('accept', 'A', 'The label is right', 'accept-text')}
          ${button('leaveOut', 'X', 'Leave it out', 'leave-out-text')}
          ${button('undo', 'Z', 'Undo', 'undo-text')}
        </div>
        <div class="actions classes" id="classes" role="group" aria-label="Move it to another class"></div>
        <p class="note">
          <kbd>←</kbd> <kbd>→</kbd> go to another photo. A class with a digit is one key, too.
        </p>
      </div>
    </section>
    <p id="status" role="status"></p>`;
}

function list({ photos }: ReviewData, sureness: string | undefined): Markup {
  return html`<section aria-labelledby="all">
    <h2 id="all">${plural(photos.length, 'photo')}, likeliest wrong first</h2>
    ${sureness !== undefined && html`<p class="note">${sureness}</p>`}
    <ul class="tiles" id="tiles"></ul>
  </section>`;
}

/** HTML of the page. @param script the bundled client */
export function reviewPage(
  data: ReviewData,
  { title, command, path, sureness }: ReviewAbout,
  script: string,
): string {
  const hasPhotos = data.photos.length > 0;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <title>${title}: labels to review</title>
        ${styleElement(STYLES + REVIEW_STYLES)}
      </head>
      <body>
        <header>
          <p class="eyebrow">Labels to review</p>
          <h1>${title}</h1>
        </header>
        <main>
          ${hasPhotos ? workplace() : EMPTY}
          <section aria-labelledby="again">
            <h2 id="again">Train again</h2>
            <p class="note">
              Every decision is written within a moment to <code>${path}</code>. Photos stay where they are.
              This command trains anew with the labels of that file:
            </p>
            <pre id="command">${command}</pre>
          </section>
          ${hasPhotos && list(data, sureness)}
        </main>
        <footer>
          Served by recency-bias review to this machine alone. A network that is often wrong suspects photos
          that are labelled right: look before you relabel.
        </footer>
        ${jsonElement('review-data', data)} ${hasPhotos ? scriptElement(script) : html``}
      </body>
    </html> `.text;
}
