/**
 * The training loop: TensorFlow.js's own training step, batches from a selector, what the step measured back to it.
 */
import * as tf from '@tensorflow/tfjs';
import type { Selection, Selector } from '../core/selector.js';
import { tensorsOf, type BatchSource } from './data/batch-source.js';
import type { Callbacks, StepLogs } from './internals/callback-list.js';
import { captureModel } from './state/checkpoint.js';
import type { LossTap } from './internals/loss-tap.js';
import {
  columnOf,
  columnsOf,
  firstNonFinite,
  measure,
  observationOf,
  type Column,
  type Measured,
} from './measuring/measure.js';
import { checkMeasuredLabels, checkTargets, labelsMatter } from './measuring/labels.js';
import type { ModelInternals, TrainFunction } from './internals/model-internals.js';
import { NonFiniteLossError } from './measuring/non-finite-loss.js';
import { packPending, unpackPending } from './state/pending.js';
import type { ModelScorer } from './scorer.js';
import { checkSelection } from './check-selection.js';
import type { Task } from './measuring/task.js';
import { TRAINING_STATE_VERSION } from './state/training-state.js';
import type { RandomAccessDataset } from './data/data.js';
import type { TrainingState } from './state/training-state.js';
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

/** What is trained, on what, by whom; and what the user asked for. */
export interface LoopParts {
  readonly trained: Trained;
  readonly data: TrainedOn;
  readonly chooser: Chooser;
  readonly callbacks: Callbacks;
  readonly args: FitArgs;
}

/** Backends whose read-back is asynchronous: waiting for it would leave the GPU without work. */
const ASYNCHRONOUS_BACKENDS: ReadonlySet<string> = new Set(['webgl', 'webgpu']);

/** A measurement on its way from the device. */
interface Pending {
  readonly indices: Int32Array;
  readonly step: number;
  readonly packed: tf.Tensor2D | null;
  readonly values: Promise<Float32Array>;
}

/** One run of `fit`. */
export class TrainingLoop {
  private epoch: number;
  /** Steps done in the epoch under way. */
  private step = 0;
  private trainedSamples = 0;
  private pending: Pending | null = null;
  private savedAt = tf.util.now();
  private saved: string | null = null;
  private firstBatch = true;
  private readonly columns: readonly Column[];
  private readonly lag: boolean;

  constructor(private readonly parts: LoopParts) {
    this.epoch = parts.args.resume?.epoch ?? parts.args.initialEpoch ?? 0;
    const { selector } = parts.chooser;
    const { source } = parts.data;
    const { task } = parts.trained;
    const unchecked = source.checkLabels === null && labelsMatter(task, selector.signals);
    this.columns = columnsOf(selector.signals, unchecked);
    this.lag = ASYNCHRONOUS_BACKENDS.has(tf.getBackend());
  }

  /** Trains to the end, or until a callback sets `model.stopTraining`. */
  async run(): Promise<void> {
    const { internals } = this.parts.trained;
    const { beginEpoch } = this.parts.chooser;
    const { callbacks, args } = this.parts;
    const { resume } = args;
    await callbacks.list.onTrainBegin();
    internals.stopTraining_ = false;
    if (resume !== undefined) this.restore(resume);
    while (this.epoch < args.epochs && !this.stopped()) {
      await callbacks.list.onEpochBegin(this.epoch);
      if (this.step === 0) beginEpoch(this.epoch + 1);
      else if (resume?.logs) callbacks.restoreSums(resume.logs);
      await this.runEpoch();
    }
    await callbacks.list.onTrainEnd();
    await callbacks.history.syncData();
  }

  /** Frees what an interrupted run holds. */
  async abandon(): Promise<void> {
    const pending = this.pending;
    this.pending = null;
    await pending?.values.catch(() => undefined);
    pending?.packed?.dispose();
    await this.parts.callbacks.abandon();
  }

  private stopped(): boolean {
    return this.parts.trained.internals.stopTraining_;
  }

  private restore(state: TrainingState): void {
    const { scorer, selector } = this.parts.chooser;
    this.step = state.step;
    this.trainedSamples = state.trainedSamples;
    scorer.scored = state.scoredSamples;
    if (state.pending !== null) {
      const { indices, step, values } = unpackPending(state.pending, this.columns, selector.signals);
      this.pending = { indices, step, packed: null, values: Promise.resolve(values) };
    }
  }

  private async runEpoch(): Promise<void> {
    const { batchSize } = this.parts.data;
    const { selector, scorer } = this.parts.chooser;
    const { callbacks } = this.parts;
    const score = scorer.score.bind(scorer);
    let exhausted = false;
    do {
      const selection = await selector.select(batchSize, score);
      if (selection === null) {
        exhausted = true;
        break;
      }
      checkSelection(selection, selector.name, this.parts.data.source.size, batchSize);
      await this.trainStep(selection);
      if (!this.stopped() && this.saveDue()) await this.save();
    } while (!this.stopped());
    const logs: StepLogs = {};
    if (exhausted) {
      await this.flush();
      await this.validate(logs);
    } else {
      // Stopped by a callback: save where it stopped, before the epoch's sums are closed.
      await this.save();
      await this.flush();
    }
    try {
      await callbacks.list.onEpochEnd(this.epoch, logs);
    } catch (error) {
      disposeLogs(logs);
      throw error;
    }
    if (!exhausted) return;
    this.epoch++;
    this.step = 0;
    await this.save();
  }

