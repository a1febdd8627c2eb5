/** Signals from what a pass leaves behind, one float32 column each. (A label below 2^24 is exact in float32.) */
import * as tf from '@tensorflow/tfjs';
import type { Signal } from '../../core/signals.js';
import { isPerSample } from '../internals/loss-tap.js';
import type { Task } from './task.js';

/** The tensors that a forward pass leaves behind. */
export interface Pass {
  /** The unreduced, unweighted loss of each output. */
  readonly losses: readonly tf.Tensor[];
  /** The watched output, and its targets. */
  readonly output: tf.Tensor;
  readonly target: tf.Tensor;
}

/**
 * The measured columns: the signals asked for, after
 * - `guard`, the sample's loss over all outputs, by which a non-finite loss is found, and
 * - `label`, what the sample's targets say of its label (see labels.ts), where these are checked batch by batch.
 */
export type Column = Signal | 'guard' | 'label';

/** Which columns are measured. */
export function columnsOf(signals: readonly Signal[], checkLabels: boolean): readonly Column[] {
  return [...new Set<Column>(['guard', ...(checkLabels ? (['label'] as const) : []), ...signals])];
}

/** One tensor a column, with one value a sample. The caller tidies up; some tensors may be those of `pass`. */
export function measure(columns: readonly Column[], task: Task, pass: Pass): tf.Tensor[] {
  const rows = pass.target.shape[0];
  const once = <T>(make: () => T): (() => T) => {
    let value: T | undefined;
    return () => (value ??= make());
  };
  const label = once(() => ownLabel(task, pass.target));
  const probability = once(() => probabilities(task, pass.output));
  const distance = once(() => tf.sub(probability(), oneHot(task, label())));
  const column: Record<Column, () => tf.Tensor> = {
    guard: () => guard(pass.losses, rows),
    label: () => labelCode(task, pass.target),
    loss: () => rowMeans(pass.losses[task.output]!, rows),
    batchLoss: () => tf.fill([rows], 1).mul(tf.mean(pass.losses[task.output]!)),
    predictedLabel: () => predictedLabel(task, pass.output),
    margin: () => margin(task, pass.output, label()),
    trueClassProbability: () => ofLabel(task, probability(), label()),
    gradNormBound: () => tf.sqrt(tf.sum(tf.square(distance()), 1)),
    boundaryDistance: () => boundaryDistance(task, pass.output, probability(), label()),
  };
  return columns.map((name) => column[name]());
}

/** The mean loss of each sample, of a loss with one row a sample. */
function rowMeans(loss: tf.Tensor, rows: number): tf.Tensor {
  return loss.rank === 1 ? loss : tf.mean(tf.reshape(loss, [rows, -1]), 1);
}

/** Non-finite where a sample's loss is; a loss already reduced to a scalar counts for every sample. */
function guard(losses: readonly tf.Tensor[], rows: number): tf.Tensor {
  const each = losses.map((loss) =>
    isPerSample(loss, rows) ? rowMeans(loss, rows) : tf.fill([rows], 1).mul(tf.mean(loss)),
  );
  return each.reduce((sum, loss) => tf.add(sum, loss));
}

function predictedLabel(task: Task, output: tf.Tensor): tf.Tensor {
  if (task.labels !== 'binary') return tf.argMax(output, 1);
  // The threshold of TensorFlow.js's binaryAccuracy.
  return tf.greater(output, task.probabilities === 'logits' ? 0 : 0.5);
}

/** The label of each sample; of a row, `oneHotCode`. */
function labelCode(task: Task, target: tf.Tensor): tf.Tensor {
  if (task.labels !== 'one-hot') return tf.reshape(target, [target.shape[0]]);
  const row = tf.cast(target, 'float32');
  return tf.sum(tf.sub(tf.mul(tf.abs(row), 2), row), 1);
}

function ownLabel(task: Task, target: tf.Tensor): tf.Tensor1D {
  if (task.labels === 'one-hot') return tf.argMax(target, 1);
  // One unit may be trained on probabilities.
  if (task.labels === 'binary') {
    return tf.cast(tf.greater(tf.reshape(target, [target.shape[0]]), 0.5), 'int32');
  }
  return tf.cast(tf.reshape(target, [target.shape[0]]), 'int32');
}

function oneHot(task: Task, label: tf.Tensor1D): tf.Tensor {
  return tf.cast(tf.oneHot(label, task.classes), 'float32');
}

/** Probabilities of all classes [rows, classes]. */
function probabilities(task: Task, output: tf.Tensor): tf.Tensor {
  if (task.labels === 'binary') {
    const positive = task.probabilities === 'logits' ? tf.sigmoid(output) : output;
    return tf.concat([tf.sub(1, positive), positive], 1);
  }
  if (task.probabilities === 'logits') return tf.softmax(output);
  return task.probabilities === 'scores' ? tf.div(output, tf.sum(output, 1, true)) : output;
}

function ofLabel(task: Task, probability: tf.Tensor, label: tf.Tensor1D): tf.Tensor {
  return tf.sum(tf.mul(probability, oneHot(task, label)), 1);
}

/** Least probability whose logarithm is taken, so that margins stay finite. */
const TINY = 1e-30;
/** Above every logit. */
const LARGE = 1e30;

/** Logit of the own label less the largest other logit; of log-probabilities where the output is not logits. */
function margin(task: Task, output: tf.Tensor, label: tf.Tensor1D): tf.Tensor {
  const isLogits = task.probabilities === 'logits' || task.probabilities === 'unknown';
  if (task.labels === 'binary' && isLogits) {
    return tf.mul(tf.reshape(output, [label.size]), tf.sub(tf.mul(tf.cast(label, 'float32'), 2), 1));
  }
  const logits = isLogits ? output : tf.log(tf.maximum(probabilities(task, output), TINY));
  const own = oneHot(task, label);
  const others = tf.sub(logits, tf.mul(own, LARGE));
  return tf.sub(tf.sum(tf.mul(logits, own), 1), tf.max(others, 1));
}

/** The standard deviation of the probabilities, negative where the predicted label is not the sample's own. */
function boundaryDistance(
  task: Task,
  output: tf.Tensor,
  probability: tf.Tensor,
  label: tf.Tensor1D,
): tf.Tensor {
  const deviation = tf.sqrt(tf.moments(probability, 1).variance);
  const predicted = tf.cast(tf.reshape(predictedLabel(task, output), [label.size]), 'int32');
  const right = tf.cast(tf.equal(predicted, label), 'float32');
  return tf.mul(deviation, tf.sub(tf.mul(right, 2), 1));
}
