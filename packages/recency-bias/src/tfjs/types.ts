import type * as tf from '@tensorflow/tfjs';
import type { SelectionSession } from './session.js';
import type { TrainingState } from './state/training-state.js';
import type { Selection, Selector, SelectorFactory, Signal } from '../core/selector.js';

/** The report that `onStep` gets after each training step. */
export interface StepReport {
  /** 1-based epoch, as in `Selector.beginEpoch`; `onEpochBegin` and `onEpochEnd` of callbacks count from 0, as in `model.fit`. */
  readonly epoch: number;
  /** 1-based step within the epoch; `onBatchBegin` and `onBatchEnd` of callbacks count from 0, as in `model.fit`. */
  readonly step: number;
  /** The batch trained; valid during the call only. */
  readonly selection: Selection;
  /** Samples trained since the run began, resumed parts included. */
  readonly trainedSamples: number;
  /** Samples scored by extra forward passes since the run began, resumed parts included. */
  readonly scoredSamples: number;
}

/** How `fit` saves the run. */
export interface CheckpointArgs {
  /** Also save after every so many steps within an epoch; the default is after each epoch only. */
  readonly everySteps?: number;
  /** Also save within an epoch, after the first step at which so many seconds have passed since the last save. */
  readonly everySeconds?: number;
  /** Stores the state; awaited before training goes on. */
  save(state: TrainingState): void | Promise<void>;
}

/** The arguments of `fit` beyond `tf.ModelFitArgs`. */
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
