/** Loss and error of a classifier on data it is not trained on. */
import * as tf from '@tensorflow/tfjs';
import type { ImageBatches } from '../data/image-batches.js';

/** Large enough to fill the cores, small enough for the activations to stay in the cache. */
const EVALUATION_BATCH = 250;
/** The smallest probability whose logarithm is taken, as in TF.js's crossentropy. */
const EPSILON = 1e-7;

/** Means over samples. */
export interface Evaluation {
  /** Crossentropy of the true class. */
  readonly loss: number;
  /** Share of samples whose most probable class is not their own, in [0, 1]. */
  readonly error: number;
}

/**
 * Evaluates by forward passes in inference mode.
 * @param model ends in a softmax
 * @param indices the samples to evaluate, default all
 */
export async function evaluate(
  model: tf.LayersModel,
  batches: ImageBatches,
  indices: Int32Array = Int32Array.from({ length: batches.size }, (_, i) => i),
): Promise<Evaluation> {
  let lossSum = 0;
  let wrong = 0;
  for (let from = 0; from < indices.length; from += EVALUATION_BATCH) {
    const part = indices.subarray(from, from + EVALUATION_BATCH);
    const { xs, ys } = batches.batch(part);
    const output = model.predictOnBatch(xs) as tf.Tensor2D;
    const probabilities = await output.data();
    const labels = await ys.data();
    tf.dispose([xs, ys, output]);
    const classes = batches.classes;
    for (let row = 0; row < part.length; row++) {
      const start = row * classes;
      let best = 0;
      for (let c = 1; c < classes; c++) {
        if (probabilities[start + c]! > probabilities[start + best]!) best = c;
      }
      const label = labels[row]!;
      if (best !== label) wrong++;
      lossSum -= Math.log(Math.max(probabilities[start + label]!, EPSILON));
    }
  }
  return { loss: lossSum / indices.length, error: wrong / indices.length };
}
