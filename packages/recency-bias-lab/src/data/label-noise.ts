/** Wrong labels put in on purpose, to see what they do to training and whether they are found. */
import { Random } from 'recency-bias';
import type { ImageDataset } from './image-dataset.js';

/** How many labels are wrong. */
export interface LabelNoise {
  /** Share of the training labels, in (0, 1). */
  readonly share: number;
  /** Which ones, and what they become. */
  readonly seed: number;
}

/**
 * Indices whose labels are flipped, ascending: `share` of all, rounded, drawn without replacement.
 * The same for the same number of samples and the same seed.
 */
export function flippedSamples(size: number, { share, seed }: LabelNoise): Int32Array {
  const order = Int32Array.from({ length: size }, (_, i) => i);
  new Random(seed).split('label-noise').split('which').shuffle(order);
  return order.slice(0, Math.round(size * share)).sort();
}

/**
 * The data set with wrong labels in its training data: each flipped label is one of the other classes, all alike likely.
 * The test data stay as they are.
 */
export function withLabelNoise(dataset: ImageDataset, noise: LabelNoise): ImageDataset {
  const { train, classes } = dataset;
  const random = new Random(noise.seed).split('label-noise').split('label');
  const labels = train.labels.slice();
  for (const index of flippedSamples(train.size, noise)) {
    labels[index] = (labels[index]! + 1 + random.int(classes - 1)) % classes;
  }
  return { ...dataset, train: { ...train, labels } };
}
