/** What was compared, with what, and how to do it again. */
import type { Analysis } from '../analysis/results.js';
import { count, duration, plural } from '../format.js';
import type { Markup } from './markup.js';
import { html } from './markup.js';

type Fact = readonly [name: string, value: string];

/** Plain text of a value of the experiment: `momentum, learningRate 0.1`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(describeValue).join('; ');
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([key, inner]) => (key === 'name' ? describeValue(inner) : `${key} ${describeValue(inner)}`))
      .join(', ');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Keys of the experiment that other facts already show. */
const SHOWN_ELSEWHERE = new Set([
  'name',
  'dataset',
  'model',
  'selectors',
  'seeds',
  'epochs',
  'batchSize',
  'warmupEpochs',
  'backend',
]);

/** Words of a camel-case key: `learningRateSteps` becomes `learning rate steps`. */
function words(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function wallClock({ comparison }: Analysis): Fact[] {
  const runs = [...comparison.warmups, ...comparison.runs];
  const starts = runs.map(({ header }) => Date.parse(header.startedAt));
  const ends = runs.flatMap(({ epochs }) => epochs.slice(-1).map(({ time }) => Date.parse(time)));
  if (starts.length === 0 || ends.length === 0) return [];
  const first = Math.min(...starts);
  const seconds = (Math.max(...ends) - first) / 1000;
  return [
    ['Begun', new Date(first).toISOString().slice(0, 16).replace('T', ' ') + ' UTC'],
    ...(seconds > 0 ? [['First to last epoch', duration(seconds)] as const] : []),
  ];
}

/** Facts of the experiment for the top of the report. */
export function facts(analysis: Analysis): Fact[] {
  const { header, results } = analysis;
  const selectors = results.selectors.map(({ title }) => title).join(', ');
  const seeds: Fact = ['Seeds', results.seeds.join(', ')];
  if (header === null) return [['Selectors', selectors], seeds];
  const { dataset, model, environment, experiment } = header;
  const rest = Object.entries(experiment)
    .filter(([key]) => !SHOWN_ELSEWHERE.has(key))
    .map(([key, value]): Fact => [
      words(key).replace(/^./, (letter) => letter.toUpperCase()),
      describeValue(value),
    ]);
  return [
    ['Data', `${dataset.name}, ${plural(dataset.classes, 'class').replace('classs', 'classes')}`],
    ['Samples', `${count(dataset.trainSize)} for training, ${count(dataset.testSize)} for testing`],
    ['Model', `${model.name}, ${count(model.parameters)} parameters`],
    ['Epochs', `${header.epochs}, the first ${header.warmupEpochs} a warm-up shared by all`],
    ['Batch', plural(header.batchSize, 'sample')],
    seeds,
    ...rest,
    ['Backend', environment.backend],
    ['Machine', `${environment.cpu.trim()}, ${plural(environment.cores, 'core')}`],
    ['Software', `Node ${environment.node.replace(/^v/, '')}, ${environment.platform}`],
    ...wallClock(analysis),
  ];
}

/** Settings as a list of terms. */
export function settingsSection(analysis: Analysis): Markup {
  return html`<section aria-labelledby="settings">
    <h2 id="settings">Settings</h2>
    <div class="card">
      <dl class="facts">
        ${facts(analysis).map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
    </div>
  </section>`;
}

/** How to make this comparison again. */
export function reproduceSection({ header, results }: Analysis): Markup {
  const packages = Object.entries(header?.environment.packages ?? {});
  const methods = results.selectors.map(({ title, method }) =>
    method === null
      ? html`<li>${title}</li>`
      : html`<li>
          ${title}: <code>${method.name}</code> ${describeValue(method.options) || 'with default options'}
        </li>`,
  );
  return html`<section aria-labelledby="again">
    <h2 id="again">Do it again</h2>
    <p class="note">
      The experiment is in <code>experiment.json</code> beside this report; the numbers above are in
      <code>results.json</code>. The same seeds give the same batches; the same backend gives the same
      weights.
    </p>
    <pre>npx recency-bias compare experiment.json --out again</pre>
    <details>
      <summary>Selectors and their options</summary>
      <ul>
        ${methods}
      </ul>
    </details>
    ${
      header !== null &&
      html`<details>
        <summary>Experiment</summary>
        <pre>${JSON.stringify(header.experiment, null, 2)}</pre>
      </details>`
    }
    ${
      packages.length > 0 &&
      html`<details>
        <summary>Packages</summary>
        <ul>
          ${packages.map(([name, version]) => html`<li>${name} ${version}</li>`)}
        </ul>
      </details>`
    }
  </section>`;
}
