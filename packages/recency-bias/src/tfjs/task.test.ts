import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { inputs, labels } from '../../test/support/models.js';
import { probe } from '../../test/support/selectors.js';
import { fit } from './fit.js';
import { compiledModel } from './internals/model-internals.js';
import { availableSignals, describeTask, type Task } from './measuring/task.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** A loss function on logits. */
const onLogits = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor =>
  tf.losses.softmaxCrossEntropy(yTrue, yPred, undefined, 0, tf.Reduction.NONE);

const dense = (units: number, activation?: 'softmax' | 'sigmoid' | 'relu'): tf.layers.Layer =>
  tf.layers.dense({ units, inputShape: [4], ...(activation === undefined ? {} : { activation }) });

function taskOf(
  layers: tf.layers.Layer[],
  loss: tf.ModelCompileArgs['loss'],
  declared?: number,
): Pick<Task, 'classes' | 'labels' | 'probabilities'> {
  const model = tf.sequential({ layers });
  model.compile({ optimizer: 'sgd', loss });
  const compiled = compiledModel(model);
  const task = describeTask(compiled.model, compiled.internals, undefined, declared);
  model.dispose();
  return { classes: task.classes, labels: task.labels, probabilities: task.probabilities };
}

describe('the task of an output', () => {
  it('with a crossentropy by name is a classification, its labels as the loss takes them', () => {
    expect(taskOf([dense(3, 'softmax')], 'sparseCategoricalCrossentropy')).toEqual({
      classes: 3,
      labels: 'sparse',
      probabilities: 'probabilities',
    });
    expect(taskOf([dense(3, 'softmax')], 'categoricalCrossentropy').labels).toBe('one-hot');
    expect(taskOf([dense(1, 'sigmoid')], 'binaryCrossentropy')).toEqual({
      classes: 2,
      labels: 'binary',
      probabilities: 'probabilities',
    });
  });

  it('finds the softmax in a layer of its own, behind a reshape, and in a nested model', () => {
    const names: tf.layers.Layer[][] = [
      [dense(3), tf.layers.softmax()],
      [dense(3), tf.layers.activation({ activation: 'softmax' })],
      [dense(3, 'softmax'), tf.layers.reshape({ targetShape: [3] }), tf.layers.dropout({ rate: 0 })],
      [tf.sequential({ layers: [dense(3, 'softmax')] })],
    ];
    for (const layers of names) {
      expect(taskOf(layers, 'categoricalCrossentropy').probabilities).toBe('probabilities');
    }
  });

  it('with linear outputs under a loss function has logits', () => {
    expect(taskOf([dense(3)], onLogits)).toEqual({ classes: 3, labels: 'one-hot', probabilities: 'logits' });
  });

  it('with one unit is two classes if the loss, the activation or the data set says so', () => {
    const loss = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => tf.squaredDifference(yTrue, yPred);
    expect(taskOf([dense(1, 'sigmoid')], loss).classes).toBe(2);
    expect(taskOf([dense(1)], loss)).toEqual({ classes: 0, labels: null, probabilities: 'logits' });
    expect(taskOf([dense(1)], loss, 2)).toEqual({ classes: 2, labels: 'binary', probabilities: 'logits' });
    expect(taskOf([dense(1, 'sigmoid')], 'meanSquaredError').classes).toBe(0);
  });

  it('divides outputs of another activation by their sum under a crossentropy, as the loss does', () => {
    expect(taskOf([dense(3, 'relu')], 'categoricalCrossentropy').probabilities).toBe('scores');
    const model = tf.sequential({ layers: [dense(3, 'relu')] });
    model.compile({ optimizer: 'sgd', loss: onLogits });
    const { internals } = compiledModel(model);
    const task = describeTask(model, internals, undefined, 3);
    expect(availableSignals(task)).toEqual(['loss', 'batchLoss', 'predictedLabel', 'margin']);
  });

  it('with several units under a regression loss is a regression, unless a softmax or the data set says otherwise', () => {
    expect(taskOf([dense(3)], 'meanSquaredError').classes).toBe(0);
    expect(taskOf([dense(3, 'softmax')], 'meanSquaredError').classes).toBe(3);
    expect(taskOf([dense(3)], 'meanSquaredError', 3).classes).toBe(3);
    expect(taskOf([dense(3)], onLogits, 0).classes).toBe(0);
  });

  it('that only the targets can tell is refused at the first batch if they are no one-hot labels', async () => {
    const model = tf.sequential({ layers: [dense(3)] });
    const loss = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor =>
      tf.mean(tf.squaredDifference(yTrue, yPred), -1);
    model.compile({ optimizer: 'sgd', loss });
    const xs = inputs([8, 4]);
    const ys = inputs([8, 3]);
    const before = await model.getWeights()[0]!.data();
    await expect(
      fit(model, xs, ys, { epochs: 1, selector: probe({ signals: ['predictedLabel'] }) }),
    ).rejects.toThrow(
      /selector "probe" needs predictedLabel, but the targets of output ".*" are no one-hot labels/,
    );
    expect(await model.getWeights()[0]!.data()).toEqual(before);
    await fit(model, xs, ys, { epochs: 1, selector: probe({ signals: ['loss'] }) });
    const oneHot = tf.oneHot(labels(8, 3).toInt(), 3).toFloat();
    await fit(model, xs, oneHot, { epochs: 1, selector: probe({ signals: ['predictedLabel'] }) });
  });
});
