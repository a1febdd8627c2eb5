/** The forms of training data that `fit` takes. */
import type * as tf from '@tensorflow/tfjs';
import type { StateDict } from '../../core/selector.js';

/** One batch of a random-access data set. The trainer disposes both after the step. */
export interface Batch {
  readonly xs: tf.TensorContainer;
  readonly ys: tf.TensorContainer;
}

/** Training data that can be read at any index. */
export interface RandomAccessDataset {
  /** Number of samples. */
  readonly size: number;
  /** Number of classes; 0 or absent when the task has none. */
  readonly classes?: number;
  /** The samples at `indices`, row i belonging to `indices[i]`. May be asynchronous (decode, download, augment). */
  batch(indices: Int32Array): Batch | Promise<Batch>;
  /**
   * State of the data set's own randomness (augmentation), saved and restored with the training state.
   * Only data sets that draw random numbers have it.
   */
  stateDict?(): StateDict;
  loadStateDict?(state: StateDict): void;
}

/** Tensors of a model's inputs or outputs: one, a list in the model's order, or a map by input or output name. */
export type TensorData = tf.Tensor | tf.Tensor[] | tf.NamedTensorMap;

/** Numbers instead of tensors: nested arrays, or a typed array whose rows have the shape of the model's input or output. */
export type ArrayData =
  number[] | number[][] | number[][][] | number[][][][] | Float32Array | Int32Array | Uint8Array;
