/** The report as one file. */
import { createHash } from 'node:crypto';
import type { Analysis } from '../analysis/results.js';
import { chartData } from '../chart-data.js';
import { headline } from '../headline.js';
import { chartsSections } from './charts-section.js';
import { html, jsonElement, scriptElement, styleElement } from './markup.js';
import { matricesSection } from './matrices-section.js';
import { resultsSection } from './results-section.js';
import { samplesSection } from './samples-section.js';
import { reproduceSection, settingsSection } from './settings-section.js';
import { STYLES } from './styles.js';

/**
 * Allows the page its own script, its own styles and images within it, and nothing else: the report makes no request, and
 * text that slipped through as markup could not run.
 */
function contentPolicy(script: string): string {
  const hash = createHash('sha256').update(script, 'utf8').digest('base64');
  return `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
}

/**
 * HTML of the report.
 * @param script The bundled client, see bundle-client.ts.
 */
export function reportPage(analysis: Analysis, script: string): string {
  const { results } = analysis;
  const data = chartData(analysis);
  const description = analysis.header?.experiment.description;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${contentPolicy(script)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${results.name}: batch selection compared</title>
        ${styleElement(STYLES)}
      </head>
      <body>
        <header>
          <p class="eyebrow">Batch selection compared</p>
          <h1>${results.name}</h1>
          ${typeof description === 'string' && html`<p class="note">${description}</p>`}
          <p class="headline">${headline(results)}</p>
          ${results.warnings.map(({ message }) => html`<p class="warning" role="note">${message}</p>`)}
        </header>
        <main>
          ${settingsSection(analysis)} ${resultsSection(results)} ${matricesSection(results)}
          ${chartsSections(data)} ${samplesSection(analysis)} ${reproduceSection(analysis)}
        </main>
        <footer>
          Made by recency-bias-lab on ${results.generatedAt.slice(0, 10)}. Method: Song, Kim, Kim, Lee, “Carpe
          Diem, Seize the Samples Uncertain ‘at the Moment’ for Adaptive Batch Selection”, CIKM 2020.
        </footer>
        ${jsonElement('chart-data', data)} ${scriptElement(script)}
      </body>
    </html> `;
  return page.text;
}
