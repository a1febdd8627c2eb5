/** `recency-bias compare`: trains selectors over seeds, and reports. */
import type { WrittenExperiment } from '../experiment/prepare/prepare.js';
import { usualLabel } from '../ground/methods.js';
import { PAPER_METHODS } from '../report/analysis/paper-numbers.js';
import { printReport } from './report.js';
import { runExperiment } from './run-experiment.js';
import type { RunFlags } from './run-flags.js';
import { readInput } from './written-experiment.js';

/** All methods of the paper, for a comparison that names none and has no grid. */
const COMPARED = Object.fromEntries(PAPER_METHODS.map(({ name }) => [usualLabel(name), { name }]));

function withMethods(written: WrittenExperiment): WrittenExperiment {
  const { input } = written;
  if (typeof input !== 'object' || input === null || Array.isArray(input) || 'grid' in input) return written;
  return { ...written, input: { selectors: COMPARED, ...input } };
}

/** Compares selectors; `file` is an experiment file. */
export async function compare(file: string | undefined, flags: RunFlags): Promise<void> {
  const dir = await runExperiment(withMethods(await readInput(file, flags)), flags);
  if (dir !== undefined) await printReport([dir]);
}
