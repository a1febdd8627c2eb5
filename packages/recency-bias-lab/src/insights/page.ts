/** insights.html: one file, without a script. */
import { UNCERTAINTY_BINS } from '../records/schema.js';
import { uncertaintyHistogram } from '../samples/selection-statistics.js';
import { count, fixed, percent, plural } from '../report/format.js';
import type { Markup } from '../report/html/markup.js';
import { html, styleElement } from '../report/html/markup.js';
import { swatch } from '../report/html/results-section.js';
import { className, labelColor, picture, windowStrip } from '../report/html/samples-section.js';
import { STYLES } from '../report/html/styles.js';
import { selectorTitle } from '../report/analysis/titles.js';
import { barChart, lineChart, sparkline } from './charts.js';
import { classCodes } from './class-codes.js';
import type { Gallery } from './galleries.js';
import { isNeverLearnt } from './galleries.js';
import type { Insights } from './insights.js';
import { indicesWhere } from '../samples/suspects.js';

/** No script, no request; pictures and styles are within the page. */
const CONTENT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

const OWN_STYLES = `
.plot{display:block;width:100%;max-width:700px;height:auto;margin-top:8px}
.plot text{fill:var(--muted);font-size:11px}
.samples{grid-template-columns:repeat(auto-fill,minmax(min(400px,100%),1fr))}
.sample img,.sample .blank{width:160px;height:160px}
.photos .sample img{image-rendering:auto}
.codes{display:flex;flex-wrap:wrap;gap:6px 18px;margin:8px 0 0;padding:0;list-style:none;font-size:14px}
.codes b{display:inline-block;min-width:22px;margin-right:7px;padding:0 3px;border-radius:4px;color:#fff;background:var(--label);font:600 12px/20px ui-monospace,Menlo,Consolas,monospace;text-align:center}
@media (max-width:480px){.sample{flex-wrap:wrap}.sample .about{flex-basis:100%}}
.spark{display:block;width:120px;height:22px;margin:2px 0 4px}
.key{display:flex;flex-wrap:wrap;gap:4px 18px;margin:6px 0 0;color:var(--muted);font-size:13px}
.sample .file{font-size:12px;color:var(--muted)}
.chip{display:inline-block;padding:0 7px;border-radius:99px;background:var(--chip);font-size:12px}
@media (max-width:760px){.plot text{font-size:16px}}
`;

/** Most bars of the chart of forgetting; the last one holds all beyond. */
const FORGETTING_BARS = 11;

/** Palette slots of the galleries; 0 stands for all samples. */
const SLOTS: Readonly<Record<Gallery['id'], number>> = {
  uncertain: 1,
  suspects: 2,
  'never-learnt': 3,
  forgotten: 4,
};

/** Images of fewer pixels a side show their pixels. */
const SMALLEST_PHOTO = 48;

function isOfPhotos({ dataset }: Insights): boolean {
  return Math.min(dataset.imageShape[0], dataset.imageShape[1]) >= SMALLEST_PHOTO;
}

