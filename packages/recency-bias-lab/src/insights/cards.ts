/** The samples of insights.html, one card each, in galleries that unfold. */
import { fixed, percent, plural } from '../report/format.js';
import type { Markup } from '../report/html/markup.js';
import { html } from '../report/html/markup.js';
import { zoom } from '../report/html/enlarged.js';
import { swatch } from '../report/html/results-section.js';
import { className, labelColor, picture, windowStrip } from '../report/html/samples-section.js';
import { sparkline } from './charts.js';
import { classCodes } from './class-codes.js';
import type { Gallery } from './galleries.js';
import type { Insights } from './insights.js';
import { isSuspect } from '../samples/suspects.js';
import { SLOTS } from './page-charts.js';

/** Images of fewer pixels a side show their pixels. */
const SMALLEST_PHOTO = 48;

/** More of a window than this is a verdict. */
const HALF = 0.5;

/** Whether the pictures are photos, which are shown smooth. */
export function isOfPhotos({ dataset }: Insights): boolean {
  return Math.min(dataset.imageShape[0], dataset.imageShape[1]) >= SMALLEST_PHOTO;
}

/** The class of each code in the cells; nothing where the cells hold names or numbers. */
export function codesLegend(names: readonly string[]): Markup | false {
  const codes = classCodes(names);
  if (codes === undefined || names.every((name) => name.length <= 2)) return false;
  return html`<ul class="codes" aria-label="Classes in the cells">
    ${names.map(
      (name, label) => html`<li><b style="--label:${labelColor(label)}">${codes[label]}</b>${name}</li>`,
    )}
  </ul>`;
}

/** `2.31`, or `unknown`. */
function loss(value: number | null): string {
  return value === null ? 'unknown' : fixed(value, 2);
}

function card(insights: Insights, index: number, image: string, address: string | undefined): Markup {
  const { table, header, dataset, wrong, likely } = insights;
  const file = dataset.train.files?.[index] ?? `training image ${index}`;
  const isDoubtful = isSuspect(table, index) && !likely.has(index);
  const names = header.dataset.classNames;
  const label = table.labels[index]!;
  const verdict = table.verdict(index);
  const confidence = table.confidence(index);
  const learnt = table.epochLearnt(index);
  const forgotten = table.timesForgotten(index);
  return html`<li class="sample">
    ${zoom(picture({ image, index, label }, names), file, address)}
    <div class="about">
      <p>
        labelled <strong>${className(names, label)}</strong>, network
        ${verdict.share > HALF ? 'says' : 'undecided, most often'}
        <strong>${className(names, verdict.label)}</strong> (${percent(verdict.share, 0)} %)
        ${isDoubtful && html`<span class="chip">doubtful suspect</span>`}
        ${wrong.has(index) && html`<span class="chip">made wrong on purpose</span>`}
      </p>
      ${windowStrip({ window: table.window(index), label }, names, classCodes(names))}
      ${sparkline(table.uncertaintyEpochs, table.uncertaintyOverTime(index))}
      <p class="muted">
        uncertainty ${fixed(table.uncertainty(index), 2)}, loss ${loss(table.meanLoss(index))}, probability of
        its label ${confidence === null ? 'unknown' : `${percent(confidence, 1)} %`}
      </p>
      <p class="muted">
        drawn ${plural(table.timesDrawn[index]!, 'time')},
        ${learnt === null ? 'never learnt' : `learnt in epoch ${learnt}, forgotten ${plural(forgotten, 'time')}`}
      </p>
      <p class="file">${address === undefined ? file : html`<a href="${address}">${file}</a>`}</p>
    </div>
  </li>`;
}

/** A kind of samples, folded. */
export function gallerySection(
  insights: Insights,
  { id, title, note, empty, indices }: Gallery,
  images: readonly string[],
  photo: (index: number) => string | undefined = () => undefined,
): Markup {
  const shown = indices.slice(0, images.length);
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${swatch(SLOTS[id])}${title}</h2>
    ${
      indices.length === 0
        ? html`<p class="note">${empty}</p>`
        : html`<p class="note">${note}</p>
            <details class="gallery">
              <summary>
                ${plural(indices.length, 'sample')}${indices.length > shown.length && `, the first ${shown.length} shown`}
              </summary>
              <ul class="samples">
                ${shown.map((index, i) => card(insights, index, images[i]!, photo(index)))}
              </ul>
            </details>`
    }
  </section>`;
}
