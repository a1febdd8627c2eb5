/** The parts that a training loop works with. */
import type * as tf from '@tensorflow/tfjs';
import type { Selector } from '../core/selector.js';
import type { BatchSource } from './data/batch-source.js';
import type { RandomAccessDataset } from './data/data.js';
import type { Callbacks } from './internals/callback-list.js';
import type { LossTap } from './internals/loss-tap.js';
import type { ModelInternals, TrainFunction } from './internals/model-internals.js';
import type { Task } from './measuring/task.js';
import type { ModelScorer } from './scorer.js';
import type { FitArgs } from './types.js';

/** The network that is trained. */
export interface Trained {
  readonly model: tf.LayersModel;
  readonly internals: ModelInternals;
  readonly tap: LossTap;
  readonly task: Task;
  readonly trainFunction: TrainFunction;
  /** Names of the losses and metrics. */
  readonly labels: readonly string[];
  /** Losses and metrics on the validation data; null without any. */
  readonly validate: (() => tf.Scalar[] | Promise<tf.Scalar[]>) | null;
}

/** The data that it is trained on. */
export interface TrainedOn {
  readonly source: BatchSource;
  readonly dataset: RandomAccessDataset | null;
  readonly sampleWeight: Float32Array | null;
  readonly batchSize: number;
}

/** The selector that chooses the batches. */
export interface Chooser {
  readonly selector: Selector;
  readonly scorer: ModelScorer;
  /** Tells the selector that an epoch (1-based) begins. */
  readonly beginEpoch: (epoch: number) => void;
}

/** The model, its data, the selector, and the user's wishes. */
export interface LoopParts {
  readonly trained: Trained;
  readonly data: TrainedOn;
  readonly chooser: Chooser;
  readonly callbacks: Callbacks;
  readonly args: FitArgs;
}

/** How far a run has come. */
export interface Position {
  /** Completed epochs. */
  readonly epoch: number;
  /** Steps done in the epoch under way. */
  readonly step: number;
  /** Samples trained since the run began. */
  readonly trainedSamples: number;
}
