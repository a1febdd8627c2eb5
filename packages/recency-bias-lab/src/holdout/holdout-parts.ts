/** Which samples the models of holdout losses are trained on, and which they are asked about. */
import { Random } from 'recency-bias';
import { takeSamples } from '../data/image-dataset.js';
import type { ImageDataset } from '../data/image-dataset.js';
import { withLabelNoise } from '../data/label-noise.js';
import type { LabelNoise } from '../data/label-noise.js';
import { complement, stratifiedSubset, trainingSubset } from '../data/subset.js';

/** One model's share of the work. */
export interface HoldoutPart {
  /** Its `train` are the samples to train on, its `test` those to be asked about. */
  readonly dataset: ImageDataset;
  /** Index of each of `test` among the experiment's training samples. */
  readonly asked: Int32Array;
}

/** Two models crosswise: each sample is judged by the one whose half it is not in. Halves have equal class proportions. */
export function halves(dataset: ImageDataset, seed: number): HoldoutPart[] {
  const { train } = dataset;
  const random = new Random(seed).split('holdout halves');
  const first = stratifiedSubset(train.labels, train.size >>> 1, random);
  const second = complement(first, train.size);
  const part = (trained: Int32Array, asked: Int32Array): HoldoutPart => ({
    dataset: { ...dataset, train: takeSamples(train, trained), test: takeSamples(train, asked) },
    asked,
  });
  return [part(first, second), part(second, first)];
}

/**
 * One model on training data of the whole data set that the experiment's subset leaves out.
 * Where the experiment makes labels wrong on purpose, as large a share of theirs is wrong, too.
 * @param whole the data set with all training samples and the labels that it came with
 * @param subset the experiment's `dataset.trainSize`, `dataset.subsetSeed` and `dataset.labelNoise`
 * @param holdoutSize how many of them; default as many as the subset, or all there are
 * @throws RangeError when the subset leaves out none, or fewer than asked for
 */
export function rest(
  whole: ImageDataset,
  dataset: ImageDataset,
  subset: {
    readonly trainSize: number;
    readonly subsetSeed: number;
    readonly labelNoise?: LabelNoise | undefined;
  },
  seed: number,
  holdoutSize?: number,
): HoldoutPart[] {
  const { trainSize, subsetSeed, labelNoise } = subset;
  const available = whole.train.size - trainSize;
  if (available < 1) {
    throw new RangeError(
      `the experiment trains on all ${whole.train.size} samples, so none are left to hold out; use --holdout halves, or a smaller dataset.trainSize`,
    );
  }
  if (holdoutSize !== undefined && holdoutSize > available) {
    throw new RangeError(
      `--holdout-size: is ${holdoutSize}; expected at most the ${available} samples left out`,
    );
  }
  const left = takeSamples(
    whole.train,
    complement(trainingSubset(whole, trainSize, subsetSeed), whole.train.size),
  );
  const chosen = stratifiedSubset(
    left.labels,
    holdoutSize ?? Math.min(available, trainSize),
    new Random(seed).split('holdout rest'),
  );
  const asked = Int32Array.from({ length: dataset.train.size }, (_, i) => i);
  const held = { ...dataset, train: takeSamples(left, chosen), test: dataset.train };
  return [{ dataset: labelNoise === undefined ? held : withLabelNoise(held, labelNoise), asked }];
}
