/** Wrong labels put in on purpose, to see what they do to training and whether they are found. */
import { Random } from 'recency-bias';
import { confusableClasses } from './confusable-classes.js';
import type { ImageDataset } from './image-dataset.js';

/** How many labels are wrong, and how. */
export interface LabelNoise {
  /** Share of the training labels, in (0, 1). */
  readonly share: number;
  /** Which ones, and what they become. */
  readonly seed: number;
  /**
   * The class that a wrong label becomes. `any` (default): one of the other classes, all alike likely. `confusable`: the class with which its
   * own is most easily confused, where it is known. A list: class c becomes class to[c].
   */
  readonly to?: 'any' | 'confusable' | readonly number[] | undefined;
}

/**
 * Indices whose labels are flipped, ascending: `share` of all, rounded, drawn without replacement.
 * The same for the same number of samples and the same seed, whatever the labels become.
 */
export function flippedSamples(
  size: number,
  { share, seed }: Pick<LabelNoise, 'share' | 'seed'>,
): Int32Array {
  const order = Int32Array.from({ length: size }, (_, i) => i);
  new Random(seed).split('label-noise').split('which').shuffle(order);
  return order.slice(0, Math.round(size * share)).sort();
}

/** The class that each class becomes; undefined where it is drawn. */
function targets(dataset: ImageDataset, to: LabelNoise['to'] = 'any'): readonly number[] | undefined {
  if (to === 'any') return undefined;
  if (to === 'confusable') return confusableClasses(dataset);
  const { classes, name } = dataset;
  if (to.length !== classes || to.some((other, own) => other === own || other >= classes)) {
    throw new RangeError(
      `dataset.labelNoise.to: is [${to.join(', ')}]; expected another class, from 0 to ${classes - 1}, for each of the ${classes} classes of ${name}`,
    );
  }
  return to;
}

/**
 * The data set with wrong labels in its training data. The test data stay as they are.
 * @throws RangeError when `noise.to` does not fit the classes.
 */
export function withLabelNoise(dataset: ImageDataset, noise: LabelNoise): ImageDataset {
  const { train, classes } = dataset;
  const random = new Random(noise.seed).split('label-noise').split('label');
  const become = targets(dataset, noise.to);
  const labels = train.labels.slice();
  for (const index of flippedSamples(train.size, noise)) {
    const own = labels[index]!;
    labels[index] = become === undefined ? (own + 1 + random.int(classes - 1)) % classes : become[own]!;
  }
  return { ...dataset, train: { ...train, labels } };
}
