/** The pictures as tensors, and a small CNN that learns them. */
import * as tf from '@tensorflow/tfjs';
import { CLASSES, labelOf, SIDE, stripes } from './stripes.js';

/** The training data as tensors. */
export function data(size: number): { xs: tf.Tensor4D; ys: tf.Tensor1D } {
  const pixels = new Float32Array(size * SIDE * SIDE);
  for (let index = 0; index < size; index++) pixels.set(stripes(index), index * SIDE * SIDE);
  return {
    xs: tf.tensor4d(pixels, [size, SIDE, SIDE, 1]),
    ys: tf.tensor1d(Float32Array.from({ length: size }, (_, index) => labelOf(index))),
  };
}

export function network(): tf.LayersModel {
  const kernelInitializer = tf.initializers.heNormal({ seed: 1 });
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [SIDE, SIDE, 1],
        filters: 6,
        kernelSize: 3,
        activation: 'relu',
        kernelInitializer,
      }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: CLASSES.length, activation: 'softmax', kernelInitializer }),
    ],
  });
  model.compile({
    optimizer: tf.train.momentum(0.01, 0.9),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['acc'],
  });
  return model;
}
