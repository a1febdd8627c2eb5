/** The model that an experiment names: opened, and fitted to the experiment's data. */
import type { ImageDataset } from '../../data/image-dataset.js';
import { datasetNamed, modelNamed } from '../document/registries.js';
import type { OpenContext, OpenedModel } from '../../models/model.js';
import type { Experiment } from '../document/schema.js';

/** Opens a model: reads the files of one that lies in files. */
export async function openModel(
  { name, options }: Experiment['model'],
  context: OpenContext,
): Promise<OpenedModel> {
  const entry = modelNamed(name)!;
  const parsed = entry.options.parse(options);
  if ('open' in entry) return entry.open(parsed, context);
  return { options, notes: [], create: (input) => Promise.resolve(entry.create(input, parsed)) };
}

/** The experiment with what the model's files say: its options, and images as it takes them unless others are asked for. */
export function withModelFiles(experiment: Experiment, { options, imageShape }: OpenedModel): Experiment {
  const model = { ...experiment.model, options: { ...options } };
  const { dataset } = experiment;
  const { fields } = datasetNamed(dataset.name)!;
  if (imageShape === undefined) return { ...experiment, model };
  const [height, width, channels] = imageShape;
  const size: [number, number] | undefined = height === null || width === null ? undefined : [height, width];
  const square = size !== undefined && size[0] === size[1] ? size[0] : size;
  return {
    ...experiment,
    model,
    dataset: {
      ...dataset,
      ...(fields.includes('imageSize') && { imageSize: dataset.imageSize ?? square }),
      ...(fields.includes('channels') &&
        (channels === 1 || channels === 3) && { channels: dataset.channels ?? channels }),
    },
  };
}

/**
 * Builds the model of an experiment once, to find out before anything is written whether it can be.
 * @returns what is to be said of it, a line each
 */
export async function checkModel(
  { weightDecay, seeds }: Experiment,
  opened: OpenedModel,
  { imageShape, classes }: Pick<ImageDataset, 'imageShape' | 'classes'>,
): Promise<readonly string[]> {
  if (opened.notes.length === 0) return [];
  const model = await opened.create({ imageShape, classes, weightDecay, seed: seeds[0]! });
  model.dispose();
  return opened.notes;
}
