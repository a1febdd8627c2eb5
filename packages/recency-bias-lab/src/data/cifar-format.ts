/**
 * The binary format of CIFAR-10 and CIFAR-100 (https://www.cs.toronto.edu/~kriz/cifar.html): records of one label byte
 * (CIFAR-10) or two (CIFAR-100: coarse, fine), then 1024 red, 1024 green and 1024 blue bytes of a 32 x 32 image in rows.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from './idx.js';
import type { ImageDataset, ImageSplit } from './image-dataset.js';

/** Height and width of an image. */
export const CIFAR_SIDE = 32;
const PLANE = CIFAR_SIDE * CIFAR_SIDE;
const IMAGE = 3 * PLANE;

/** The layout of one of the two data sets. */
export interface CifarLayout {
  readonly name: string;
  readonly classes: number;
  /** Bytes before the pixels; the last of them is the class. */
  readonly labelBytes: 1 | 2;
  readonly train: readonly string[];
  readonly test: string;
  /** File with the names of the classes, one a line. */
  readonly names: string;
}

/** CIFAR-10's files. */
export const CIFAR10_LAYOUT: CifarLayout = {
  name: 'cifar10',
  classes: 10,
  labelBytes: 1,
  train: [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`),
  test: 'test_batch.bin',
  names: 'batches.meta.txt',
};

/** CIFAR-100's files; the fine labels are used. */
export const CIFAR100_LAYOUT: CifarLayout = {
  name: 'cifar100',
  classes: 100,
  labelBytes: 2,
  train: ['train.bin'],
  test: 'test.bin',
  names: 'fine_label_names.txt',
};

/**
 * Reads a binary batch.
 * @param bytes the file's content
 * @param source how to name the file in errors
 * @throws DataError when the file is empty, not a whole number of records, or has a label that is no class.
 */
export function parseCifar(
  bytes: Uint8Array,
  source: string,
  { labelBytes, classes }: Pick<CifarLayout, 'labelBytes' | 'classes'>,
): ImageSplit {
  const record = labelBytes + IMAGE;
  const size = bytes.length / record;
  if (size === 0) throw new DataError(`${source}: is empty`);
  if (!Number.isInteger(size)) {
    throw new DataError(
      `${source}: its ${bytes.length} bytes are not a whole number of records of ${record} bytes; it is truncated or another file`,
    );
  }
  const images = new Uint8Array(size * IMAGE);
  const labels = new Int32Array(size);
  let to = 0;
  for (let i = 0; i < size; i++) {
    const pixels = i * record + labelBytes;
    const label = bytes[pixels - 1]!;
    if (label >= classes) {
      throw new DataError(`${source}: sample ${i} has label ${label}; the labels end at ${classes - 1}`);
    }
    labels[i] = label;
    for (let at = pixels; at < pixels + PLANE; at++) {
      images[to++] = bytes[at]!;
      images[to++] = bytes[at + PLANE]!;
      images[to++] = bytes[at + 2 * PLANE]!;
    }
  }
  return { size, images, labels };
}

/**
 * Writes a binary batch, the inverse of `parseCifar`.
 * @param images [size, 32, 32, 3] row-major
 * @param labels the class of each image
 */
export function formatCifar(images: Uint8Array, labels: ArrayLike<number>): Uint8Array {
  const record = 1 + IMAGE;
  const bytes = new Uint8Array(labels.length * record);
  let from = 0;
  for (let i = 0; i < labels.length; i++) {
    const pixels = i * record + 1;
    bytes[pixels - 1] = labels[i]!;
    for (let at = pixels; at < pixels + PLANE; at++) {
      bytes[at] = images[from++]!;
      bytes[at + PLANE] = images[from++]!;
      bytes[at + 2 * PLANE] = images[from++]!;
    }
  }
  return bytes;
}

async function readBatch(folder: string, file: string, layout: CifarLayout): Promise<ImageSplit> {
  const path = join(folder, file);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new DataError(`${folder}: holds no file ${file}`);
    throw new DataError(`${path}: cannot be read (${code})`);
  }
  return parseCifar(bytes, path, layout);
}

/** One split of all the parts' samples; a single part is that split already. */
function joinSplits(parts: readonly ImageSplit[]): ImageSplit {
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return only;
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const images = new Uint8Array(size * IMAGE);
  const labels = new Int32Array(size);
  let at = 0;
  for (const part of parts) {
    images.set(part.images, at * IMAGE);
    labels.set(part.labels, at);
    at += part.size;
  }
  return { size, images, labels };
}

async function readNames(folder: string, { names, classes }: CifarLayout): Promise<string[] | undefined> {
  const text = await readFile(join(folder, names), 'utf8').catch(() => undefined);
  const lines = text?.split('\n').map((line) => line.trim());
  const found = lines?.filter((line) => line !== '');
  return found?.length === classes ? found : undefined;
}

/**
 * Reads a folder of binary batches named as the official ones.
 * @param classNames names of the classes; default what the folder's own list says, else their numbers
 * @throws DataError naming the file and the problem.
 */
export async function readCifarFolder(
  folder: string,
  layout: CifarLayout,
  classNames?: readonly string[],
): Promise<ImageDataset> {
  const parts: ImageSplit[] = [];
  for (const file of layout.train) parts.push(await readBatch(folder, file, layout));
  const names = classNames ?? (await readNames(folder, layout));
  return {
    name: layout.name,
    imageShape: [CIFAR_SIDE, CIFAR_SIDE, 3],
    classes: layout.classes,
    classNames: names ?? Array.from({ length: layout.classes }, (_, label) => String(label)),
    train: joinSplits(parts),
    test: await readBatch(folder, layout.test, layout),
  };
}
