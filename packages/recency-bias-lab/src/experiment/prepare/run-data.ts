/** The data of a run as its network sees them. */
import { Random } from 'recency-bias';
import { AugmentedBatches } from '../../augment/augmented-batches.js';
import { ImagePreparation } from '../../augment/image-preparation.js';
import { MirroredPreparation } from '../../augment/mirrored.js';
import { isRandom, resolveAugmentation } from '../../augment/policies.js';
import { ImageBatches, splitMoments } from '../../data/image-batches.js';
import type { LabelledBatches, PixelMoments } from '../../data/image-batches.js';
import type { ImageDataset } from '../../data/image-dataset.js';
import type { ScalingRule } from '../../models/scaling.js';
import type { ResolvedExperiment } from '../document/resolve.js';

/** Training data, augmented; and the data to evaluate on, which never are. */
export interface RunData {
  readonly train: LabelledBatches;
  /** The training data without augmentation. */
  readonly probe: LabelledBatches;
  readonly test: LabelledBatches;
  /** How all of them are standardised. */
  readonly scaling: PixelMoments | 'image';
}

/**
 * Prepares the data of a run.
 * @param scaling the network's own; default: as the augmentation says
 * @param seed of the run
 */
export async function prepareRunData(
  { augmentation }: ResolvedExperiment,
  dataset: ImageDataset,
  seed: number,
  scaling?: ScalingRule,
): Promise<RunData> {
  const byImage = scaling === undefined ? augmentation.standardise === 'image' : scaling === 'image';
  const settings = { ...augmentation, standardise: byImage ? 'image' : 'channel' } as const;
  const moments =
    typeof scaling === 'object' ? scaling : await splitMoments(dataset.train, dataset.imageShape[2]);
  const plain = new ImagePreparation(dataset.imageShape, settings, moments, null);
  const probe = new ImageBatches(dataset.train, dataset, plain);
  const random = new Random(seed).split('augmentation');
  return {
    train: isRandom(settings)
      ? new AugmentedBatches(dataset.train, dataset, moments, settings, random)
      : probe,
    probe,
    test: new ImageBatches(dataset.test, dataset, plain),
    scaling: byImage ? 'image' : moments,
  };
}

/** The training data mirrored left to right, otherwise as `data.probe` has them. */
export function mirroredImages(dataset: ImageDataset, { scaling }: Pick<RunData, 'scaling'>): ImageBatches {
  const byImage = scaling === 'image';
  const settings = resolveAugmentation({ name: 'none', standardise: byImage ? 'image' : 'channel' });
  const moments = byImage ? { mean: [], std: [] } : scaling;
  const plain = new ImagePreparation(dataset.imageShape, settings, moments, null);
  return new ImageBatches(dataset.train, dataset, new MirroredPreparation(dataset.imageShape, plain));
}

/** The training samples on which every run's training loss is measured: the same for all. */
export function probeIndices({ probeSize, dataset }: ResolvedExperiment): Int32Array {
  const indices = Int32Array.from({ length: dataset.trainSize }, (_, i) => i);
  new Random(dataset.subsetSeed).split('probe').shuffle(indices);
  return indices.slice(0, probeSize).sort();
}
