/** The section on the settings of a comparison, and on how to do it again. */
import { join } from 'node:path';
import { quoted } from '../../ground/command.js';
import type { Analysis } from '../analysis/results.js';
import { describeValue, facts } from './facts.js';
import type { Markup } from './markup.js';
import { html } from './markup.js';
import type { Place } from './section.js';
import { section } from './section.js';

/** Settings as a list of terms. */
export function settingsSection(analysis: Analysis, place: Place): Markup {
  return section(
    place,
    'settings',
    'Settings',
    html`<div class="card">
      <dl class="facts">
        ${facts(analysis).map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
    </div>`,
  );
}

/** The command that trains the runs again: fine-tuning makes its model and the page on its photos as well. */
function command({ comparison, results }: Analysis): string {
  const [source = ''] = comparison.sources;
  const { model } = comparison.experiment as { readonly model?: unknown };
  const { name } = (typeof model === 'object' && model !== null ? model : {}) as { name?: unknown };
  const isFinetuning = name === 'pretrained' && results.selectors.length === 1 && results.seeds.length === 1;
  return isFinetuning
    ? `npx recency-bias finetune --like ${quoted(source)} --out again`
    : `npx recency-bias compare ${quoted(join(source, 'experiment.json'))} --out again`;
}

/** How to train this again. */
export function reproduceSection(analysis: Analysis, place: Place): Markup {
  const { comparison, header, results } = analysis;
  const packages = Object.entries(header?.environment.packages ?? {});
  const methods = results.selectors.map(({ title, method }) =>
    method === null
      ? html`<li>${title}</li>`
      : html`<li>
          ${title}: <code>${method.name}</code> ${describeValue(method.options) || 'with default options'}
        </li>`,
  );
  return section(
    place,
    'again',
    'Do it again',
    html`<p class="note">
        The experiment is in <code>experiment.json</code> of the records; the numbers above are in the JSON
        file beside this report. On the same backend, the same seeds give the same numbers; only the seconds
        differ. Start it in the folder in which the runs were started: paths in the experiment are seen from
        there.
      </p>
      <pre>${command(analysis)}</pre>
      <details>
        <summary>
          ${methods.length > 1 ? 'Selectors and their options' : 'The selector and its options'}
        </summary>
        <ul>
          ${methods}
        </ul>
      </details>
      ${
        header !== null &&
        html`<details>
          <summary>Experiment</summary>
          <pre>${JSON.stringify(comparison.experiment, null, 2)}</pre>
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
      }`,
  );
}
