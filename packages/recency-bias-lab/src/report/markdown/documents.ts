/**
 * Tables in Markdown documents. In a document that has marks, a table stands between two of them and is made from the comparison that
 * they name, by the name of its folder:
 *
 *     <!-- comparison mnist -->
 *     <!-- end of mnist -->
 *
 * The first word says which table: `comparison` (errors of every method, against Random), `record` (every method at the end and at
 * equal cost), `times` (how much sooner Recency Bias reaches the best error of each other), or `overview`, which may name several
 * comparisons and has a row for each.
 */
import { basename, resolve } from 'node:path';
import { SUBJECT } from '../../ground/methods.js';
import type { Analysis } from '../analysis/results.js';
import { headline } from '../headline.js';
import { comparisonTable, overviewTable, timeTable } from './comparison-tables.js';
import { equalCostTable } from './equal-cost-table.js';
import { cellText } from './markdown-table.js';

/** A table, between a mark of its kind and the names of its comparisons, and a mark of its end by kind or names. */
const MARK = /(<!-- (record|comparison|overview|times) ([^>]+?) -->\n)[^]*?(<!-- end of (?:\2|\3) -->)/g;

/** A comparison by the name of its folder; undefined where there is none. */
export type FindAnalysis = (name: string) => Analysis | undefined;

function tableFor(kind: string, analyses: readonly Analysis[]): string {
  const [first] = analyses;
  if (first === undefined) return 'Not measured yet.';
  switch (kind) {
    case 'overview':
      return overviewTable(analyses);
    case 'times':
      return timeTable(first);
    case 'record':
      return first.results.equalCost === null ? 'Not measured yet.' : equalCostTable(first.results.equalCost);
    default:
      return comparisonTable(first);
  }
}

/** Names of the comparisons that the marks of a document name. */
export function namedComparisons(document: string): string[] {
  return [...new Set([...document.matchAll(MARK)].flatMap(([, , , names]) => names!.split(' ')))];
}

/** The document with the tables between its marks made anew; what stands elsewhere stays. */
export function withTables(document: string, find: FindAnalysis): string {
  return document.replaceAll(MARK, (_, begin: string, kind: string, names: string, end: string) => {
    const analyses = names.split(' ').flatMap((name) => find(name) ?? []);
    return `${begin}\n${tableFor(kind, analyses)}\n\n${end}`;
  });
}

function chapter(analysis: Analysis, level: string): string[] {
  const { equalCost, timeReductions, name } = analysis.results;
  const times = timeReductions.some(({ selector, seeds }) => selector === SUBJECT.name && seeds.length > 0);
  return [
    `${level} ${cellText(name)}`,
    cellText(headline(analysis.results)),
    comparisonTable(analysis),
    ...(equalCost === null ? [] : [`${level}# At equal cost`, equalCostTable(equalCost)]),
    ...(times
      ? [`${level}# How much sooner Recency Bias reaches another's best error`, timeTable(analysis)]
      : []),
  ];
}

/** All tables as a document of their own. */
export function markdownReport(analyses: readonly Analysis[]): string {
  const parts =
    analyses.length === 1
      ? analyses.flatMap((analysis) => chapter(analysis, '#'))
      : [
          '# Comparisons',
          overviewTable(analyses),
          ...analyses.flatMap((analysis) => chapter(analysis, '##')),
        ];
  return `${parts.join('\n\n')}\n`;
}

/** The comparison whose directory has the name. */
export function findBySource(analyses: readonly Analysis[]): FindAnalysis {
  return (name) =>
    analyses.find(({ comparison }) =>
      comparison.sources.some((source) => basename(resolve(source)) === name),
    );
}

/**
 * The text that a Markdown file should hold: its own text with the tables made anew where it has marks, else a document of all tables.
 * @param present The file's text; undefined where there is none.
 * @returns null where the file has text without a mark, which would be lost.
 */
export function markdownFor(present: string | undefined, analyses: readonly Analysis[]): string | null {
  if (present === undefined || present.startsWith(GENERATED))
    return `${GENERATED}\n\n${markdownReport(analyses)}`;
  return namedComparisons(present).length === 0 ? null : withTables(present, findBySource(analyses));
}

/** First line of a document that may be replaced as a whole. */
const GENERATED = '<!-- made by recency-bias report -->';
