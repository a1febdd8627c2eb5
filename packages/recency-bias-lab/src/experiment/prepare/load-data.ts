/** The data of an experiment, in memory. */
import { createHash } from 'node:crypto';
import { Random } from 'recency-bias';
import { identityOf } from '../../data/identity.js';
import type { DataIdentity } from '../../data/identity.js';
import type { ImageDataset, ImageSplit } from '../../data/image-dataset.js';
import { firstClasses } from '../../data/first-classes.js';
import { withCorrections } from '../../data/label-corrections.js';
import { withLabelNoise } from '../../data/label-noise.js';
import { isInCache } from '../../data/registry.js';
import type { DatasetEntry, PublishedSizes } from '../../data/registry.js';
import { withShiftedCopies } from '../../data/shifted-copies.js';
import { subsetOf } from '../../data/subset.js';
import type { FetchOptions } from '../../data/verified-folder.js';
import { checkData } from './data-record.js';
import { ExperimentError } from '../../ground/experiment-error.js';
import { datasetEntry } from '../document/resolve.js';
import type { DatasetSize } from '../document/resolve.js';
import type { Experiment } from '../document/schema.js';

/** A data set in memory and its sizes. */
export interface LoadedData {
  readonly dataset: ImageDataset;
  readonly size: DatasetSize;
  /** Which data they are, before a subset is taken; absent of data that are not here yet. */
  readonly identity?: DataIdentity;
}

/**
 * Reads the data set that an experiment names, fetching it if need be, corrects the labels that it says are wrong, takes the part
 * that it asks for, repeats the images that it wants redundant, and flips the labels that it wants wrong.
 * @param options.begun directory of the comparison that the experiment is of, where it has begun
 * @throws ExperimentError when the experiment has begun with other data
 */
export async function loadExperimentData(
  experiment: Pick<Experiment, 'dataset'>,
  { begun, ...options }: FetchOptions & { readonly begun?: string | undefined },
): Promise<LoadedData> {
  const { dataset: wanted } = experiment;
  const entry = datasetEntry(experiment);
  const loaded = await entry.load({ ...options, ...wanted });
  const { corrections } = wanted;
  const corrected = corrections === undefined ? undefined : withCorrections(loaded, corrections);
  if (corrected?.notice !== undefined) options.onNotice?.(wanted.path ?? wanted.name, [corrected.notice]);
  const whole = corrected?.dataset ?? loaded;
  const official = corrected === undefined ? officialIdentity(entry, wanted.path) : undefined;
  const identity = official ?? (await identityOf(whole));
  await checkData(wanted.path ?? wanted.name, wanted.fingerprint, identity, begun);
  const { dataset, size } = takeSubset(whole, experiment);
  return { dataset, size: { ...size, fingerprint: identity.fingerprint }, identity };
}

/** The identity of data whose every file was checked against a published checksum when it was read. */
function officialIdentity(
  { name, files }: Pick<DatasetEntry, 'name' | 'files'>,
  path: string | undefined,
): DataIdentity | undefined {
  const checksums = Object.entries(files?.files ?? {});
  if (path !== undefined || checksums.length === 0) return undefined;
  if (checksums.some(([, checksum]) => checksum === 'recorded')) return undefined;
  return {
    fingerprint: createHash('sha256')
      .update(JSON.stringify([name, checksums]))
      .digest('hex'),
  };
}

/** The known facts of a data set that is still to be fetched; undefined where it is here, or the user's own. */
export function downloadOf(
  experiment: Pick<Experiment, 'dataset'>,
  cache: string,
): PublishedSizes | undefined {
  const entry = datasetEntry(experiment);
  return experiment.dataset.path === undefined && !isInCache(entry, cache) ? entry.published : undefined;
}

/**
 * Random images in the shape of a data set that is still to be fetched: enough to measure how long training takes.
 * @returns undefined where there is nothing to fetch.
 */
export function standInData(experiment: Pick<Experiment, 'dataset'>, cache: string): LoadedData | undefined {
  const published = downloadOf(experiment, cache);
  if (published === undefined) return undefined;
  const { imageShape, classes, trainSize, testSize } = published;
  const { name, imageSize, channels } = experiment.dataset;
  const [height, width] = typeof imageSize === 'number' ? [imageSize, imageSize] : (imageSize ?? imageShape);
  const shape = [height, width, channels ?? imageShape[2]] as const;
  const random = new Random(0).split('stand-in');
  const split = (size: number): ImageSplit => ({
    size,
    images: randomBytes(size * height * width * shape[2], random),
    labels: Int32Array.from({ length: size }, (_, i) => i % classes),
  });
  const classNames = Array.from({ length: classes }, (_, i) => String(i));
  return takeSubset(
    { name, imageShape: shape, classes, classNames, train: split(trainSize), test: split(testSize) },
    experiment,
  );
}

/** Random bytes, repeated after a mebibyte. */
function randomBytes(length: number, random: Random): Uint8Array {
  const bytes = new Uint8Array(length);
  const period = Math.min(length, 2 ** 20);
  for (let i = 0; i < period; i++) bytes[i] = random.int(256);
  for (let at = period; at < length; at += period) bytes.copyWithin(at, 0, Math.min(period, length - at));
  return bytes;
}

/** The part of the data set that the experiment wants, changed as it wants: classes, then samples, then copies, then wrong labels. */
function takeSubset(whole: ImageDataset, { dataset: wanted }: Pick<Experiment, 'dataset'>): LoadedData {
  const { classes: kept, trainSize, testSize, subsetSeed, imbalance, copies, labelNoise } = wanted;
  try {
    const images = trainSize === undefined ? undefined : imagesOf(trainSize, copies?.count);
    let dataset = subsetOf(kept === undefined ? whole : firstClasses(whole, kept), {
      seed: subsetSeed,
      ...(images !== undefined && { trainSize: images }),
      ...(testSize !== undefined && { testSize }),
      ...(imbalance !== undefined && { imbalance }),
    });
    if (copies !== undefined) dataset = withShiftedCopies(dataset, copies, subsetSeed);
    if (labelNoise !== undefined) dataset = withLabelNoise(dataset, labelNoise);
    const { train, test, classes } = dataset;
    return { dataset, size: { trainSize: train.size, testSize: test.size, classes } };
  } catch (error) {
    if (error instanceof RangeError) throw new ExperimentError([error.message]);
    throw error;
  }
}

/** Number of images of which so many samples are made. */
function imagesOf(trainSize: number, count = 1): number {
  if (trainSize % count === 0) return trainSize / count;
  throw new RangeError(
    `dataset.trainSize: is ${trainSize}; expected a multiple of the ${count} copies of each image (dataset.copies)`,
  );
}
