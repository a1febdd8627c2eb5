/** `recency-bias export --tensorboard`: the records of runs as TensorBoard reads them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readComparison, readRun } from '../records/read.js';
import type { Comparison } from '../records/run.js';
import { writeProblem } from '../records/run-writer.js';
import { exportComparison } from '../tensorboard/log-folder.js';
import { plural } from './format.js';

/** A run alone is a comparison of one. */
async function readAny(dir: string): Promise<Pick<Comparison, 'runs' | 'warmups'>> {
  if (!existsSync(join(dir, 'run.json'))) return readComparison(dir);
  const run = await readRun(dir);
  return run.header.kind === 'run' ? { runs: [run], warmups: [] } : { runs: [], warmups: [run] };
}

/**
 * Writes the event files of a run, or of all runs of a comparison.
 * @param out the log folder
 */
export async function exportTensorBoard(dir: string, out: string): Promise<void> {
  const found = await readAny(dir);
  try {
    await exportComparison(found, out);
  } catch (error) {
    throw writeProblem(error, out);
  }
  const count = found.runs.length + found.warmups.length;
  process.stdout.write(
    `${out} holds the events of ${plural(count, 'run')}; look at them with \`tensorboard --logdir ${out}\`\n`,
  );
}
