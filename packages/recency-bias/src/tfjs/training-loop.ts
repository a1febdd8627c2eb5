/**
 * The training loop: TensorFlow.js's own training step, batches from a selector, what the step measured back to it.
 */
import * as tf from '@tensorflow/tfjs';
import type { Selection } from '../core/selector.js';
import { checkSelection } from './check-selection.js';
import { tensorsOf } from './data/batch-source.js';
import type { StepLogs } from './internals/callback-list.js';
import { valuesOf } from './internals/read-back.js';
import type { LoopParts } from './loop-parts.js';
import { checkTargets, labelsMatter } from './measuring/labels.js';
import { Observer } from './observer.js';
import { RunSaver } from './run-saver.js';
import type { TrainingState } from './state/training-state.js';

/** One run of `fit`. */
export class TrainingLoop {
  private epoch: number;
  /** Steps done in the epoch under way. */
  private step = 0;
  private trainedSamples = 0;
  private firstBatch = true;
  private readonly saver: RunSaver;
  private readonly observer: Observer;

  constructor(private readonly parts: LoopParts) {
    const { trained, data, chooser, args } = parts;
    this.epoch = args.resume?.epoch ?? args.initialEpoch ?? 0;
    const saver = new RunSaver(parts);
    const unchecked =
      data.source.checkLabels === null && labelsMatter(trained.task, chooser.selector.signals);
    this.observer = new Observer(chooser.selector, trained.task, unchecked, () => saver.savedLast);
    this.saver = saver;
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
    await this.observer.abandon();
    await this.parts.callbacks.abandon();
  }

  private stopped(): boolean {
    return this.parts.trained.internals.stopTraining_;
  }

  private restore(state: TrainingState): void {
    this.step = state.step;
    this.trainedSamples = state.trainedSamples;
    this.parts.chooser.scorer.scored = state.scoredSamples;
    if (state.pending !== null) this.observer.restore(state.pending, this.epoch + 1);
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
      if (!this.stopped() && this.saver.isDue(this.step)) await this.save();
    } while (!this.stopped());
    const logs: StepLogs = {};
    if (exhausted) {
      await this.observer.flush();
      await this.validate(logs);
    } else {
      // Stopped by a callback: save where it stopped, before the epoch's sums are closed.
      await this.save();
      await this.observer.flush();
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
    let values: ReturnType<Observer['measure']> = [];
    try {
      const weighted = selection.weights !== undefined || this.parts.data.sampleWeight !== null;
      tap.requirePerSample(batch.ys, model.outputs, selector.signals.includes('loss'), weighted);
      const target = batch.ys[task.output]!;
      if (this.firstBatch && this.observer.checksLabels) {
        const targets = await valuesOf(target);
        checkTargets(task, selector, targets, (row) => selection.indices[row]!);
      }
      this.firstBatch = false;
      await callbacks.list.onBatchBegin(this.step, logs);
      tf.tidy(() => {
        const weights = this.weightsOf(selection);
        const { value: outs, byProducts } = tap.run(weights, () => trainFunction(tensorsOf(batch)));
        logs.batch = this.step;
        logs.size = selection.indices.length;
        labels.forEach((label, i) => (logs[label] = tf.keep(outs[i]!)));
        try {
          values = this.observer.measure({ ...byProducts, target });
        } finally {
          tf.dispose([...byProducts.losses, byProducts.output]);
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
      const { indices } = selection;
      await this.observer.deliver({ epoch: this.epoch + 1, step: this.step, indices, values });
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

  private async validate(logs: StepLogs): Promise<void> {
    const { validate, labels } = this.parts.trained;
    if (validate === null) return;
    const outs = await validate();
    labels.forEach((label, i) => (logs[`val_${label}`] = outs[i]!));
    tf.dispose(outs.slice(labels.length));
  }

  private async save(): Promise<void> {
    const { epoch, step, trainedSamples } = this;
    await this.saver.save({ epoch, step, trainedSamples }, this.observer);
  }
}

function disposeLogs(logs: StepLogs): void {
  for (const value of Object.values(logs)) if (typeof value !== 'number') value.dispose();
}
