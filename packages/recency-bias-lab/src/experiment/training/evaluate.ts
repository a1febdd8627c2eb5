/** Loss and error of a classifier on data it is not trained on. */
import * as tf from '@tensorflow/tfjs';
import type { LabelledBatches } from '../../data/image-batches.js';
import type { Answers } from '../state/best-weights.js';

/** Large enough to fill the cores, small enough for the activations to stay in the cache. */
export const EVALUATION_BATCH = 250;

/** Means over samples, and what each sample contributes. */
export interface Evaluation {
  /** Crossentropy of the true class. */
  readonly loss: number;
  /** That of each sample, in the order of the indices. */
  readonly losses: Float32Array;
  /** Share of samples whose highest logit is not their own class's, in [0, 1]. */
  readonly error: number;
  /** The same share of the samples of each class; null for a class without any. */
  readonly classErrors: readonly (number | null)[];
  /** In the order of the indices. */
  readonly answers: Answers;
}

/**
 * Evaluates by forward passes in inference mode.
 * @param model ends in logits
 * @param indices the samples to evaluate, default all
 * @param probabilities filled with the softmax of each sample [indices, classes] where given
 */
export async function evaluate(
  model: tf.LayersModel,
  batches: LabelledBatches,
  indices: Int32Array = Int32Array.from({ length: batches.size }, (_, i) => i),
  probabilities?: Float32Array,
): Promise<Evaluation> {
  const losses = new Float32Array(indices.length);
  const answers: Answers = {
    version: 1,
    predicted: new Int32Array(indices.length),
    probability: new Float32Array(indices.length),
  };
  let lossSum = 0;
  let wrong = 0;
  const { classes } = batches;
  const wrongOf = new Uint32Array(classes);
  const samplesOf = new Uint32Array(classes);
  for (let from = 0; from < indices.length; from += EVALUATION_BATCH) {
    const part = indices.subarray(from, from + EVALUATION_BATCH);
    const images = await batches.read(part);
    const output = model.predictOnBatch(images) as tf.Tensor2D;
    const logits = await output.data();
    tf.dispose([images, output]);
    for (let row = 0; row < part.length; row++) {
      const label = batches.label(part[row]!);
      const start = row * classes;
      let best = 0;
      for (let c = 1; c < classes; c++) if (logits[start + c]! > logits[start + best]!) best = c;
      samplesOf[label]!++;
      if (best !== label) {
        wrong++;
        wrongOf[label]!++;
      }
      // ln(sum of exponentials) - own logit, shifted by the highest logit against overflow
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += Math.exp(logits[start + c]! - logits[start + best]!);
      for (let c = 0; probabilities !== undefined && c < classes; c++) {
        probabilities[(from + row) * classes + c] =
          Math.exp(logits[start + c]! - logits[start + best]!) / sum;
      }
      answers.predicted[from + row] = best;
      answers.probability[from + row] = 1 / sum;
      const loss = Math.log(sum) + logits[start + best]! - logits[start + label]!;
      losses[from + row] = loss;
      lossSum += loss;
    }
  }
  const classErrors = Array.from(samplesOf, (count, c) => (count === 0 ? null : wrongOf[c]! / count));
  return { loss: lossSum / indices.length, losses, error: wrong / indices.length, classErrors, answers };
}
