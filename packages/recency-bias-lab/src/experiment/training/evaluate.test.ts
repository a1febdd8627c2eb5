import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { ImagePreparation } from '../../augment/image-preparation.js';
import { resolveAugmentation } from '../../augment/policies.js';
import { ImageBatches } from '../../data/image-batches.js';
import type { ImageDataset } from '../../data/image-dataset.js';
import { evaluate } from './evaluate.js';

/** 600 one-pixel images with the values 0 or 1, and a model whose logits are [0, 2 * pixel - 1]. */
const split = {
  size: 600,
  images: Uint8Array.from({ length: 600 }, (_, i) => (i % 2) * 255),
  labels: Int32Array.from({ length: 600 }, (_, i) => (i % 6 === 0 ? 1 : i % 2)),
};
const dataset: ImageDataset = {
  name: 'pixels',
  imageShape: [1, 1, 1],
  classes: 2,
  classNames: ['dark', 'bright'],
  train: split,
  test: split,
};
const settings = resolveAugmentation({ name: 'none' });
const moments = { mean: [0], std: [1] };
const preparation = new ImagePreparation(dataset.imageShape, settings, moments, null);
const batches = new ImageBatches(split, dataset, preparation);

function model(): tf.LayersModel {
  const dense = tf.layers.dense({ units: 2, inputShape: [1] });
  const built = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [1, 1, 1] }), dense] });
  dense.setWeights([tf.tensor2d([[0, 2]]), tf.tensor1d([0, -1])]);
  return built;
}

describe('evaluate', () => {
  it('gives the mean crossentropy and the share of wrong samples, over several batches', async () => {
    const { loss, error, classErrors } = await evaluate(model(), batches);
    expect(error).toBeCloseTo(1 / 6, 12);
    const byClass = [0, 1].map((c) => split.labels.filter((label) => label === c).length / split.size);
    expect(classErrors[0]! * byClass[0]! + classErrors[1]! * byClass[1]!).toBeCloseTo(1 / 6, 12);
    expect(Math.min(...(classErrors as number[]))).toBe(0);
    const right = Math.log(1 + Math.exp(-1)); // own logit is one above the other
    expect(loss).toBeCloseTo((5 / 6) * right + (1 / 6) * (right + 1), 5);
  });

  it('evaluates the samples it is told to, and leaves no tensor behind', async () => {
    const classifier = model();
    const before = tf.memory().numTensors;
    expect((await evaluate(classifier, batches, Int32Array.of(0, 6, 1))).error).toBeCloseTo(2 / 3, 12);
    const { classErrors } = await evaluate(classifier, batches, Int32Array.of(0));
    expect(classErrors.filter((error) => error === null)).toHaveLength(1);
    expect(tf.memory().numTensors).toBe(before);
  });
});
