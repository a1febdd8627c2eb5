/** Smaller data sets with the class proportions of the whole. */
import { Random } from 'recency-bias';
import { takeSamples } from './image-dataset.js';
import type { ImageDataset, ImageSplit } from './image-dataset.js';

/**
 * Indices of a stratified random subset, ascending: each class has its share of the whole, rounded by largest
 * remainder, so that class counts differ from exact proportion by less than one.
 * @param size number of samples to choose, at most `labels.length`
 */
export function stratifiedSubset(labels: Int32Array, size: number, random: Random): Int32Array {
  const byClass = new Map<number, number[]>();
  labels.forEach((label, index) => {
    const members = byClass.get(label);
    if (members === undefined) byClass.set(label, [index]);
    else members.push(index);
  });
  const strata = [...byClass.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, members]) => {
      const exact = (members.length * size) / labels.length;
      return { members, take: Math.floor(exact), remainder: exact - Math.floor(exact) };
    });
  let missing = size - strata.reduce((sum, { take }) => sum + take, 0);
  for (const stratum of [...strata].sort((a, b) => b.remainder - a.remainder)) {
    if (missing === 0) break;
    stratum.take++;
    missing--;
  }
  const chosen = strata.flatMap(({ members, take }) => {
    const shuffled = Int32Array.from(members);
    random.shuffle(shuffled);
    return [...shuffled.subarray(0, take)];
  });
  return Int32Array.from(chosen).sort();
}

/** The indices below `size` that are not among `indices`, ascending. */
export function complement(indices: Int32Array, size: number): Int32Array {
  const taken = new Set(indices);
  return Int32Array.from({ length: size }, (_, i) => i).filter((i) => !taken.has(i));
}

/** Indices of the training samples that `subsetOf` takes for `seed`. */
export function trainingSubset({ train }: ImageDataset, size: number, seed: number): Int32Array {
  return stratifiedSubset(train.labels, size, new Random(seed).split('subset').split('train'));
}

function shrink(split: ImageSplit, size: number | undefined, random: Random): ImageSplit {
  if (size === undefined || size === split.size) return split;
  return takeSamples(split, stratifiedSubset(split.labels, size, random));
}

/**
 * A stratified random subset of a data set. The same seed gives the same samples, whatever the other part's size.
 * @throws RangeError when a size is larger than what the data set has.
 */
export function subsetOf(
  dataset: ImageDataset,
  {
    trainSize,
    testSize,
    seed,
  }: { readonly trainSize?: number; readonly testSize?: number; readonly seed: number },
): ImageDataset {
  const check = (field: string, size: number | undefined, available: number): void => {
    if (size !== undefined && size > available) {
      throw new RangeError(
        `dataset.${field}: ${size} is more than the ${available} samples that ${dataset.name} has`,
      );
    }
  };
  check('trainSize', trainSize, dataset.train.size);
  check('testSize', testSize, dataset.test.size);
  const random = new Random(seed).split('subset');
  return {
    ...dataset,
    train: shrink(dataset.train, trainSize, random.split('train')),
    test: shrink(dataset.test, testSize, random.split('test')),
  };
}
