/** The presets as experiments, with what they leave open filled in. */
import { applyFlags } from '../../src/cli/experiment-flags.js';
import { readExperimentFile } from '../../src/experiment/document/experiment-file.js';
import { presetPath } from '../../src/experiment/document/presets.js';
import { parseExperiment, resolveExperiment } from '../../src/experiment/document/resolve.js';
import type { ResolvedExperiment } from '../../src/experiment/document/resolve.js';
import type { Experiment } from '../../src/experiment/document/schema.js';
import { isPluginPath } from '../../src/plugins/plugin-path.js';

/** Samples and classes of the data sets that presets name. */
export const DATA_SIZES: Readonly<Record<string, { trainSize: number; testSize: number; classes: number }>> =
  {
    mnist: { trainSize: 60_000, testSize: 10_000, classes: 10 },
    'fashion-mnist': { trainSize: 60_000, testSize: 10_000, classes: 10 },
    cifar10: { trainSize: 50_000, testSize: 10_000, classes: 10 },
    cifar100: { trainSize: 50_000, testSize: 10_000, classes: 100 },
    folder: { trainSize: 5_000, testSize: 1_000, classes: 67 },
    'tiny-imagenet': { trainSize: 100_000, testSize: 10_000, classes: 200 },
  };

/** Presets for folders of one's own and for backbones of one's own leave open where these are. */
function filledIn(input: unknown): unknown {
  return applyFlags(input, {
    ...(JSON.stringify(input).includes('"folder"') && { dataPath: 'photos' }),
    ...(JSON.stringify(input).includes('"pretrained"') && { backbone: 'network' }),
  });
}

/** A preset as an experiment. */
export async function parsedPreset(name: string): Promise<Experiment> {
  return parseExperiment(filledIn(await readExperimentFile(presetPath(name, 'preset'))), name);
}

/** A preset with every option filled in, for data of the size of its data set; without `rho-loss`, which reads a file, and modules. */
export async function resolvedPreset(name: string): Promise<ResolvedExperiment> {
  const experiment = await parsedPreset(name);
  const methods = Object.entries(experiment.selectors).filter(
    ([, { name: method }]) => method !== 'rho-loss' && !isPluginPath(method),
  );
  const selectors = Object.fromEntries(methods);
  return resolveExperiment({ ...experiment, selectors }, DATA_SIZES[experiment.dataset.name]!);
}
