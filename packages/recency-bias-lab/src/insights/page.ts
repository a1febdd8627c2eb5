/** insights.html: one file; its script enlarges pictures. */
import { count, plural } from '../report/format.js';
import { contentPolicy } from '../report/html/content-policy.js';
import { ENLARGED, ENLARGED_SOURCES, ENLARGED_STYLES } from '../report/html/enlarged.js';
import { html, scriptElement, styleElement } from '../report/html/markup.js';
import { STYLES } from '../report/html/styles.js';
import { selectorTitle } from '../report/analysis/titles.js';
import { codesLegend, gallerySection, isOfPhotos } from './cards.js';
import type { Insights } from './insights.js';
import { forgettingChart, overTimeChart, uncertaintyChart } from './page-charts.js';
import { insightsSentence, noiseSentence, surenessSentence } from './sentences.js';

const OWN_STYLES = `
.plot{display:block;width:100%;max-width:700px;height:auto;margin-top:8px}
.plot text{fill:var(--muted);font-size:11px}
.samples{grid-template-columns:repeat(auto-fill,minmax(min(400px,100%),1fr))}
.sample img,.sample .blank{width:160px;height:160px}
.photos img{image-rendering:auto}
body:not(:has(.photos)) #enlarged img,#enlarged img.thumbnail{image-rendering:pixelated}
.photos~#enlarged img.thumbnail{image-rendering:auto}
.gallery>summary{font-weight:600}
.codes{display:flex;flex-wrap:wrap;gap:6px 18px;margin:8px 0 0;padding:0;list-style:none;font-size:14px}
.codes b{display:inline-block;min-width:22px;margin-right:7px;padding:0 3px;border-radius:4px;color:#fff;background:var(--label);font:600 12px/20px ui-monospace,Menlo,Consolas,monospace;text-align:center}
@media (max-width:480px){.sample{flex-wrap:wrap}.sample .about{flex-basis:100%}}
.spark{display:block;width:120px;height:22px;margin:2px 0 4px}
.key{display:flex;flex-wrap:wrap;gap:4px 18px;margin:6px 0 0;color:var(--muted);font-size:13px}
.sample .file{font-size:12px;color:var(--muted)}
.chip{display:inline-block;padding:0 7px;border-radius:99px;background:var(--chip);font-size:12px}
@media (max-width:760px){.plot text{font-size:16px}}
`;

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

/** Pictures, script and addresses that the page needs besides the insights. */
export interface InsightsPageParts {
  /** Thumbnails of the first samples of each gallery, by gallery. */
  readonly images: readonly (readonly string[])[];
  /** The bundled script. */
  readonly script: string;
  /** Address of a sample's photo, relative to the page; undefined where it is in no file of its own. */
  readonly photo?: ((index: number) => string | undefined) | undefined;
}

/** HTML of the page. */
export function insightsPage(insights: Insights, { images, script, photo }: InsightsPageParts): string {
  const { header, complete, galleries, table } = insights;
  const title = header.kind === 'warmup' ? 'Warm-up' : selectorTitle(header.selector, header.method);
  const shown = galleries.map(({ indices }, i) => indices.slice(0, images[i]!.length));
  const noise = noiseSentence(insights);
  const sureness = surenessSentence(insights);
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
        <title>${header.id}: insights into the training samples</title>
        ${styleElement(STYLES + ENLARGED_STYLES + OWN_STYLES)}
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
          ${sureness !== undefined && html`<p class="note">${sureness}</p>`}
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
          ${galleries.map((gallery, i) => gallerySection(insights, gallery, images[i]!, photo))}
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
        ${ENLARGED} ${scriptElement(script)}
      </body>
    </html> `;
  return page.text;
}
