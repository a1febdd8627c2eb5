/** Data sets in the file layout of MNIST: four IDX files in a folder, compressed or not. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, parseIdx } from './idx.js';
import type { IdxArray } from './idx.js';
import type { ImageDataset, ImageSplit } from './image-dataset.js';

/** Names of the four files, without `.gz`. */
export const IDX_FILES = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const;

/** Reads the first that exists of `name`, `name.gz` and the spelling with a dot (`train-images.idx3-ubyte`). */
async function readIdxFile(folder: string, name: string, ranks: readonly number[]): Promise<IdxArray> {
  const dotted = name.replace('-idx', '.idx');
  for (const candidate of [name, `${name}.gz`, dotted, `${dotted}.gz`]) {
    const path = join(folder, candidate);
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      if (code === 'ENOENT' || code === 'ENOTDIR') continue;
      throw new DataError(`${path}: cannot be read (${code})`);
    }
    return parseIdx(bytes, path, { ranks });
  }
  throw new DataError(`${folder}: holds no file ${name} (or ${name}.gz)`);
}

function pair(images: IdxArray, labels: IdxArray, folder: string, part: string): ImageSplit {
  const [size = 0] = images.shape;
  if (size === 0 || images.values.length === 0) {
    throw new DataError(`${folder}: the ${part} images are empty`);
  }
  if (labels.shape[0] !== size) {
    throw new DataError(
      `${folder}: ${size} ${part} images have ${labels.shape[0] ?? 0} labels; there must be one label an image`,
    );
  }
  return { size, images: images.values, labels: Int32Array.from(labels.values) };
}

/**
 * Reads a folder of four IDX files named as MNIST's. Images have the shape [size, height, width] or
 * [size, height, width, channels]; the number of classes is the highest training label plus one.
 * @param name name of the data set in records
 * @param classNames names of the classes, default their numbers
 * @throws DataError naming the file or folder and the problem.
 */
export async function readIdxFolder(
  folder: string,
  name: string,
  classNames?: readonly string[],
): Promise<ImageDataset> {
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all([
    readIdxFile(folder, IDX_FILES.trainImages, [3, 4]),
    readIdxFile(folder, IDX_FILES.trainLabels, [1]),
    readIdxFile(folder, IDX_FILES.testImages, [3, 4]),
    readIdxFile(folder, IDX_FILES.testLabels, [1]),
  ]);
  const train = pair(trainImages, trainLabels, folder, 'training');
  const test = pair(testImages, testLabels, folder, 'test');
  const [, height = 0, width = 0, channels = 1] = trainImages.shape;
  const testShape = testImages.shape.slice(1).join(' x ');
  if (testShape !== trainImages.shape.slice(1).join(' x ')) {
    throw new DataError(`${folder}: test images are ${testShape}, training images ${height} x ${width}`);
  }
  const classes = train.labels.reduce((highest, label) => Math.max(highest, label), 0) + 1;
  if (classes < 2)
    throw new DataError(`${folder}: all training labels are 0; at least two classes are needed`);
  const stray = test.labels.findIndex((label) => label >= classes);
  if (stray >= 0) {
    throw new DataError(
      `${folder}: test sample ${stray} has label ${test.labels[stray]!}, but the training labels end at ${classes - 1}`,
    );
  }
  const names = classNames ?? Array.from({ length: classes }, (_, label) => String(label));
  if (names.length !== classes) {
    throw new DataError(`${folder}: ${names.length} class names were given for ${classes} classes`);
  }
  return { name, imageShape: [height, width, channels], classes, classNames: names, train, test };
}
