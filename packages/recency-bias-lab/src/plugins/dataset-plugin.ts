/** Data sets of the user's. */
import { totalmem } from 'node:os';
import { z } from 'zod';
import type { DatasetEntry } from '../data/registry.js';
import type { ImageDataset, ImageSplit } from '../data/image-dataset.js';
import { loadExport } from './load-module.js';
import { messageOf, PluginError } from './plugin-error.js';

/** Some samples. */
export interface PluginBatch {
  /** Pixels from 0 to 255, row-major [samples, height, width, channels]. */
  readonly images: Uint8Array | Uint8ClampedArray;
  /** The class of each sample, from 0. */
  readonly labels: ArrayLike<number>;
}

/** One part of a data set. */
export interface PluginSplit {
  /** Number of samples. */
  readonly size: number;
  /** Number of classes. */
  readonly classes: number;
  /** The samples at `indices`, row i belonging to `indices[i]`; the same samples each time. */
  readonly batch: (indices: Int32Array) => PluginBatch | Promise<PluginBatch>;
}

/** A data set as a module exports it, as it is or returned by a function. */
export interface DatasetPlugin {
  /** [height, width, channels] of an image. */
  readonly imageShape: readonly [height: number, width: number, channels: number];
  /** One name a class. Default: their numbers. */
  readonly classNames?: readonly string[];
  readonly train: PluginSplit;
  readonly test: PluginSplit;
}

const EXPECTED = '{ imageShape, train, test }, or a function that returns it,';

const count = z.int().min(1);
const batch = z.custom<PluginSplit['batch']>(
  (value) => typeof value === 'function',
  'expected a function of indices',
);
const split = z.looseObject({ size: count, classes: z.int().min(2), batch });
const schema = z.looseObject({
  imageShape: z.tuple([count, count, count]),
  classNames: z.array(z.string()).optional(),
  train: split,
  test: split,
});

/** Checked as it is, since what a schema returns has lost the prototypes that methods may need. */
function isDatasetPlugin(value: unknown): value is DatasetPlugin {
  return schema.safeParse(value).success;
}

/** Samples that are asked for at once. */
const PIECE = 256;

function fieldsOf(value: unknown): Partial<PluginBatch> {
  return typeof value === 'object' && value !== null ? value : {};
}

/** Asks a part for samples and checks what comes. */
async function ask(
  path: string,
  part: string,
  given: PluginSplit,
  indices: Int32Array,
  length: number,
): Promise<PluginBatch> {
  const { size, classes } = given;
  let got: unknown;
  try {
    got = await given.batch(indices);
  } catch (error) {
    throw new PluginError(`${path}: ${part}.batch failed: ${messageOf(error)}`, { cause: error });
  }
  const { images, labels } = fieldsOf(got);
  const what = `${path}: ${part}.batch of ${indices.length} indices`;
  if (!(images instanceof Uint8Array || images instanceof Uint8ClampedArray)) {
    throw new PluginError(`${what} gives no images; expected images as a Uint8Array of pixels from 0 to 255`);
  }
  if (images.length !== indices.length * length) {
    throw new PluginError(
      `${what} gives ${images.length} pixels; expected ${indices.length} x ${length}, as imageShape says`,
    );
  }
  if (labels?.length !== indices.length) {
    throw new PluginError(`${what} gives ${labels?.length ?? 'no'} labels; expected ${indices.length}`);
  }
  const wrong = Array.from(labels).findIndex(
    (label) => !Number.isInteger(label) || label < 0 || label >= classes,
  );
  if (wrong >= 0) {
    throw new PluginError(
      `${path}: the label of sample ${indices[wrong]!} of ${size} in ${part} is ${String(labels[wrong])}; expected a whole number from 0 to ${classes - 1}`,
    );
  }
  return { images, labels };
}

/** Random access is what selection needs: alone and in another order, a sample is the same. */
async function checkAccess(path: string, part: string, given: PluginSplit, length: number): Promise<void> {
  const last = given.size - 1;
  const there = await ask(path, part, given, Int32Array.of(0, last), length);
  const back = await ask(path, part, given, Int32Array.of(last, 0), length);
  const alone = await ask(path, part, given, Int32Array.of(last), length);
  const row = ({ images }: PluginBatch, i: number): Buffer =>
    Buffer.from(images.slice(i * length, (i + 1) * length));
  if (
    !row(there, 0).equals(row(back, 1)) ||
    !row(there, 1).equals(row(back, 0)) ||
    !row(there, 1).equals(row(alone, 0))
  ) {
    throw new PluginError(
      `${path}: ${part}.batch gives another image when the same index is asked for in another order; row i must be sample indices[i]`,
    );
  }
}

async function readSplit(
  path: string,
  part: 'train' | 'test',
  given: PluginSplit,
  length: number,
  inMemory: boolean,
): Promise<ImageSplit> {
  const { size } = given;
  const labels = new Int32Array(size);
  const images = new Uint8Array(inMemory ? size * length : 0);
  await checkAccess(path, part, given, length);
  for (let from = 0; from < size; from += PIECE) {
    const indices = Int32Array.from({ length: Math.min(PIECE, size - from) }, (_, i) => from + i);
    const got = await ask(path, part, given, indices, length);
    labels.set(Array.from(got.labels), from);
    if (inMemory) images.set(got.images, from * length);
  }
  if (inMemory) return { size, images, labels };
  const gather = async (indices: Int32Array): Promise<Uint8Array> =>
    Uint8Array.from((await ask(path, part, given, indices, length)).images);
  return { size, images, labels, source: { gather } };
}

async function load(path: string): Promise<ImageDataset> {
  let value = await loadExport(path, EXPECTED);
  try {
    if (typeof value === 'function') value = await (value as () => unknown)();
  } catch (error) {
    throw new PluginError(`${path}: its function failed: ${messageOf(error)}`, { cause: error });
  }
  if (!isDatasetPlugin(value)) {
    const [issue] = schema.safeParse(value).error!.issues;
    throw new PluginError(
      `${path}: ${issue!.path.join('.') || 'its export'}: ${issue!.message}; expected ${EXPECTED} as its default export`,
    );
  }
  const { imageShape, train, test, classNames = [] } = value;
  const { classes } = train;
  if (test.classes !== classes)
    throw new PluginError(
      `${path}: train has ${classes} classes and test ${test.classes}; expected the same`,
    );
  const names = classNames.length === 0 ? Array.from({ length: classes }, (_, i) => String(i)) : classNames;
  if (names.length !== classes)
    throw new PluginError(
      `${path}: has ${names.length} classNames for ${classes} classes; expected one a class`,
    );
  const facts = { name: path, imageShape, classes, classNames: names };
  const length = imageShape[0] * imageShape[1] * imageShape[2];
  const inMemory = (train.size + test.size) * length <= totalmem() / 2;
  return {
    ...facts,
    train: await readSplit(path, 'train', train, length, inMemory),
    test: await readSplit(path, 'test', test, length, inMemory),
  };
}

/**
 * Reads a data set: a module that exports `{ imageShape, train, test }`. It is held in memory where it takes at most half of the
 * machine's, else asked for each batch.
 */
export function datasetPlugin(path: string): DatasetEntry {
  return { name: path, title: `data set of ${path}`, needsPath: false, fields: [], load: () => load(path) };
}
