/** The report as one file: a comparison, or several with a table over all. */
import { createHash } from 'node:crypto';
import { paperTable } from '../analysis/paper-table.js';
import type { Analysis } from '../analysis/results.js';
import type { ChartData } from '../chart-data.js';
import { chartData } from '../chart-data.js';
import { plural } from '../format.js';
import { headline } from '../headline.js';
import { chartsSections } from './charts-section.js';
import { equalCostSection } from './equal-cost-section.js';
import { gridSection } from './grid-section.js';
import { html, jsonElement, scriptElement, styleElement } from './markup.js';
import type { Markup } from './markup.js';
import { pairedSection } from './paired-section.js';
import { paperTableSection } from './paper-table-section.js';
import { matricesSection } from './matrices-section.js';
import { resultsSection } from './results-section.js';
import { samplesSection } from './samples-section.js';
import type { Place } from './section.js';
import { ALONE } from './section.js';
import { reproduceSection, settingsSection } from './settings-section.js';
import { speedSection } from './speed-section.js';
import { STYLES } from './styles.js';
import { suspectsSection } from './suspects-section.js';
import { timeReductionSection } from './time-reduction-section.js';

/**
 * Allows the page its own script, its own styles and images within it, and nothing else: the report makes no request, and
 * text that slipped through as markup could not run.
 */
function contentPolicy(script: string): string {
  const hash = createHash('sha256').update(script, 'utf8').digest('base64');
  return `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
}

/** The result in a sentence, what it is about, and reasons for not trusting it. */
function summary({ comparison, results }: Analysis): Markup {
  const { description } = comparison.experiment;
  return html`${description !== undefined && html`<p class="note">${description}</p>`}
    <p class="headline">${headline(results)}</p>
    ${results.warnings.map(({ message }) => html`<p class="warning" role="note">${message}</p>`)}`;
}

/** All sections of a comparison; `beside` is the paper's table where it stands among them. */
function sections(analysis: Analysis, data: ChartData, place: Place, beside: Markup | false = false): Markup {
  const { results } = analysis;
  return html`${settingsSection(analysis, place)} ${resultsSection(results, place)} ${beside}
  ${gridSection(analysis, data, place)} ${pairedSection(results, place)} ${equalCostSection(analysis, place)}
  ${speedSection(analysis, place)} ${timeReductionSection(analysis, place)} ${matricesSection(results, place)}
  ${chartsSections(data, place)} ${samplesSection(analysis, place)} ${suspectsSection(analysis, place)}
  ${reproduceSection(analysis, place)}`;
}

function onlyComparison(analysis: Analysis, data: ChartData): Markup {
  const table = paperTable([analysis]);
  const isInPaper = table.groups.some(({ paper }) => paper.length > 0);
  return html`<header>
      <p class="eyebrow">Batch selection compared</p>
      <h1>${analysis.results.name}</h1>
      ${summary(analysis)}
    </header>
    <main data-comparison="0">
      ${sections(analysis, data, ALONE, isInPaper && paperTableSection(table, ALONE, () => null))}
    </main>`;
}

function severalComparisons(
  title: string,
  analyses: readonly Analysis[],
  data: readonly ChartData[],
): Markup {
  const anchor = (i: number): string => `comparison-${i + 1}`;
  return html`<header>
      <p class="eyebrow">Batch selection compared</p>
      <h1>${title}</h1>
    </header>
    <main>
      <nav aria-label="Comparisons">
        <ol class="contents">
          ${analyses.map(
            ({ results }, i) =>
              html`<li><a href="#${anchor(i)}">${results.name}</a><span>${headline(results)}</span></li>`,
          )}
        </ol>
      </nav>
      ${paperTableSection(paperTable(analyses), ALONE, anchor)}
      ${analyses.map(
        (analysis, i) =>
          html`<article data-comparison="${i}" aria-labelledby="${anchor(i)}">
            <h2 class="comparison" id="${anchor(i)}">${analysis.results.name}</h2>
            ${summary(analysis)} ${sections(analysis, data[i]!, { level: 3, prefix: `${anchor(i)}-` })}
          </article>`,
      )}
    </main>`;
}

/**
 * HTML of the report.
 * @param analyses At least one.
 * @param script The bundled client, see bundle-client.ts.
 */
export function reportPage(analyses: readonly Analysis[], script: string): string {
  const [first] = analyses;
  if (first === undefined) throw new RangeError('reportPage: got no comparison, expected at least one');
  const data = analyses.map(chartData);
  const isOne = analyses.length === 1;
  const title = isOne ? first.results.name : plural(analyses.length, 'experiment');
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${contentPolicy(script)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}: batch selection compared</title>
        ${styleElement(STYLES)}
      </head>
      <body>
        ${isOne ? onlyComparison(first, data[0]!) : severalComparisons(title, analyses, data)}
        <footer>
          Made by recency-bias-lab on ${first.results.generatedAt.slice(0, 10)}. Method: Song, Kim, Kim, Lee,
          “Carpe Diem, Seize the Samples Uncertain ‘at the Moment’ for Adaptive Batch Selection”, CIKM 2020.
        </footer>
        ${jsonElement('chart-data', data)} ${scriptElement(script)}
      </body>
    </html> `;
  return page.text;
}
