/** Scores samples by forward passes in inference mode, for two-stage selectors. */
import * as tf from '@tensorflow/tfjs';
import type { Observation, Selector } from '../core/selector.js';
import type { BatchSource } from './data/batch-source.js';
import type { LossTap } from './internals/loss-tap.js';
import { checkMeasuredLabels, labelsMatter } from './measuring/labels.js';
import { columnsOf, type Column, type Pass } from './measuring/measure.js';
import { observationOf, readAtOnce, readLater, type Measured } from './measuring/measured.js';
import { readsLate } from './internals/read-back.js';
import type { Task } from './measuring/task.js';

/** Scores samples without training on them, `batchSize` at a time, and counts them. */
export class ModelScorer {
  /** Samples scored so far. */
  scored = 0;
  private readonly columns: readonly Column[];

  constructor(
    private readonly model: tf.LayersModel,
    private readonly tap: LossTap,
    private readonly source: BatchSource,
    private readonly task: Task,
    private readonly selector: Pick<Selector, 'name' | 'signals'>,
    private readonly batchSize: number,
  ) {
    this.columns = columnsOf(
      selector.signals,
      source.checkLabels === null && labelsMatter(task, selector.signals),
    );
  }

  /** The `Scorer` handed to `select`. */
  async score(indices: Int32Array): Promise<Observation> {
    const rows = indices.length;
    const values = this.columns.map(() => new Float32Array(rows));
    for (let from = 0; from < rows; from += this.batchSize) {
      const part = indices.slice(from, from + this.batchSize);
      const read = await this.pass(part);
      values.forEach((column, i) => {
        column.set(read[i]!, from);
      });
      this.scored += part.length;
    }
    const measured: Measured = { indices, columns: this.columns, values };
    checkMeasuredLabels(this.task, this.selector, measured);
    return observationOf(measured, this.selector.signals);
  }

  private async pass(indices: Int32Array): Promise<Float32Array[]> {
    const batch = await this.source.batch(indices);
    try {
      this.tap.requirePerSample(batch.ys, this.model.outputs, this.selector.signals.includes('loss'), false);
      const read = readsLate() ? readLater : readAtOnce;
      const begun: (Float32Array[] | Promise<Float32Array[]>)[] = [];
      tf.tidy(() => {
        const predicted = this.model.predictOnBatch(batch.xs);
        const outputs = Array.isArray(predicted) ? predicted : [predicted];
        const losses = this.tap.lossFunctions.map((loss, i) => loss(batch.ys[i]!, outputs[i]!));
        const at = this.task.output;
        const pass: Pass = { losses, output: outputs[at]!, target: batch.ys[at]! };
        begun.push(read(this.columns, this.task, pass));
      });
      return await begun[0]!;
    } finally {
      tf.dispose([...batch.xs, ...batch.ys]);
      for (const weights of batch.classWeights) weights?.dispose();
    }
  }
}
