/** `recency-bias report`, and the end of `compare`. */
import pc from 'picocolors';
import { writeReport } from '../report/index.js';
import { printable } from '../report/printable.js';

/** Flags of `report`. */
export interface ReportFlags {
  out?: string;
  figures?: string;
  markdown?: string;
}

/** Makes the report of one comparison or several and prints the table and where the page and the figures lie. */
export async function printReport(dirs: readonly string[], flags: ReportFlags = {}): Promise<void> {
  const { reportPath, terminalTable, figures } = await writeReport(dirs, flags);
  const lines = [
    terminalTable,
    '',
    ...(flags.markdown === undefined ? [] : [`Tables: ${printable(flags.markdown)}`]),
    ...(figures.length === 0 ? [] : [`Figures: ${printable(figures.join(', '))}`]),
    `Report: ${pc.bold(printable(reportPath))}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
