/** Features of images as training and evaluation data. */
import * as tf from '@tensorflow/tfjs';
import type { Random, StateDict } from 'recency-bias';
import type { Batch } from 'recency-bias/tfjs';
import { augmentationState, loadAugmentationState } from '../data/augmentation-state.js';
import { oneHot } from '../data/image-batches.js';
import type { LabelledBatches } from '../data/image-batches.js';

/** Features of all images of a split, [images, ...shape]. */
export interface Features {
  readonly rows: Float32Array;
  /** Those of the same images mirrored left to right. */
  readonly mirrored?: Float32Array | undefined;
}

/** Serves features in the place of images. */
export class FeatureBatches implements LabelledBatches {
  readonly size: number;

  readonly #features: Features;
  readonly #shape: readonly number[];
  readonly #labels: Int32Array;

  constructor(
    features: Features,
    shape: readonly number[],
    labels: Int32Array,
    readonly classes: number,
  ) {
    this.#features = features;
    this.#shape = shape;
    this.#labels = labels;
    this.size = labels.length;
  }

  label(index: number): number {
    return this.#labels[index]!;
  }

  read(indices: Int32Array): Promise<tf.Tensor> {
    return Promise.resolve(this.#tensor(indices, () => this.#features.rows));
  }

  batch(indices: Int32Array): Batch {
    return { xs: this.#tensor(indices, () => this.choose(this.#features)), ys: oneHot(this, indices) };
  }

  /** Which features of an image a training batch gets. */
  protected choose({ rows }: Features): Float32Array {
    return rows;
  }

  #tensor(indices: Int32Array, rowsOf: () => Float32Array): tf.Tensor {
    const length = this.#shape.reduce((product, side) => product * side, 1);
    const values = new Float32Array(indices.length * length);
    for (let row = 0; row < indices.length; row++) {
      const from = indices[row]! * length;
      values.set(rowsOf().subarray(from, from + length), row * length);
    }
    return tf.tensor(values, [indices.length, ...this.#shape], 'float32');
  }
}

/** Features of images half of which are mirrored, drawn anew for each training batch; the stream's position is saved with the training. */
export class MirroredFeatureBatches extends FeatureBatches {
  readonly #random: Random;

  /** @param random used by these batches alone */
  constructor(
    features: Required<Features>,
    shape: readonly number[],
    labels: Int32Array,
    classes: number,
    random: Random,
  ) {
    super(features, shape, labels, classes);
    this.#random = random;
  }

  protected override choose({ rows, mirrored = rows }: Features): Float32Array {
    return this.#random.int(2) === 1 ? mirrored : rows;
  }

  stateDict(): StateDict {
    return augmentationState(this.#random);
  }

  /** @throws RangeError or TypeError when it is no state of mirrored features */
  loadStateDict(state: StateDict): void {
    loadAugmentationState(this.#random, state);
  }
}
