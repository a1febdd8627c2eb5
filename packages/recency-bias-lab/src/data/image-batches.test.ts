import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { ImagePreparation } from '../augment/image-preparation.js';
import { resolveAugmentation } from '../augment/policies.js';
import { ImageBatches, pixelMoments } from './image-batches.js';
import type { PixelMoments } from './image-batches.js';
import type { ImageDataset, ImageSplit } from './image-dataset.js';

function dataset(train: ImageSplit, channels: number): ImageDataset {
  return {
    name: 'x',
    imageShape: [1, 2, channels],
    classes: 3,
    classNames: ['a', 'b', 'c'],
    train,
    test: train,
  };
}

function batchesOf(train: ImageSplit, channels: number, moments: PixelMoments): ImageBatches {
  const settings = resolveAugmentation({ name: 'none' });
  const data = dataset(train, channels);
  return new ImageBatches(train, data, new ImagePreparation(data.imageShape, settings, moments, null));
}

describe('ImageBatches', () => {
  it('standardises each channel to mean 0 and standard deviation 1 over the training split', async () => {
    const train: ImageSplit = {
      size: 3,
      images: Uint8Array.of(0, 10, 20, 30, 255, 50, 7, 70, 80, 9, 100, 110, 5, 130, 140, 150, 60, 170),
      labels: Int32Array.of(0, 1, 2),
    };
    const batches = batchesOf(train, 3, pixelMoments(train, 3));
    const before = tf.memory().numTensors;
    const { xs, ys } = await batches.batch(Int32Array.of(0, 1, 2));
    expect(xs.shape).toEqual([3, 1, 2, 3]);
    expect(ys.arraySync()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    const values = xs.dataSync();
    for (let c = 0; c < 3; c++) {
      const channel = [...values].filter((_, i) => i % 3 === c);
      const mean = channel.reduce((a, b) => a + b) / channel.length;
      const variance = channel.reduce((a, b) => a + (b - mean) ** 2, 0) / channel.length;
      expect(mean).toBeCloseTo(0, 5);
      expect(variance).toBeCloseTo(1, 5);
    }
    tf.dispose([xs, ys]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gathers by index: row i belongs to indices[i]', async () => {
    const train: ImageSplit = {
      size: 3,
      images: Uint8Array.of(0, 0, 51, 51, 255, 255),
      labels: Int32Array.of(2, 0, 1),
    };
    const batches = batchesOf(train, 1, { mean: [0], std: [1] });
    const { xs, ys } = await batches.batch(Int32Array.of(2, 0, 1, 2));
    expect([...xs.dataSync()]).toEqual([1, 1, 0, 0, 0.2, 0.2, 1, 1].map(Math.fround));
    expect(ys.argMax(1).arraySync()).toEqual([1, 2, 0, 1]);
    tf.dispose([xs, ys]);
  });

  it('gives a constant channel the standard deviation 1', () => {
    const train: ImageSplit = { size: 1, images: Uint8Array.of(255, 255), labels: Int32Array.of(0) };
    expect(pixelMoments(train, 1)).toEqual({ mean: [1], std: [1] });
  });
});
