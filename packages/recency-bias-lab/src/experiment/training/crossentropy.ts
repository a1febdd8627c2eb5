/** The loss that classifiers are trained with. */
import * as tf from '@tensorflow/tfjs';

/**
 * Softmax crossentropy of each sample, from logits.
 *
 * TF.js's `'categoricalCrossentropy'` on softmax outputs clips probabilities at 1e-7: a sample that is predicted wrong with
 * certainty then has no gradient, and a network that overshoots in its first steps stays where it is. From logits the
 * gradient is softmax - one-hot everywhere.
 * @param oneHot targets [n, classes]
 * @param logits outputs [n, classes]
 * @returns losses [n]
 */
export function softmaxCrossentropy(oneHot: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  return tf.losses.softmaxCrossEntropy(oneHot, logits, undefined, undefined, tf.Reduction.NONE);
}
