/** Tensors from images in memory. */
import * as tf from '@tensorflow/tfjs';
import type { Batch, RandomAccessDataset } from 'recency-bias/tfjs';
import { imageLength } from './image-dataset.js';
import type { ImageDataset, ImageSplit } from './image-dataset.js';

/** Mean and standard deviation of each channel of pixels scaled to [0, 1]. */
export interface PixelMoments {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Moments over a whole split; a constant channel gets standard deviation 1. */
export function pixelMoments(split: ImageSplit, channels: number): PixelMoments {
  const counts = Array.from({ length: channels }, () => new Float64Array(256));
  const { images } = split;
  for (let i = 0; i < images.length; i++) counts[i % channels]![images[i]!]!++;
  const total = images.length / channels;
  const mean: number[] = [];
  const std: number[] = [];
  for (const histogram of counts) {
    let sum = 0;
    for (let value = 0; value < 256; value++) sum += histogram[value]! * (value / 255);
    const average = sum / total;
    let squares = 0;
    for (let value = 0; value < 256; value++) squares += histogram[value]! * (value / 255 - average) ** 2;
    mean.push(average);
    std.push(squares > 0 ? Math.sqrt(squares / total) : 1);
  }
  return { mean, std };
}

/** Images of which the moments of data on disk are estimated. */
const MOMENT_SAMPLES = 10_000;

/** Moments of a split; of images that are not in memory, those of at most 10,000 at equal distances. */
export async function splitMoments(split: ImageSplit, channels: number): Promise<PixelMoments> {
  if (split.source === undefined) return pixelMoments(split, channels);
  const size = Math.min(split.size, MOMENT_SAMPLES);
  const indices = Int32Array.from({ length: size }, (_, i) => Math.floor((i * split.size) / size));
  return pixelMoments({ ...split, size, images: await split.source.gather(indices) }, channels);
}

/** Turns the bytes of images into what the network sees: standardised, perhaps augmented. */
export interface BatchPreparation {
  /**
   * Prepares image `indices[i]` of `bytes`, row-major [images, height, width, channels], as image i of `out`. Random changes are
   * drawn in the order of the indices.
   */
  prepare(bytes: Uint8Array, indices: Int32Array, out: Float32Array): void;
}

/** A batch of images and one-hot labels. */
export interface ImageBatch extends Batch {
  readonly xs: tf.Tensor4D;
  readonly ys: tf.Tensor2D;
}

/** Labelled samples in the form that a network takes, to train and to evaluate on. */
export interface LabelledBatches extends RandomAccessDataset {
  readonly classes: number;
  /** Class of a sample. */
  label(index: number): number;
  /** The samples at `indices` without random changes, row i belonging to `indices[i]`. */
  read(indices: Int32Array): Promise<tf.Tensor>;
}

/** One-hot labels [n, classes] float32 of the samples at `indices`. */
export function oneHot(
  batches: Pick<LabelledBatches, 'classes' | 'label'>,
  indices: Int32Array,
): tf.Tensor2D {
  const { classes } = batches;
  const rows = new Float32Array(indices.length * classes);
  for (let row = 0; row < indices.length; row++) rows[row * classes + batches.label(indices[row]!)] = 1;
  return tf.tensor2d(rows, [indices.length, classes]);
}

/** A split as training or evaluation data: images as `preparation` makes them, one-hot labels. */
export class ImageBatches implements LabelledBatches {
  readonly size: number;
  readonly classes: number;
  readonly #split: ImageSplit;
  readonly #shape: readonly [number, number, number];
  readonly #length: number;
  readonly #preparation: BatchPreparation;

  /**
   * @param split the samples to serve
   * @param dataset the data set they belong to, for its image shape and classes
   * @param preparation of each image that is read
   */
  constructor(split: ImageSplit, dataset: ImageDataset, preparation: BatchPreparation) {
    this.size = split.size;
    this.classes = dataset.classes;
    this.#split = split;
    this.#shape = dataset.imageShape;
    this.#length = imageLength(dataset);
    this.#preparation = preparation;
  }

  /** Class of a sample. */
  label(index: number): number {
    return this.#split.labels[index]!;
  }

  /** Images as `images` gives them, also when they are not in memory. */
  async read(indices: Int32Array): Promise<tf.Tensor4D> {
    const { source } = this.#split;
    if (source === undefined) return this.images(indices);
    const values = new Float32Array(indices.length * this.#length);
    const rows = Int32Array.from(indices.keys());
    this.#preparation.prepare(await source.gather(indices), rows, values);
    return tf.tensor4d(values, [indices.length, ...this.#shape]);
  }

  /** Images [n, height, width, channels] float32 of the samples at `indices`, which are in memory. */
  images(indices: Int32Array): tf.Tensor4D {
    const values = new Float32Array(indices.length * this.#length);
    this.#preparation.prepare(this.#split.images, indices, values);
    return tf.tensor4d(values, [indices.length, ...this.#shape]);
  }

  /** `xs` as `images` gives them, and `ys` [n, classes] float32 one-hot labels. */
  batch(indices: Int32Array): ImageBatch | Promise<ImageBatch> {
    const ys = oneHot(this, indices);
    if (this.#split.source === undefined) return { xs: this.images(indices), ys };
    return this.read(indices).then(
      (xs) => ({ xs, ys }),
      (error: unknown) => {
        ys.dispose();
        throw error;
      },
    );
  }
}
