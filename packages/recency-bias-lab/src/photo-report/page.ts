/** The page on a classifier of one's own photos, for the owner of the photos. */
import { lineChart } from '../insights/charts.js';
import { count, percent, plural } from '../report/format.js';
import type { Markup } from '../report/html/markup.js';
import { contentPolicy } from '../report/html/content-policy.js';
import { ENLARGED, ENLARGED_SOURCES, ENLARGED_STYLES, zoom } from '../report/html/enlarged.js';
import { html, scriptElement, styleElement } from '../report/html/markup.js';
import { STYLES } from '../report/html/styles.js';
import type { Duplicate, PhotoPlace } from './duplicates.js';
import { classAccuracies, confusionMatrix, wilsonInterval } from './held-out.js';
import type { HeldOutPhoto } from './held-out.js';
import { nextSteps } from './next-steps.js';

/** Classes whose confusion matrix fits on a page. */
const MATRIX_CLASSES = 20;
/** Classes whose tables are seen at once. */
const UNFOLDED_CLASSES = 12;
const OWN_STYLES = `
header{padding-top:40px}
section{margin-top:32px}
.plot{display:block;width:100%;height:auto;margin-top:8px}
.plot text{fill:var(--muted);font-size:11px}
.photos{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(150px,45%),1fr));gap:14px;margin:14px 0 0;padding:0;list-style:none}
.photos .sample{display:block;padding:0;border:0;background:none}
.photos .zoom{width:100%}
.photos .pair{display:grid;grid-template-columns:1fr 1fr;gap:4px}
.pairs{grid-template-columns:repeat(auto-fill,minmax(min(260px,100%),1fr))}
.photos .sample img{display:block;width:100%;height:auto;aspect-ratio:1;border-radius:8px;object-fit:contain;background:#000;image-rendering:auto}
.photos p{margin:4px 0 0;font-size:13px;line-height:1.35;overflow-wrap:anywhere}
.photos .file{color:var(--muted)}
.matrix td,.matrix th{text-align:center;padding:8px}
.matrix .right{font-weight:700;outline:2px solid var(--good);outline-offset:-3px;border-radius:6px}
.matrix .wrong{background:var(--warn)}
.steps{margin:8px 0 0;padding-left:20px;max-width:80ch}
.steps li{margin:4px 0}
pre{white-space:pre-wrap}
@media (max-width:760px){.plot text{font-size:16px}th,td{padding:8px 5px}}
`;

/** The facts that the page is made from. */
export interface PhotoReport {
  /** Name of the run. */
  readonly title: string;
  readonly classNames: readonly string[];
  readonly photos: readonly HeldOutPhoto[];
  /** Training photos of each class. */
  readonly trained: readonly number[];
  /** Wrong answers that are shown. */
  readonly wrong: readonly (HeldOutPhoto & PhotoPlace)[];
  /** Wrong answers in all. */
  readonly wrongCount: number;
  /** Epochs with the share of held-out photos that were right after them. */
  readonly curve: readonly { readonly epoch: number; readonly accuracy: number }[];
  /** The epoch whose weights the model has. */
  readonly epoch: number;
  /** Undefined where there were too many photos to compare. */
  readonly duplicates: readonly Duplicate[] | undefined;
  /** Those that are shown. */
  readonly shownPairs: readonly Duplicate[];
  /** The picture of a photo that is shown, as a data URI. */
  readonly picture: (photo: PhotoPlace) => string;
  /** Address of a photo's file, relative to the page; undefined where the photos are no files. */
  readonly address: (file: string) => string | undefined;
  /** The bundled script that enlarges pictures. */
  readonly script: string;
  /** Command that classifies with the model. */
  readonly command: string;
}

