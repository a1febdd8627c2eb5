/** The end of a comparison: a table for the terminal, results.json and report.html. */
import { join } from 'node:path';
import { readComparison } from '../records/read.js';
import { replaceFile } from '../records/replace-file.js';
import { analyse } from './analysis/results.js';
import { clientScript } from './bundle-client.js';
import { reportPage } from './html/page.js';
import { terminalTable } from './terminal-table.js';

export type { Results } from './analysis/results.js';
export { RESULTS_VERSION } from './analysis/results.js';

/** What `writeReport` leaves. */
export interface Report {
  /** Path of report.html. */
  readonly reportPath: string;
  /** Table for the terminal, without a line feed at its end; coloured only where the terminal shows colours. */
  readonly terminalTable: string;
}

/**
 * Reads a comparison, complete or not, and writes `report.html` and `results.json` into its directory, each replaced
 * atomically.
 * @param options.now Time of the report; default the present.
 * @throws RecordError when the directory holds no comparison or a damaged record.
 */
export async function writeReport(
  comparisonDir: string,
  options: { readonly now?: Date } = {},
): Promise<Report> {
  const analysis = analyse(await readComparison(comparisonDir), options.now ?? new Date());
  const reportPath = join(comparisonDir, 'report.html');
  await replaceFile(join(comparisonDir, 'results.json'), `${JSON.stringify(analysis.results, null, 2)}\n`);
  await replaceFile(reportPath, reportPage(analysis, await clientScript()));
  return { reportPath, terminalTable: terminalTable(analysis) };
}
