/** The experiment as the user gave it: a file, a preset, a directory to go on with, or flags alone. */
import { readComparisonExperiment, readExperimentFile } from '../experiment/document/experiment-file.js';
import { presetNames } from '../experiment/document/presets.js';
import type { WrittenExperiment } from '../experiment/prepare/prepare.js';
import { CommandError } from './errors.js';
import { applyFlags, hasExperimentFlags } from './experiment-flags.js';
import { readPreset } from './presets.js';
import type { RunFlags } from './run-flags.js';

/** The experiment as the user gave it: a file, a preset or a directory to resume, with flags over it. */
export async function readInput(file: string | undefined, flags: RunFlags): Promise<WrittenExperiment> {
  const { preset, resume = false, out } = flags;
  if (file !== undefined && preset !== undefined) {
    throw new CommandError(`Give either an experiment file (${file}) or --preset ${preset}, not both`);
  }
  if (file !== undefined) return { input: applyFlags(await readExperimentFile(file), flags), source: file };
  if (preset !== undefined) return presetInput(preset, flags);
  if (resume && out !== undefined) {
    const input = await readComparisonExperiment(out);
    if (input !== undefined) return { input: applyFlags(input, flags), source: out, begun: out };
    throw new CommandError(`${out}: there is nothing to resume (it has no experiment.json)`);
  }
  if (hasExperimentFlags(flags)) return { input: applyFlags(baseFor(flags), flags), source: undefined };
  const presets = presetNames().join(', ');
  throw new CommandError(
    `Nothing to compare: give an experiment file, --preset <name> (${presets}), or flags such as --epochs 20; see --help`,
  );
}

/** A preset with flags over it. */
export async function presetInput(preset: string, flags: RunFlags): Promise<WrittenExperiment> {
  return { input: applyFlags(await readPreset(preset), flags), source: `preset ${preset}` };
}

/** The experiment that flags are put over where no file is given. */
export function baseFor({ dataPath }: RunFlags): unknown {
  return { dataset: dataPath === undefined ? 'mnist' : 'idx' };
}
