/** A page to try a model with the webcam and with photos: one file that loads nothing. */
import type { ModelFiles } from '../models/model-files.js';
import type { SavedModelMetadata } from '../pretrained/saved-model.js';
import { listed, percent } from '../report/format.js';
import { contentPolicy } from '../report/html/content-policy.js';
import { html, jsonElement, Markup, scriptElement, styleElement } from '../report/html/markup.js';
import { STYLES } from '../report/html/styles.js';
import type { PageModel } from './page-model.js';
import { TRY_STYLES } from './styles.js';

/** Classes that the title names; of more it says how many there are. */
const NAMED = 4;

function title({ labels }: SavedModelMetadata): string {
  return labels.length > NAMED
    ? `Which of ${labels.length} classes?`
    : `${labels.slice(0, -1).join(', ')} or ${labels.at(-1)!}?`;
}

/**
 * HTML of the page.
 * @param files the model, which becomes part of the page
 * @param metadata what the model says of its classes and photos
 * @param script the bundled client, see script.ts
 */
export function tryPage(
  { topology, weightSpecs, weightData }: ModelFiles,
  metadata: SavedModelMetadata,
  script: string,
): string {
  const model: PageModel = { topology, weightSpecs, metadata };
  const weights = Buffer.from(weightData).toString('base64');
  const heading = title(metadata);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${contentPolicy({ script })}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${heading}</title>
        ${styleElement(STYLES + TRY_STYLES)}
      </head>
      <body>
        <header>
          <p class="eyebrow">Try the model</p>
          <h1>${heading}</h1>
          <p class="note">
            Right on ${percent(metadata.accuracy, 1)} % of ${metadata.accuracyOf}. Your photos stay in this
            page: nothing is sent anywhere.
          </p>
        </header>
        <main>
          <div class="tools">
            <label class="drop" id="drop">
              <strong>Drop photos here</strong>
              <span>or paste a photo, or choose files</span>
              <input id="files" type="file" accept="image/*" multiple disabled />
            </label>
            <button id="webcam" type="button" disabled>Use the webcam</button>
          </div>
          <p class="status" id="status" role="status">Loading the model…</p>
          <div class="card" id="live" hidden>
            <video muted playsinline></video>
            <div class="answers"></div>
          </div>
          <ol class="results" id="results" aria-live="polite"></ol>
          ${
            metadata.labels.length > NAMED &&
            html`<details>
              <summary>All classes</summary>
              <p>${listed(metadata.labels)}</p>
            </details>`
          }
        </main>
        <footer>
          Photos are ${metadata.fit === 'crop' ? 'cut to the middle and scaled' : 'scaled'} to
          ${metadata.imageSize.width} × ${metadata.imageSize.height} pixels, as the training photos were. The
          model and TensorFlow.js are within this file, which works without a network. Made by recency-bias.
        </footer>
        ${jsonElement('model', model)}
        <script type="text/plain" id="weights">
          ${new Markup(weights)}
        </script>
        ${scriptElement(script)}
      </body>
    </html> `;
  return page.text;
}
