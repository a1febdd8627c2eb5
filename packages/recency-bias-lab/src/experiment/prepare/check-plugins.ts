/** Holds the modules of an experiment to what a comparison rests on, before anything is trained. */
import type { ImageDataset } from '../../data/image-dataset.js';
import type { OpenedModel } from '../../models/model.js';
import { checkModelPlugin } from '../../plugins/model-plugin.js';
import { loadedModel, loadedSelector } from '../../plugins/loaded-plugins.js';
import { checkSelector } from '../../plugins/selector-plugin.js';
import type { ResolvedExperiment } from '../document/resolve.js';

/**
 * Checks selectors and the model that are modules; data sets are checked as they are read.
 * @throws PluginError naming the file and what it does wrong
 */
export async function checkPlugins(
  { selectors, model, weightDecay, seeds }: ResolvedExperiment,
  opened: OpenedModel,
  { imageShape, classes }: Pick<ImageDataset, 'imageShape' | 'classes'>,
): Promise<void> {
  for (const { name, options } of Object.values(selectors)) {
    const loaded = loadedSelector(name);
    if (loaded !== undefined) await checkSelector(name, loaded.part, options);
  }
  if (loadedModel(model.name) === undefined) return;
  const [seed] = seeds;
  await checkModelPlugin(model.name, () => opened.create({ imageShape, classes, weightDecay, seed: seed! }));
}
