/** `recency-bias train`: a comparison of one selector with one seed. */
import { readComparisonExperiment } from '../experiment/document/experiment-file.js';
import { DEFAULT_SELECTORS } from '../ground/methods.js';
import { compare } from './compare.js';
import { CommandError } from './errors.js';
import { applyFlags } from './experiment-flags.js';
import { printReport } from './report.js';
import { runExperiment } from './run-experiment.js';
import type { RunFlags } from './run-flags.js';
import { baseFor, presetInput } from './written-experiment.js';

/** Trains one selector with one seed. */
export async function train(flags: RunFlags & { seed?: number }): Promise<void> {
  const { seed = 1, ...rest } = flags;
  if (flags.resume === true && flags.out !== undefined && flags.preset === undefined) {
    const found = await readComparisonExperiment(flags.out);
    const begun = flags.selector === undefined && flags.seed === undefined && found !== undefined;
    if (begun) return compare(undefined, rest);
  }
  const selector = flags.selector ?? DEFAULT_SELECTORS;
  const [label = '', ...more] = Object.keys(selector);
  if (more.length > 0) {
    throw new CommandError(`train takes one --selector, not ${more.length + 1}; use compare for several`);
  }
  const name = flags.name ?? `train-${label}`;
  const given = { ...rest, selector, name, seeds: [seed] };
  const input =
    flags.preset === undefined
      ? { input: applyFlags(baseFor(flags), given), source: undefined }
      : await presetInput(flags.preset, given);
  const dir = await runExperiment(input, flags);
  if (dir !== undefined) await printReport([dir]);
}
