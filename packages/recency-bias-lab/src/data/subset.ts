/** Smaller data sets with the class proportions of the whole. */
import { Random } from 'recency-bias';
import { takeSamples } from './image-dataset.js';
import { longTailSubset } from './long-tail.js';
import type { ImageDataset, ImageSplit } from './image-dataset.js';

/** One class of a set of labels. */
interface Stratum {
  /** Its samples. */
  readonly members: readonly number[];
  /** How many of them its share of the subset is, a real number; and how many are taken. */
  readonly exact: number;
  take: number;
}

function strataOf(labels: Int32Array, size: number): Stratum[] {
  const byClass = new Map<number, number[]>();
  labels.forEach((label, index) => {
    const members = byClass.get(label);
    if (members === undefined) byClass.set(label, [index]);
    else members.push(index);
  });
  return [...byClass.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, members]) => {
      const exact = (members.length * size) / labels.length;
      return { members, exact, take: Math.floor(exact) };
    });
}

function draw(strata: readonly Stratum[], random: Random): Int32Array {
  const chosen = strata.flatMap(({ members, take }) => {
    const shuffled = Int32Array.from(members);
    random.shuffle(shuffled);
    return [...shuffled.subarray(0, take)];
  });
  return Int32Array.from(chosen).sort();
}

/** Gives and takes single samples until `size` are taken, where a class is furthest from its share, within its limits. */
function settle(strata: readonly Stratum[], size: number, least: number, spare: number): void {
  let missing = size - strata.reduce((sum, { take }) => sum + take, 0);
  while (missing !== 0) {
    const step = Math.sign(missing);
    let best: Stratum | undefined;
    for (const stratum of strata) {
      const next = stratum.take + step;
      if (next < least || next > stratum.members.length - spare) continue;
      if (best === undefined || step * (stratum.exact - stratum.take) > step * (best.exact - best.take))
        best = stratum;
    }
    if (best === undefined) return;
    best.take += step;
    missing -= step;
  }
}

/**
 * Indices of a stratified random subset, ascending: each class has its share of the whole, rounded by largest
 * remainder, so that class counts differ from exact proportion by less than one; and at least one sample of every class where
 * `size` allows, at the cost of the largest.
 * @param size number of samples to choose, at most `labels.length`
 */
export function stratifiedSubset(labels: Int32Array, size: number, random: Random): Int32Array {
  const strata = strataOf(labels, size);
  const remainder = ({ exact }: Stratum): number => exact - Math.floor(exact);
  let missing = size - strata.reduce((sum, { take }) => sum + take, 0);
  for (const stratum of [...strata].sort((a, b) => remainder(b) - remainder(a))) {
    if (missing === 0) break;
    stratum.take++;
    missing--;
  }
  if (size >= strata.length && strata.some(({ take }) => take === 0)) {
    for (const stratum of strata) stratum.take = Math.max(stratum.take, 1);
    settle(strata, size, 1, 0);
  }
  return draw(strata, random);
}

/**
 * The samples to hold out of a division, ascending: `share` of each class as `stratifiedSubset` takes it, but at least one of every
 * class, and at least one left to train on. Where a class is too small for its share, the held-out ones may be more or fewer
 * than `share` of all.
 * @param labels of classes of at least two samples each
 * @param share in (0, 1)
 */
export function heldOut(labels: Int32Array, share: number, random: Random): Int32Array {
  const size = Math.max(1, Math.round(labels.length * share));
  const strata = strataOf(labels, size);
  const isRoomy = strata.every(({ exact, members }) => exact >= 1 && members.length - exact >= 1);
  if (isRoomy) return stratifiedSubset(labels, size, random);
  for (const stratum of strata) {
    stratum.take = Math.min(Math.max(Math.round(stratum.exact), 1), stratum.members.length - 1);
  }
  settle(strata, size, 1, 1);
  return draw(strata, random);
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
 * A random subset of a data set, stratified unless `imbalance` gives its training data a long tail. The same seed gives the same
 * samples, whatever the other part's size.
 * @param options.imbalance ratio of the first class to the last, above 1
 * @throws RangeError when a size is larger than what the data set has.
 */
export function subsetOf(
  dataset: ImageDataset,
  {
    trainSize,
    testSize,
    seed,
    imbalance,
  }: {
    readonly trainSize?: number;
    readonly testSize?: number;
    readonly seed: number;
    readonly imbalance?: number;
  },
): ImageDataset {
  const check = (field: string, size: number | undefined, available: number): void => {
    if (size !== undefined && size > available) {
      throw new RangeError(
        `dataset.${field}: ${size} is more than the ${available} samples that ${dataset.name} has`,
      );
    }
  };
  const classes = new Set(dataset.train.labels).size;
  if (trainSize !== undefined && trainSize < classes) {
    throw new RangeError(
      `dataset.trainSize: ${trainSize} is fewer than the ${classes} classes of ${dataset.name}; at least one sample of each is needed`,
    );
  }
  check('trainSize', trainSize, dataset.train.size);
  check('testSize', testSize, dataset.test.size);
  const random = new Random(seed).split('subset');
  const { train } = dataset;
  const tail = (ratio: number): ImageSplit =>
    takeSamples(
      train,
      longTailSubset(train.labels, dataset.classes, { ratio, size: trainSize }, random.split('long tail')),
    );
  return {
    ...dataset,
    train: imbalance === undefined ? shrink(train, trainSize, random.split('train')) : tail(imbalance),
    test: shrink(dataset.test, testSize, random.split('test')),
  };
}
