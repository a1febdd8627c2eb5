/** The report as one file: a comparison, or several with a table over all. */
import { paperTable } from '../analysis/paper-table.js';
import type { Analysis } from '../analysis/results.js';
import type { ChartData } from '../chart-data.js';
import { chartData } from '../chart-data.js';
import { plural } from '../format.js';
import { headline } from '../headline.js';
import { chartsSections } from './charts-section.js';
import { contentPolicy } from './content-policy.js';
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

/** Images within the page, and no request; a page that is fed may ask the server that it came from. */
export function reportPolicy(script: string, isFed = false): string {
  return contentPolicy({ script, images: 'data:', ...(isFed && { connections: "'self'" }) });
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

/** The method of a training alone, of which nothing is compared. */
function onlyMethod(analyses: readonly Analysis[]): string | undefined {
  const methods = analyses.flatMap(({ results }) => results.selectors);
  return analyses.length === 1 && methods.length === 1 ? methods[0]!.title : undefined;
}

function eyebrow(analyses: readonly Analysis[]): string {
  const method = onlyMethod(analyses);
  return method === undefined ? 'Batch selection compared' : `Training with ${method}`;
}

/** The parts that a page which is fed has beside the report. */
export interface Live {
  /** Stands before the first section. */
  readonly above: Markup;
  /** The sections that stand open. */
  readonly open: ReadonlySet<string>;
}

function onlyComparison(analysis: Analysis, data: ChartData, live?: Live): Markup {
  const table = paperTable([analysis]);
  const place: Place = { ...ALONE, ...(live !== undefined && { open: live.open }) };
  const isCompared = onlyMethod([analysis]) === undefined;
  const isInPaper = isCompared && table.groups.some(({ paper }) => paper.length > 0);
  return html`<header>
      <p class="eyebrow">${eyebrow([analysis])}</p>
      <h1>${analysis.results.name}</h1>
      ${summary(analysis)}
    </header>
    <main data-comparison="0">
      ${live?.above}
      ${sections(analysis, data, place, isInPaper && paperTableSection(table, place, () => null))}
    </main>`;
}

function severalComparisons(
  title: string,
  analyses: readonly Analysis[],
  data: readonly ChartData[],
  live?: Live,
): Markup {
  const anchor = (i: number): string => `comparison-${i + 1}`;
  return html`<header>
      <p class="eyebrow">Batch selection compared</p>
      <h1>${title}</h1>
    </header>
    <main>
      ${live?.above}
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
            ${summary(analysis)}
            ${sections(analysis, data[i]!, { level: 3, prefix: `${anchor(i)}-`, ...(live !== undefined && { open: live.open }) })}
          </article>`,
      )}
    </main>`;
}

/** The name of what is on the page: of one comparison, its own. */
function pageTitle(analyses: readonly Analysis[]): string {
  const [first] = analyses;
  return first !== undefined && analyses.length === 1
    ? first.results.name
    : plural(analyses.length, 'experiment');
}

/** The title of the document: the name, and what it is. */
export function documentTitle(analyses: readonly Analysis[]): string {
  const what = eyebrow(analyses);
  return `${pageTitle(analyses)}: ${what.charAt(0).toLowerCase()}${what.slice(1)}`;
}

/**
 * All that is seen of the report but its last line.
 * @param analyses At least one.
 * @param data Of each analysis, for its charts.
 * @param live Of a page that is fed.
 */
export function pageContent(analyses: readonly Analysis[], data: readonly ChartData[], live?: Live): Markup {
  const [first] = analyses;
  if (first === undefined) throw new RangeError('pageContent: got no comparison, expected at least one');
  return analyses.length === 1
    ? onlyComparison(first, data[0]!, live)
    : severalComparisons(pageTitle(analyses), analyses, data, live);
}

/** The parts of a page. */
export interface PageParts {
  readonly title: string;
  readonly content: Markup;
  readonly data: readonly ChartData[];
  /** The bundled script, see bundle-client.ts. */
  readonly script: string;
  /** Last line. */
  readonly footer: Markup;
  /** More rules for the style sheet. */
  readonly styles?: string;
  /** Whether its server goes on feeding it. */
  readonly isFed?: boolean;
}

/** A whole page. */
export function pageDocument({
  title,
  content,
  data,
  script,
  footer,
  styles = '',
  isFed = false,
}: PageParts): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${reportPolicy(script, isFed)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${styleElement(STYLES + styles)}
      </head>
      <body>
        ${content}
        <footer>${footer}</footer>
        ${jsonElement('chart-data', data)} ${scriptElement(script)}
      </body>
    </html> `.text;
}

/**
 * HTML of the report.
 * @param analyses At least one.
 * @param script The bundled client, see bundle-client.ts.
 */
export function reportPage(analyses: readonly Analysis[], script: string): string {
  const data = analyses.map(chartData);
  return pageDocument({
    title: documentTitle(analyses),
    content: pageContent(analyses, data),
    data,
    script,
    footer: html`Made by recency-bias-lab on ${analyses[0]?.results.generatedAt.slice(0, 10)}. Method: Song,
    Kim, Kim, Lee, “Carpe Diem, Seize the Samples Uncertain ‘at the Moment’ for Adaptive Batch Selection”,
    CIKM 2020.`,
  });
}
