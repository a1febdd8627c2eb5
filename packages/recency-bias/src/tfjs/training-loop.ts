/**
 * The training loop: TensorFlow.js's own training step, batches from a selector, what the step measured back to it.
 */
import * as tf from '@tensorflow/tfjs';
import type { Selection, Selector } from '../core/selector.js';
import { tensorsOf, type BatchSource } from './batch-source.js';
import type { Callbacks, StepLogs } from './callback-list.js';
import { captureModel } from './checkpoint.js';
import type { LossTap } from './loss-tap.js';
import {
  columnOf,
  columnsOf,
  firstNonFinite,
  measure,
  observationOf,
  type Column,
  type Measured,
} from './measure.js';
import { checkMeasuredLabels, checkTargets, labelsMatter } from './labels.js';
import type { ModelInternals, TrainFunction } from './model-internals.js';
import { NonFiniteLossError } from './non-finite-loss.js';
import { packPending, unpackPending } from './pending.js';
import type { ModelScorer } from './scorer.js';
import { checkSelection } from './check-selection.js';
import type { Task } from './task.js';
import { TRAINING_STATE_VERSION } from './training-state.js';
import type { FitArgs, RandomAccessDataset, TrainingState } from './types.js';

/** Everything that the loop works with. */
export interface LoopParts {
  readonly model: tf.LayersModel;
  readonly internals: ModelInternals;
  readonly tap: LossTap;
  readonly task: Task;
  readonly source: BatchSource;
  readonly dataset: RandomAccessDataset | null;
  readonly selector: Selector;
  readonly scorer: ModelScorer;
  readonly callbacks: Callbacks;
  readonly trainFunction: TrainFunction;
  readonly labels: readonly string[];
  /** Losses and metrics on the validation data; null without any. */
  readonly validate: (() => tf.Scalar[] | Promise<tf.Scalar[]>) | null;
  /** Tells the selector that an epoch (1-based) begins. */
  readonly beginEpoch: (epoch: number) => void;
  readonly sampleWeight: Float32Array | null;
  readonly batchSize: number;
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
    const { selector, source, task } = parts;
    const unchecked = source.checkLabels === null && labelsMatter(task, selector.signals);
    this.columns = columnsOf(selector.signals, unchecked);
    this.lag = ASYNCHRONOUS_BACKENDS.has(tf.getBackend());
  }

  /** Trains to the end, or until a callback sets `model.stopTraining`. */
  async run(): Promise<void> {
    const { internals, callbacks, beginEpoch, args } = this.parts;
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
    return this.parts.internals.stopTraining_;
  }

  private restore(state: TrainingState): void {
    const { scorer, selector } = this.parts;
    this.step = state.step;
    this.trainedSamples = state.trainedSamples;
    scorer.scored = state.scoredSamples;
    if (state.pending !== null) {
      const { indices, step, values } = unpackPending(state.pending, this.columns, selector.signals);
      this.pending = { indices, step, packed: null, values: Promise.resolve(values) };
    }
  }

  private async runEpoch(): Promise<void> {
    const { callbacks, selector, scorer, batchSize } = this.parts;
    const score = scorer.score.bind(scorer);
    let exhausted = false;
    do {
      const selection = await selector.select(batchSize, score);
      if (selection === null) {
        exhausted = true;
        break;
      }
      checkSelection(selection, selector.name, this.parts.source.size, batchSize);
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
    const { model, callbacks, source, selector, tap, task, trainFunction, labels, args } = this.parts;
    const batch = await source.batch(selection.indices);
    const logs: StepLogs = {};
    let packed: tf.Tensor2D;
    try {
      const weighted = selection.weights !== undefined || this.parts.sampleWeight !== null;
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
        scoredSamples: this.parts.scorer.scored,
      });
      await callbacks.list.onBatchEnd(this.step - 1, logs);
    } finally {
      disposeLogs(logs);
    }
  }

  /** The product of the selection's and the user's weights of a batch; null where neither has any. */
  private weightsOf({ indices, weights }: Selection): tf.Tensor1D | null {
    const { sampleWeight } = this.parts;
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
    const { selector, task } = this.parts;
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
    const { validate, labels } = this.parts;
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
    const { args, model, selector, dataset, callbacks, scorer } = this.parts;
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