  private async trainStep(selection: Selection): Promise<void> {
    const { model, tap, task, trainFunction, labels } = this.parts.trained;
    const { source } = this.parts.data;
    const { selector } = this.parts.chooser;
    const { callbacks, args } = this.parts;
    const batch = await source.batch(selection.indices);
    const logs: StepLogs = {};
    let packed: tf.Tensor2D;
    try {
      const weighted = selection.weights !== undefined || this.parts.data.sampleWeight !== null;
      tap.requirePerSample(batch.ys, model.outputs, selector.signals.includes('loss'), weighted);
      if (this.firstBatch && this.columns.includes('label')) {
        const targets = await batch.ys[task.output]!.data();
        checkTargets(task, selector, targets, (row) => selection.indices[row]!);
      }
      this.firstBatch = false;
      await callbacks.list.onBatchBegin(this.step, logs);
      packed = tf.tidy(() => {
        const weights = this.weightsOf(selection);
        const { value: outs, byProducts } = tap.run(weights, () => trainFunction(tensorsOf(batch)));
        logs.batch = this.step;
        logs.size = selection.indices.length;
        labels.forEach((label, i) => (logs[label] = tf.keep(outs[i]!)));
        try {
          return measure(this.columns, task, byProducts);
        } finally {
          tf.dispose([...byProducts.losses, byProducts.output, byProducts.target]);
        }
      });
    } catch (error) {
      disposeLogs(logs);
      throw error;
    } finally {
      tf.dispose([...batch.xs, ...batch.ys]);
      for (const weights of batch.classWeights) weights?.dispose();
    }
    this.step++;
    this.trainedSamples += selection.indices.length;
    try {
      await this.deliver(this.startRead(selection.indices, packed));
      await args.onStep?.({
        epoch: this.epoch + 1,
        step: this.step,
        selection,
        trainedSamples: this.trainedSamples,
        scoredSamples: this.parts.chooser.scorer.scored,
      });
      await callbacks.list.onBatchEnd(this.step - 1, logs);
    } finally {
      disposeLogs(logs);
    }
  }

  /** The product of the selection's and the user's weights of a batch; null where neither has any. */
  private weightsOf({ indices, weights }: Selection): tf.Tensor1D | null {
    const { sampleWeight } = this.parts.data;
    if (weights === undefined && sampleWeight === null) return null;
    const product = new Float32Array(indices.length);
    for (let i = 0; i < product.length; i++) {
      product[i] = (weights?.[i] ?? 1) * (sampleWeight?.[indices[i]!] ?? 1);
    }
    return tf.tensor1d(product);
  }

  private startRead(indices: Int32Array, packed: tf.Tensor2D): Pending {
    const values = packed.data() as Promise<Float32Array>;
    // A failure surfaces where the value is awaited.
    values.catch(() => undefined);
    // The selector may reuse its array at the next `select`, which a late observation outlives.
    return { indices: this.lag ? indices.slice() : indices, step: this.step, packed, values };
  }

  /** Hands over the measurement of this step, or, one step late, that of the step before. */
  private async deliver(measured: Pending): Promise<void> {
    const due = this.lag ? this.pending : measured;
    this.pending = this.lag ? measured : null;
    if (due !== null) await this.observe(due);
  }

  private async flush(): Promise<void> {
    const due = this.pending;
    this.pending = null;
    if (due !== null) await this.observe(due);
  }

  private async observe({ indices, step, packed, values }: Pending): Promise<void> {
    const { task } = this.parts.trained;
    const { selector } = this.parts.chooser;
    let measured: Measured;
    try {
      measured = { indices, columns: this.columns, values: await values };
    } finally {
      packed?.dispose();
    }
    checkMeasuredLabels(task, selector, measured);
    const bad = firstNonFinite(measured);
    if (bad >= 0) {
      const hint = this.saved === null ? '' : ` The state saved last is ${this.saved}.`;
      const loss = columnOf(measured, 'guard')[bad]!;
      throw new NonFiniteLossError(this.epoch + 1, step, indices[bad]!, loss, hint);
    }
    if (selector.signals.length > 0) selector.observe(observationOf(measured, selector.signals));
  }

  private async validate(logs: StepLogs): Promise<void> {
    const { validate, labels } = this.parts.trained;
    if (validate === null) return;
    const outs = await validate();
    labels.forEach((label, i) => (logs[`val_${label}`] = outs[i]!));
    tf.dispose(outs.slice(labels.length));
  }

  private saveDue(): boolean {
    const { everySteps = Infinity, everySeconds = Infinity } = this.parts.args.checkpoint ?? {};
    return this.step % everySteps === 0 || tf.util.now() - this.savedAt >= 1000 * everySeconds;
  }

  private async save(): Promise<void> {
    const { model } = this.parts.trained;
    const { dataset } = this.parts.data;
    const { selector, scorer } = this.parts.chooser;
    const { args, callbacks } = this.parts;
    if (args.checkpoint === undefined) return;
    const pending = this.pending;
    const state: TrainingState = {
      version: TRAINING_STATE_VERSION,
      epoch: this.epoch,
      step: this.step,
      ...(await captureModel(model)),
      selector: selector.stateDict(),
      dataset: dataset?.stateDict?.() ?? null,
      logs: this.step === 0 ? null : await callbacks.captureSums(),
      pending:
        pending === null
          ? null
          : packPending({
              indices: pending.indices,
              columns: this.columns,
              values: await pending.values,
              step: pending.step,
            }),
      trainedSamples: this.trainedSamples,
      scoredSamples: scorer.scored,
    };
    await args.checkpoint.save(state);
    this.savedAt = tf.util.now();
    this.saved =
      this.step === 0 ? `the end of epoch ${this.epoch}` : `epoch ${this.epoch + 1}, step ${this.step}`;
  }
}

function disposeLogs(logs: StepLogs): void {
  for (const value of Object.values(logs)) if (typeof value !== 'number') value.dispose();
}
