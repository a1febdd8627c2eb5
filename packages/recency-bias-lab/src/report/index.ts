/** The end of a comparison: a table for the terminal, its numbers as JSON, and a page. */
import { dirname, join, relative } from 'node:path';
import pc from 'picocolors';
import { makeDirectory } from '../ground/make-directory.js';
import { mergeComparisons } from '../records/merge.js';
import { readComparison, RecordError } from '../records/read.js';
import { readText } from '../records/record-file.js';
import { replaceFile } from '../ground/replace-file.js';
import { writeProblem } from '../records/run-writer.js';
import type { Comparison } from '../records/run.js';
import { paperTable } from './analysis/paper-table.js';
import type { Analysis, Results } from './analysis/results.js';
import { analyse, RESULTS_VERSION } from './analysis/results.js';
import { pageScript } from './bundle-client.js';
import { chartData } from './chart-data.js';
import { resultsCsv, resultsJson } from './epoch-rows.js';
import { writeFigures } from './figures.js';
import { reportPage } from './html/page.js';
import { markdownFor } from './markdown/documents.js';
import { reportedRuns } from './reported-runs.js';
import { terminalPaperTable } from './terminal-paper-table.js';
import { terminalTable } from './terminal-table.js';
import { printable } from './printable.js';

export type { Results } from './analysis/results.js';
export { RESULTS_VERSION } from './analysis/results.js';

/** Numbers of a report on several experiments. */
export interface CombinedResults {
  readonly version: typeof RESULTS_VERSION;
  /** ISO 8601. */
  readonly generatedAt: string;
  readonly comparisons: readonly Results[];
}

/** The result of `writeReport`. */
export interface Report {
  /** Path of the page. */
  readonly reportPath: string;
  /** Table for the terminal, without a line feed at its end; coloured only where the terminal shows colours. */
  readonly terminalTable: string;
  /** Paths of the figures, where they were asked for. */
  readonly figures: readonly string[];
}

export interface ReportOptions {
  /**
   * Path of the page; its numbers are written beside it, under the same name with `.json` and `.csv`. Default: `report.html`,
   * `results.json` and `results.csv` in the directory, or `combined-report` with these endings in the first of several.
   */
  readonly out?: string;
  /** Folder for the main charts as SVG files. */
  readonly figures?: string;
  /** Markdown file for the tables; where it has marks (see markdown/documents.ts), only what stands between them is replaced. */
  readonly markdown?: string;
  /** Time of the report; default the present. */
  readonly now?: Date;
}

/** Where the page and its numbers go. */
function destination(dirs: readonly string[], out: string | undefined): { page: string; stem: string } {
  if (out !== undefined) return { page: out, stem: out.replace(/\.html?$/i, '') };
  const base = dirs[0] ?? '.';
  return dirs.length === 1
    ? { page: join(base, 'report.html'), stem: join(base, 'results') }
    : { page: join(base, 'combined-report.html'), stem: join(base, 'combined-report') };
}

async function write(path: string, content: string | Iterable<string>): Promise<void> {
  try {
    await makeDirectory(dirname(path));
    await replaceFile(path, content);
  } catch (error) {
    throw writeProblem(error, path);
  }
}

/** Comparisons of different experiments may have been given the same name: then each is named with its directory. */
export function withDistinctNames(comparisons: readonly Comparison[]): Comparison[] {
  return comparisons.map((comparison) => {
    const isShared = comparisons.some((other) => other !== comparison && other.name === comparison.name);
    return isShared
      ? { ...comparison, name: `${comparison.name} (${comparison.sources.join(', ')})` }
      : comparison;
  });
}

/** Paths of insights as the page at `page` links to them. */
function linkedFrom(page: string, comparison: Comparison): Comparison {
  const link = (path: string): string => encodeURI(relative(dirname(page), path).replaceAll('\\', '/'));
  return {
    ...comparison,
    runs: comparison.runs.map((run) =>
      run.insights === undefined ? run : { ...run, insights: link(run.insights) },
    ),
  };
}

function numbers(analyses: readonly Analysis[], now: Date): Results | CombinedResults {
  const [first, ...others] = analyses.map(({ results }) => results);
  if (first !== undefined && others.length === 0) return first;
  return {
    version: RESULTS_VERSION,
    generatedAt: now.toISOString(),
    comparisons: analyses.map(({ results }) => results),
  };
}

/** @throws RecordError when the file holds text that would be lost. */
async function writeMarkdown(path: string, analyses: readonly Analysis[]): Promise<void> {
  const text = markdownFor(await readText(path), analyses);
  if (text === null) {
    throw new RecordError(
      `${path}: holds text without a mark such as <!-- comparison NAME --> … <!-- end of NAME -->; add marks, or give another file`,
    );
  }
  await write(path, text);
}

/** One comparison's table; of several all of them, and the paper's table over all at the end, where it is seen. */
function terminalText(analyses: readonly Analysis[]): string {
  const tables = analyses.map((analysis) =>
    analyses.length === 1
      ? terminalTable(analysis)
      : `${pc.bold(printable(analysis.results.name))}\n${terminalTable(analysis)}`,
  );
  return [...tables, ...(analyses.length === 1 ? [] : [terminalPaperTable(paperTable(analyses))])].join(
    '\n\n',
  );
}

/**
 * Reads comparisons, complete or not, and writes a page and its numbers, each replaced atomically. Directories of the same
 * experiment (see `mergeComparisons`) become one comparison; different experiments become one page with a table over all.
 * @param dirs One comparison directory or several.
 * @throws RecordError when a directory holds no comparison or a damaged record, two hold different results of the same run, or
 * the page cannot be written.
 */
export async function writeReport(
  dirs: string | readonly string[],
  options: ReportOptions = {},
): Promise<Report> {
  const directories = [...new Set(typeof dirs === 'string' ? [dirs] : dirs)];
  if (directories.length === 0) throw new RecordError('report: got no directory, expected at least one');
  const now = options.now ?? new Date();
  const read = async (dir: string): Promise<Comparison> => readComparison(dir, await reportedRuns(dir));
  const comparisons = mergeComparisons(await Promise.all(directories.map(read)));
  const { page, stem } = destination(directories, options.out);
  const analyses = withDistinctNames(comparisons).map((comparison) =>
    analyse(linkedFrom(page, comparison), now),
  );
  await write(`${stem}.json`, resultsJson(numbers(analyses, now), analyses));
  await write(`${stem}.csv`, resultsCsv(analyses));
  await write(page, reportPage(analyses, await pageScript('client')));
  if (options.markdown !== undefined) await writeMarkdown(options.markdown, analyses);
  const figures =
    options.figures === undefined
      ? []
      : await writeFigures(
          options.figures,
          analyses.map((analysis) => ({ name: analysis.results.name, data: chartData(analysis) })),
        );
  return { reportPath: page, terminalTable: terminalText(analyses), figures };
}
