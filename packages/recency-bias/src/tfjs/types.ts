import type * as tf from '@tensorflow/tfjs';
import type { SelectionSession } from './session.js';
import type { Selection, Selector, SelectorFactory, Signal, StateDict } from '../core/selector.js';

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
  /** The selector's `stateDict()`. Replace it to continue with another selector from the end of an epoch. */
  readonly selector: StateDict;
  /** The data set's `stateDict()`; null where it has none. */
  readonly dataset: StateDict | null;
  /** Sums of the logs of the epoch under way; null between epochs. */
  readonly logs: StateDict | null;
  /** A measurement that the selector has not seen yet; null between epochs and on synchronous backends. */
  readonly pending: StateDict | null;
  /** Samples trained since the run began. */
  readonly trainedSamples: number;
  /** Samples scored by extra forward passes since the run began. */
  readonly scoredSamples: number;
}

/** What `onStep` is told after each training step. */
export interface StepReport {
  /** 1-based epoch, as in `Selector.beginEpoch`. */
  readonly epoch: number;
  /** 1-based step within the epoch. */
  readonly step: number;
  /** The batch trained; valid during the call only. */
  readonly selection: Selection;
  /** Samples trained since the run began, resumed parts included. */
  readonly trainedSamples: number;
  /** Samples scored by extra forward passes since the run began, resumed parts included. */
  readonly scoredSamples: number;
}

/** What `fit` calls to save the run. */
export interface CheckpointArgs {
  /** Also save after every so many steps within an epoch; the default is after each epoch only. */
  readonly everySteps?: number;
  /** Also save within an epoch, after the first step at which so many seconds have passed since the last save. */
  readonly everySeconds?: number;
  /** Stores the state; awaited before training goes on. */
  save(state: TrainingState): void | Promise<void>;
}

/** Tensors of a model's inputs or outputs: one, a list in the model's order, or a map by input or output name. */
export type TensorData = tf.Tensor | tf.Tensor[] | tf.NamedTensorMap;

/** Numbers instead of tensors: nested arrays, or a typed array whose rows have the shape of the model's input or output. */
export type ArrayData =
  number[] | number[][] | number[][][] | number[][][][] | Float32Array | Int32Array | Uint8Array;

/** What `fit` takes beyond `tf.ModelFitArgs`. */
export interface SelectionArgs<S extends Signal = Signal, R extends Selector<S> = Selector<S>> {
  /**
   * The batch-selection method: a factory such as `recencyBias({ window: 10 })`, or a `selection(...)` that lives across
   * calls of `fit`.
   */
  readonly selector: SelectorFactory<S, R> | SelectionSession<S, R>;
  /** Seed of the selection, an integer in [0, 2^32). Default 0; a `selection(...)` has its own. */
  readonly seed?: number;
  /** Name or index of the output that the selector watches; needed when the model has several and the selector learns. */
  readonly watch?: string | number;
  /** One non-negative weight a sample, in the order of the data, multiplied into its loss. */
  readonly sampleWeight?: tf.Tensor | Float32Array | readonly number[];
  /** Save the run's state as it goes. */
  readonly checkpoint?: CheckpointArgs;
  /** Continue from a state that `checkpoint.save` received: same model architecture, optimizer, selector and data. */
  readonly resume?: TrainingState;
  /** Called with the live selector once it is made (and restored); for measurements and displays. */
  readonly onSelector?: (selector: R) => void;
  /** Called after each training step, before `onBatchEnd`; for counters and displays. Awaited. */
  readonly onStep?: (report: StepReport) => void | Promise<void>;
}

/** The arguments of `fit`: those of `model.fit` that have a meaning here, plus the selection. */
export interface FitArgs<S extends Signal = Signal, R extends Selector<S> = Selector<S>>
  extends
    Pick<
      tf.ModelFitArgs,
      | 'batchSize'
      | 'verbose'
      | 'callbacks'
      | 'validationSplit'
      | 'classWeight'
      | 'initialEpoch'
      | 'yieldEvery'
    >,
    SelectionArgs<S, R> {
  /** Number of epochs of the whole run; selectors schedule by it, so it is required. */
  readonly epochs: number;
  /** As in `model.fit`, or batches of a `tf.data.Dataset`, which is read anew after each epoch. */
  readonly validationData?: tf.ModelFitArgs['validationData'] | tf.data.Dataset<tf.TensorContainer>;
  /** Only `true`, the default of `model.fit`, is accepted: the selector decides the order. */
  readonly shuffle?: boolean;
}