function matrixTable(matrix: readonly (readonly number[])[], names: readonly string[]): Markup {
  return html`<div class="card scroll">
    <table class="matrix">
      <caption>
        Held-out photos: label at the left, answer above. Outlined: right.
      </caption>
      <thead>
        <tr>
          <th scope="col">labelled</th>
          ${names.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${matrix.map(
          (row, label) =>
            html`<tr>
              <th scope="row">${names[label]}</th>
              ${row.map((photos, answer) => html`<td class="${answer === label ? 'right' : photos > 0 ? 'wrong' : ''}">${photos}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function classTable(matrix: readonly (readonly number[])[], { classNames, trained }: PhotoReport): Markup {
  return html`<div class="card scroll">
    <table>
      <caption>
        Accuracy by class, with its 95 % interval
      </caption>
      <thead>
        <tr>
          <th scope="col">class</th>
          <th scope="col">right</th>
          <th scope="col">interval</th>
          <th scope="col">held out</th>
          <th scope="col">trained</th>
        </tr>
      </thead>
      <tbody>
        ${classAccuracies(matrix).map(({ label, right, photos }) => {
          const { low, high } = wilsonInterval(right, photos);
          return html`<tr>
            <th scope="row">${classNames[label]}</th>
            <td>${photos === 0 ? 'unknown' : `${percent(right / photos, 0)} %`}</td>
            <td>${photos === 0 ? 'unknown' : `${percent(low, 0)} to ${percent(high, 0)} %`}</td>
            <td>${count(photos)}</td>
            <td>${count(trained[label]!)}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

/** The tables of the classes, folded where there are many. */
function classesSection(matrix: readonly (readonly number[])[], report: PhotoReport): Markup {
  const { classNames } = report;
  const tables = html`<div class="grid">
    ${classTable(matrix, report)} ${classNames.length <= MATRIX_CLASSES && matrixTable(matrix, classNames)}
  </div>`;
  if (classNames.length <= UNFOLDED_CLASSES) return tables;
  return html`<details>
    <summary>Accuracy of ${classNames.length} classes</summary>
    ${tables}
  </details>`;
}

/** A photo that enlarges. */
function shownPhoto(photo: PhotoPlace, { picture, address }: PhotoReport): Markup {
  const { file } = photo;
  return zoom(html`<img src="${picture(photo)}" alt="${file}" loading="lazy" />`, file, address(file));
}

function wrongSection(report: PhotoReport): Markup {
  const { wrong, wrongCount, classNames } = report;
  if (wrongCount === 0) return html`<p class="note">Every held-out photo was right.</p>`;
  return html`<details>
    <summary>
      ${plural(wrongCount, 'held-out photo')}
      wrong${wrongCount > wrong.length && `, the surest ${wrong.length} shown`}
    </summary>
    <ul class="photos samples">
      ${wrong.map((photo) => {
        const { file, label, predicted, probability } = photo;
        return html`<li class="sample">
          ${shownPhoto(photo, report)}
          <div class="about">
            <p>
              labelled <strong>${classNames[label]}</strong>, answer
              <strong>${classNames[predicted]}</strong> (${percent(probability, 0)} %)
            </p>
            <p class="file">${file}</p>
          </div>
        </li>`;
      })}
    </ul>
  </details>`;
}

function duplicatesSection(report: PhotoReport): Markup {
  const { duplicates, shownPairs } = report;
  if (duplicates === undefined) return html`<p class="note">Too many photos to compare each with each.</p>`;
  if (duplicates.length === 0) return html`<p class="note">No photo is there twice.</p>`;
  const across = duplicates.filter(({ isAcross }) => isAcross).length;
  return html`<details>
    <summary>
      ${plural(duplicates.length, 'pair')} of equal or nearly equal
      photos${across > 0 && `, ${across} of a held-out and a training photo`}${duplicates.length > shownPairs.length && `; the first ${shownPairs.length} shown`}
    </summary>
    <ul class="photos pairs samples">
      ${shownPairs.map(
        ({ first, second, isExact, isAcross, sameLabel }) =>
          html`<li class="sample">
            <div class="pair">${shownPhoto(first, report)}${shownPhoto(second, report)}</div>
            <div class="about">
              <p>
                ${isExact ? 'equal' : 'nearly equal'}${isAcross && ', held out and trained'}${!sameLabel && ', with different labels'}
              </p>
              <p class="file">${first.file} and ${second.file}</p>
            </div>
          </li>`,
      )}
    </ul>
  </details>`;
}

/** HTML of the page. */
export function photoReportPage(report: PhotoReport): string {
  const { photos, classNames, trained, curve, epoch, duplicates, command, title, script } = report;
  const matrix = confusionMatrix(photos, classNames.length);
  const right = photos.filter(({ label, predicted }) => label === predicted).length;
  const { low, high } = wilsonInterval(right, photos.length);
  const across = new Set(duplicates?.flatMap((pair) => (pair.isAcross ? [pair.first.file] : []))).size;
  const steps = nextSteps(matrix, trained, classNames, across);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="${contentPolicy({ script, images: ENLARGED_SOURCES })}"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}: how good is it?</title>
        ${styleElement(STYLES + ENLARGED_STYLES + OWN_STYLES)}
      </head>
      <body>
        <header>
          <p class="eyebrow">A classifier of your photos</p>
          <h1>${percent(right / photos.length, 1)} % right</h1>
          <p class="headline">
            ${right} of ${plural(photos.length, 'held-out photo')} of ${classNames.length} classes. With so
            many photos, the accuracy lies between ${percent(low, 0)} and ${percent(high, 0)} % (95 %
            interval).
          </p>
          <p class="note">
            The model is that of the moment when most of these photos were right, after it had seen the
            training photos ${plural(epoch, 'time')}. So expect a little less on new photos.
          </p>
        </header>
        <main>
          ${
            steps.length > 0 &&
            html`<section aria-labelledby="next">
              <h2 id="next">What to do next</h2>
              <ul class="steps">
                ${steps.map((step) => html`<li>${step}</li>`)}
              </ul>
            </section>`
          }
          <section aria-labelledby="classes">
            <h2 id="classes">Which classes are right, and what are they taken for?</h2>
            ${classesSection(matrix, report)}
          </section>
          <section aria-labelledby="wrong">
            <h2 id="wrong">Which photos are wrong?</h2>
            ${wrongSection(report)}
          </section>
          <section aria-labelledby="curve">
            <h2 id="curve">How did it learn?</h2>
            <div class="grid">
              <div class="card">
                <h3 class="card-title">Share of held-out photos that are right</h3>
                ${lineChart(
                  'Accuracy on the held-out photos over epochs',
                  curve.map((point) => point.epoch),
                  [{ name: 'held-out photos', slot: 1, values: curve.map(({ accuracy }) => accuracy) }],
                  'percent',
                )}
              </div>
              <div class="card">
                <h3 class="card-title">Use it</h3>
                <p class="note below">
                  Open <a href="model/try.html">model/try.html</a> for photos and the webcam, or type
                </p>
                <pre>${command}</pre>
                <p class="note below">In a page of your own: loadClassifier of recency-bias/classifier.</p>
              </div>
            </div>
          </section>
          <section aria-labelledby="twice">
            <h2 id="twice">Which photos are there twice?</h2>
            ${duplicatesSection(report)}
          </section>
        </main>
        <footer>
          Made by recency-bias-lab. How the batches were chosen: <a href="report.html">report.html</a>. The
          answer for each held-out photo: held-out.json.
        </footer>
        ${ENLARGED} ${scriptElement(script)}
      </body>
    </html> `;
  return page.text;
}
