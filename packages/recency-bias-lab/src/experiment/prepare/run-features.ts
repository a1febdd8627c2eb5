/** The data of a run as the features that a front of its network makes of the images. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { Random } from 'recency-bias';
import { computeFeatures } from '../../features/compute-features.js';
import type { FeatureInput, FeatureOptions } from '../../features/compute-features.js';
import { FeatureBatches, MirroredFeatureBatches } from '../../features/feature-batches.js';
import { FeatureCache } from '../../features/feature-cache.js';
import type { NetworkParts } from '../../features/split-network.js';
import type { ImageDataset, ImageSplit } from '../../data/image-dataset.js';
import { imageHashes } from '../../data/image-hashes.js';
import { imageLength } from '../../data/image-dataset.js';
import type { LabelledBatches } from '../../data/image-batches.js';
import type { OpenedModel } from '../../models/model.js';
import type { PhaseKind } from '../document/phases.js';
import type { ResolvedExperiment } from '../document/resolve.js';
import { mirroredImages } from './run-data.js';
import type { RunData } from './run-data.js';

/** Goes up when the same images and layers would give other features. */
const VERSION = 1;

/** A run's images and model, from which its features are made. */
export interface RunFeaturesOptions extends Pick<FeatureOptions, 'stop' | 'onFeatures'> {
  readonly experiment: ResolvedExperiment;
  readonly opened: OpenedModel;
  readonly dataset: ImageDataset;
  readonly seed: number;
  /** The program's cache, in which features are kept. Default: they are kept nowhere. */
  readonly cache?: string | undefined;
}

/** Where the features of a front are kept: by everything that they follow from, the images aside. */
function cacheOf(
  { layer, shape }: NetworkParts,
  { cache, opened, experiment, dataset }: RunFeaturesOptions,
  scaling: RunData['scaling'],
  mirrored: boolean,
): FeatureCache | undefined {
  if (cache === undefined || opened.checksum === undefined) return undefined;
  const { backend, dataset: wanted } = experiment;
  const { fit = 'crop' } = wanted;
  const key = createHash('sha256')
    .update(
      JSON.stringify([VERSION, opened.checksum, layer, dataset.imageShape, fit, scaling, backend, mirrored]),
    )
    .digest('hex')
    .slice(0, 32);
  return new FeatureCache(join(cache, 'features', key), lengthOf(shape));
}

const lengthOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

function rowsAt(rows: Float32Array, shape: readonly number[], indices: Int32Array): tf.Tensor {
  const length = lengthOf(shape);
  const values = new Float32Array(indices.length * length);
  for (const [i, row] of indices.entries()) {
    values.set(rows.subarray(row * length, (row + 1) * length), i * length);
  }
  return tf.tensor(values, [indices.length, ...shape], 'float32');
}

/** Features of a split behind the last of the fronts; those of the fronts before it are computed only if they are needed. */
async function featuresOf(
  fronts: readonly NetworkParts[],
  images: LabelledBatches,
  hashes: readonly string[],
  cacheFor: (front: NetworkParts) => FeatureCache | undefined,
  options: RunFeaturesOptions,
): Promise<Float32Array> {
  const { stop, onFeatures } = options;
  const front = fronts.at(-1)!;
  const before = fronts.slice(0, -1);
  const previous = before.at(-1);
  let rows: Float32Array | undefined;
  const read: FeatureInput['read'] = async (indices) => {
    if (previous === undefined) return images.read(indices);
    rows ??= await featuresOf(before, images, hashes, cacheFor, options);
    return rowsAt(rows, previous.shape, indices);
  };
  const cache = cacheFor(front);
  return computeFeatures(front.front, lengthOf(front.shape), { hashes, read }, { cache, stop, onFeatures });
}

/**
 * The data of a phase behind the fronts of its network.
 * @param images the data that the first front takes
 * @throws StoppedError when `stop` is aborted meanwhile; what was computed is kept.
 */
export async function prepareRunFeatures(
  options: RunFeaturesOptions,
  kind: PhaseKind,
  fronts: readonly NetworkParts[],
  images: RunData,
): Promise<RunData> {
  const { dataset, experiment, seed } = options;
  const { shape } = fronts.at(-1)!;
  const { train, test, classes } = dataset;
  const of = async (batches: LabelledBatches, split: ImageSplit, mirrored = false): Promise<Float32Array> =>
    featuresOf(
      fronts,
      batches,
      await imageHashes(split, imageLength(dataset)),
      (front) => cacheOf(front, options, images.scaling, mirrored),
      options,
    );
  const rows = await of(images.probe, train);
  const probe = new FeatureBatches({ rows }, shape, train.labels, classes);
  const tested = new FeatureBatches({ rows: await of(images.test, test) }, shape, test.labels, classes);
  const data = { probe, test: tested, scaling: images.scaling };
  if (!experiment.augmentation.flip) return { ...data, train: probe };
  const mirrored = await of(mirroredImages(dataset, images), train, true);
  const random = new Random(seed).split('augmentation').split(kind);
  return {
    ...data,
    train: new MirroredFeatureBatches({ rows, mirrored }, shape, train.labels, classes, random),
  };
}
