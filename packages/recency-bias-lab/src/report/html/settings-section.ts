/** What was compared, with what, and how to do it again. */
import type { Analysis } from '../analysis/results.js';
import { describeValue, facts } from './facts.js';
import type { Markup } from './markup.js';
import { html } from './markup.js';

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
      <code>results.json</code>. On the same backend, the same seeds give the same numbers; only the seconds
      differ.
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
