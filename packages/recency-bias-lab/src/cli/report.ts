/** `recency-bias report`, and the end of `compare`. */
import pc from 'picocolors';
import { writeReport } from '../report/index.js';

/** Flags of `report`. */
export interface ReportFlags {
  out?: string;
}

/** Makes the report of one comparison or several and prints the table and where the page lies. */
export async function printReport(dirs: readonly string[], { out }: ReportFlags = {}): Promise<void> {
  const { reportPath, terminalTable } = await writeReport(dirs, out === undefined ? {} : { out });
  process.stdout.write(`${terminalTable}\n\nReport: ${pc.bold(reportPath)}\n`);
}
