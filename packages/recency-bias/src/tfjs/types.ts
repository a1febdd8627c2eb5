import type * as tf from '@tensorflow/tfjs';
import type { Selector, SelectorFactory, Signal, StateDict } from '../core/selector.js';

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

/** A resumable snapshot of a training run: parameters, optimizer, selector, history, position; plain data. */
export interface TrainingState extends StateDict {
  /** Completed epochs. */
  readonly epoch: number;
  /** Steps done in the epoch under way; 0 between epochs. */
  readonly step: number;
  /** Model weights in the order of `model.getWeights()`. */
  readonly weights: readonly StateDict[];
  /** Optimizer state: its iteration count and slots by name. */
  readonly optimizer: StateDict;
  /** The selector's `stateDict()`. */
  readonly selector: StateDict;
}

/** What `fit` calls to save the run. */
export interface CheckpointArgs {
  /** Also save after every so many steps within an epoch; the default is after each epoch only. */
  readonly everySteps?: number;
  /** Stores the state; awaited before training goes on. */
  save(state: TrainingState): void | Promise<void>;
}

/** What `fit` takes beyond `tf.ModelFitArgs`. */
export interface SelectionArgs<S extends Signal = Signal> {
  /** The batch-selection method: a factory such as `recencyBias({ window: 10 })`. */
  readonly selector: SelectorFactory<S>;
  /** Seed of the selection, an integer in [0, 2^32). Default 0. */
  readonly seed?: number;
  /** Name or index of the output that the selector watches; needed when the model has several. */
  readonly watch?: string | number;
  /** One non-negative weight a sample, multiplied into its loss. */
  readonly sampleWeight?: tf.Tensor1D | Float32Array | readonly number[];
  /** Save the run's state as it goes. */
  readonly checkpoint?: CheckpointArgs;
  /** Continue from a state that `checkpoint.save` received: same model architecture, optimizer, selector and data. */
  readonly resume?: TrainingState;
  /** Called with the live selector once it is made; for measurements and displays. */
  readonly onSelector?: (selector: Selector<S>) => void;
}
