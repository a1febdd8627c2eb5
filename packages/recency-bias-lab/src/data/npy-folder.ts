/** Data sets of NumPy arrays: images.npy and labels.npy in a folder, and test_images.npy and test_labels.npy. */
import { join } from 'node:path';
import { Random } from 'recency-bias';
import { DataError } from './idx.js';
import { takeSamples } from './image-dataset.js';
import type { ImageDataset, ImageSplit } from './image-dataset.js';
import type { SplitOptions } from './image-folder.js';
import { readNpy, wholeNumbers } from './npy.js';
import type { NpyArray } from './npy.js';
import { complement, heldOut } from './subset.js';

/** A part of the data set and the shape of its images. */
interface NpyPart {
  readonly split: ImageSplit;
  readonly imageShape: ImageDataset['imageShape'];
}

function imageShapeOf({ shape, type }: NpyArray, path: string): ImageDataset['imageShape'] {
  const [, height, width, channels = 1] = shape;
  if (shape.length < 3 || shape.length > 4 || height === undefined || width === undefined) {
    throw new DataError(
      `${path}: has the shape (${shape.join(', ')}); expected (samples, height, width) or (samples, height, width, channels)`,
    );
  }
  if (!/^[|<>=]?u1$/.test(type)) {
    throw new DataError(
      `${path}: holds elements of type ${type}; expected pixels from 0 to 255: images.astype("uint8"), or (255 * images).round().astype("uint8") where they are between 0 and 1`,
    );
  }
  return [height, width, channels];
}

/** Reads two files; undefined where there is neither. */
async function readPart(folder: string, prefix: string): Promise<NpyPart | undefined> {
  const [imagesPath, labelsPath] = [join(folder, `${prefix}images.npy`), join(folder, `${prefix}labels.npy`)];
  const [images, labels] = await Promise.all([readNpy(imagesPath), readNpy(labelsPath)]);
  if (images === undefined && labels === undefined) return undefined;
  if (images === undefined || labels === undefined) {
    throw new DataError(
      `${images === undefined ? imagesPath : labelsPath}: does not exist; images and labels belong together`,
    );
  }
  const imageShape = imageShapeOf(images, imagesPath);
  const [size = 0] = images.shape;
  const classes = wholeNumbers(labels, labelsPath);
  if (size === 0 || classes.length !== size || labels.shape.length !== 1) {
    throw new DataError(
      `${labelsPath}: has the shape (${labels.shape.join(', ')}) for ${size} images; expected one label an image`,
    );
  }
  const negative = classes.findIndex((label) => label < 0);
  if (negative >= 0) {
    throw new DataError(
      `${labelsPath}: the label of sample ${negative} is ${classes[negative]!}; expected 0 or more`,
    );
  }
  return { split: { size, images: images.bytes, labels: classes }, imageShape };
}

/** Holds a share of each class out. */
function divide(
  whole: ImageSplit,
  { testShare = 0.2, splitSeed = 0 }: SplitOptions,
): [ImageSplit, ImageSplit] {
  const test = heldOut(whole.labels, testShare, new Random(splitSeed).split('test-share'));
  return [takeSamples(whole, complement(test, whole.size)), takeSamples(whole, test)];
}

/** Every class needs a sample to train on and one to test on. */
function checkDivisible(folder: string, { labels }: ImageSplit, classes: number): void {
  const counts = new Int32Array(classes);
  for (const label of labels) counts[label]!++;
  const rare = counts.findIndex((count) => count < 2);
  if (rare < 0) return;
  throw new DataError(
    `${folder}: the class ${rare} has ${counts[rare]!} samples; at least two are needed, to train on and to test on: number the classes from 0 without gaps`,
  );
}

/**
 * Reads a folder of NumPy arrays. Without test files, a share of each class is held out.
 * @throws DataError naming the file and the problem
 */
export async function readNpyFolder(folder: string, options: SplitOptions): Promise<ImageDataset> {
  const [train, test] = await Promise.all([readPart(folder, ''), readPart(folder, 'test_')]);
  if (train === undefined) throw new DataError(`${folder}: holds no images.npy and labels.npy`);
  const classes = train.split.labels.reduce((highest, label) => Math.max(highest, label), 0) + 1;
  if (classes < 2)
    throw new DataError(`${folder}: all training labels are 0; at least two classes are needed`);
  if (test !== undefined && test.imageShape.join() !== train.imageShape.join()) {
    throw new DataError(
      `${folder}: test images are ${test.imageShape.join(' x ')}, training images ${train.imageShape.join(' x ')}`,
    );
  }
  const stray = test?.split.labels.findIndex((label) => label >= classes) ?? -1;
  if (stray >= 0) {
    throw new DataError(
      `${folder}: test sample ${stray} has label ${test!.split.labels[stray]!}, but the training labels end at ${classes - 1}`,
    );
  }
  if (test === undefined) checkDivisible(folder, train.split, classes);
  const [trained, tested] = test === undefined ? divide(train.split, options) : [train.split, test.split];
  const classNames = Array.from({ length: classes }, (_, label) => String(label));
  return { name: 'npy', imageShape: train.imageShape, classes, classNames, train: trained, test: tested };
}