/** The class of each code in the cells; nothing where the cells hold names or numbers. */
function codesLegend(names: readonly string[]): Markup | false {
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

function card(insights: Insights, index: number, image: string): Markup {
  const { table, header, dataset, wrong } = insights;
  const names = header.dataset.classNames;
  const label = table.labels[index]!;
  const verdict = table.verdict(index);
  const confidence = table.confidence(index);
  const learnt = table.epochLearnt(index);
  const forgotten = table.timesForgotten(index);
  return html`<li class="sample">
    ${picture({ image, index, label }, names)}
    <div class="about">
      <p>
        labelled <strong>${className(names, label)}</strong>, network says
        <strong>${className(names, verdict.label)}</strong> (${percent(verdict.share, 0)} %)
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
      <p class="file">${dataset.train.files?.[index] ?? `training image ${index}`}</p>
    </div>
  </li>`;
}

function gallerySection(
  insights: Insights,
  { id, title, note, empty, indices }: Gallery,
  images: readonly string[],
): Markup {
  const shown = indices.slice(0, images.length);
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${swatch(SLOTS[id])}${title}</h2>
    ${
      indices.length === 0
        ? html`<p class="note">${empty}</p>`
        : html`<p class="note">
              ${note}
              ${plural(indices.length, 'sample')}${indices.length > shown.length && `, the first ${shown.length} shown`}.
            </p>
            <ul class="samples">
              ${shown.map((index, i) => card(insights, index, images[i]!))}
            </ul>`
    }
  </section>`;
}

/** Mean uncertainty of some samples after each epoch that was kept. */
function meanUncertainty({ table }: Insights, indices: readonly number[]): (number | null)[] {
  const sums = table.uncertaintyEpochs.map(() => ({ sum: 0, seen: 0 }));
  for (const index of indices) {
    for (const [point, value] of table.uncertaintyOverTime(index).entries()) {
      if (value === null) continue;
      sums[point]!.sum += value;
      sums[point]!.seen++;
    }
  }
  return sums.map(({ sum, seen }) => (seen === 0 ? null : sum / seen));
}

function uncertaintyChart({ table }: Insights): Markup {
  const bins = uncertaintyHistogram(table.history, table.size);
  return html`<div class="card">
    <h3 class="card-title">Uncertainty now</h3>
    <p class="note">Samples by the normalised entropy of their windows; 0: all predictions alike.</p>
    ${barChart(
      'Histogram of the uncertainty of all samples',
      'uncertainty',
      bins.map((samples, bin) => ({
        tick: bin % 4 === 0 ? fixed(bin / UNCERTAINTY_BINS, 1) : '',
        name: `${fixed(bin / UNCERTAINTY_BINS, 2)} to ${fixed((bin + 1) / UNCERTAINTY_BINS, 2)}`,
        count: samples,
        slot: 1,
      })),
    )}
  </div>`;
}

function forgettingChart({ table }: Insights): Markup {
  const counts = new Array<number>(FORGETTING_BARS).fill(0);
  const learnt = indicesWhere(table, (index) => table.epochLearnt(index) !== null);
  for (const index of learnt) counts[Math.min(FORGETTING_BARS - 1, table.timesForgotten(index))]!++;
  const never = indicesWhere(table, (index) => isNeverLearnt(table, index)).length;
  const bars = counts.map((samples, times) => {
    const text = times === FORGETTING_BARS - 1 ? `${times}+` : String(times);
    return { tick: text, name: `forgotten ${text} times`, count: samples, slot: 4 };
  });
  return html`<div class="card">
    <h3 class="card-title">Times forgotten</h3>
    <p class="note">Right, then wrong the next time. Samples never learnt stand apart at the right.</p>
    ${barChart('Number of samples by how often they were forgotten', 'times forgotten', [
      ...bars,
      { tick: '', name: 'none', count: 0, slot: 0 },
      { tick: 'never', name: 'never learnt', count: never, slot: 3 },
    ])}
  </div>`;
}

function overTimeChart(insights: Insights, shown: readonly (readonly number[])[]): Markup {
  const { table, galleries } = insights;
  const all = Array.from({ length: table.size }, (_, index) => index);
  const lines = [
    { name: 'all samples', slot: 0, values: meanUncertainty(insights, all) },
    ...galleries.flatMap(({ id, title }, i) =>
      shown[i]!.length === 0
        ? []
        : [{ name: title, slot: SLOTS[id], values: meanUncertainty(insights, shown[i]!) }],
    ),
  ];
  return html`<div class="card" style="margin-top:20px">
    <h3 class="card-title">Uncertainty over time</h3>
    <p class="note">
      Mean over all samples, and over those shown in each gallery; each card has the line of its own sample.
    </p>
    ${lineChart('Mean uncertainty over epochs of all samples and of each gallery', table.uncertaintyEpochs, lines)}
    <p class="key">${lines.map(({ name, slot }) => html`<span>${swatch(slot)}${name}</span>`)}</p>
  </div>`;
}

/** The outcome in a sentence or two. */
export function insightsSentence({ summary, table }: Pick<Insights, 'summary' | 'table'>): string {
  const { samples, suspects, uncertain, neverLearnt } = summary;
  return (
    `Of ${plural(samples, 'training sample')}, the network has settled against the label of ${count(suspects)}, ` +
    `is uncertain at the moment about ${count(uncertain)}, and has never once predicted ${count(neverLearnt)} right ` +
    `in ${plural(table.epoch, 'epoch')}.`
  );
}

/** How well the suspects find the labels made wrong on purpose; undefined where there are none. */
export function noiseSentence({ summary }: Pick<Insights, 'summary'>): string | undefined {
  const { labelNoise, suspects } = summary;
  if (labelNoise === undefined) return undefined;
  const { wrong, found, precision, recall } = labelNoise;
  const share = precision === null ? '' : `precision ${percent(precision, 1)} %, `;
  return `${plural(wrong, 'label')} were made wrong on purpose: ${count(found)} of the ${plural(suspects, 'suspect')} are among them (${share}recall ${percent(recall, 1)} %).`;
}

function facts({ header, table }: Insights): readonly (readonly [string, string])[] {
  const { dataset, model, seed, epochs, experiment } = header;
  return [
    ['Data', `${dataset.name}, ${count(dataset.classes)} classes`],
    ['Training samples', count(table.size)],
    ['Model', `${model.name}, ${count(model.parameters)} parameters`],
    ['Seed', String(seed)],
    ['Epochs', table.epoch === epochs ? String(epochs) : `${table.epoch} of ${epochs} so far`],
    ['Window', plural(table.history.window, 'prediction')],
    ['Experiment', typeof experiment.name === 'string' ? experiment.name : header.id],
  ];
}

/**
 * HTML of the page.
 * @param images thumbnails of the first samples of each gallery, by gallery
 */
export function insightsPage(insights: Insights, images: readonly (readonly string[])[]): string {
  const { header, complete, galleries, table } = insights;
  const title = header.kind === 'warmup' ? 'Warm-up' : selectorTitle(header.selector, header.method);
  const shown = galleries.map(({ indices }, i) => indices.slice(0, images[i]!.length));
  const noise = noiseSentence(insights);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${header.id}: insights into the training samples</title>
        ${styleElement(STYLES + OWN_STYLES)}
      </head>
      <body>
        <header>
          <p class="eyebrow">Insights into the training samples</p>
          <h1>${title}, seed ${header.seed}</h1>
          <p class="headline">${insightsSentence(insights)}</p>
          ${
            !complete &&
            html`<p class="warning" role="note">
              The run has not ended: this is what is known after ${table.epoch} of ${header.epochs} epochs.
            </p>`
          }
          ${noise !== undefined && html`<p class="warning" role="note">${noise}</p>`}
        </header>
        <main class="${isOfPhotos(insights) ? 'photos' : ''}">
          <section aria-labelledby="run">
            <h2 id="run">The run</h2>
            <div class="card">
              <dl class="facts">
                ${facts(insights).map(
                  ([name, value]) =>
                    html`<div>
                      <dt>${name}</dt>
                      <dd>${value}</dd>
                    </div>`,
                )}
              </dl>
            </div>
            <p class="note" style="margin-top:12px">
              All samples, one row each, are in <a href="insights.csv">insights.csv</a> and
              <a href="insights.json">insights.json</a> beside this page. Cells below are predicted labels,
              oldest first, underlined where they agree with the sample’s label; the line is the sample’s
              uncertainty over the epochs; its loss and the probability of its label are means over the run.
            </p>
            ${codesLegend(header.dataset.classNames)}
          </section>
          ${galleries.map((gallery, i) => gallerySection(insights, gallery, images[i]!))}
          <section aria-labelledby="all">
            <h2 id="all">All samples</h2>
            <div class="grid">${uncertaintyChart(insights)}${forgettingChart(insights)}</div>
            ${overTimeChart(insights, shown)}
          </section>
        </main>
        <footer>
          Made by recency-bias-lab. Forgetting: Toneva et al., “An Empirical Study of Example Forgetting
          during Deep Neural Network Learning”, ICLR 2019. Probability of the label: Swayamdipta et al.,
          “Dataset Cartography”, EMNLP 2020.
        </footer>
      </body>
    </html> `;
  return page.text;
}
