import * as tf from '@tensorflow/tfjs';
import { INK, SIDE, type Digits } from '../digits/packed-digits.js';

/** A small convolutional network for digits, compiled: 5,386 parameters, so that a laptop trains it while you watch. */
export function digitNetwork(seed: number): tf.LayersModel {
  const kernelInitializer = (layer: number) => tf.initializers.heNormal({ seed: 10 * seed + layer });
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [SIDE, SIDE, 1],
        filters: 8,
        kernelSize: 5,
        strides: 2,
        activation: 'relu',
        kernelInitializer: kernelInitializer(1),
      }),
      tf.layers.conv2d({
        filters: 16,
        kernelSize: 3,
        strides: 2,
        activation: 'relu',
        kernelInitializer: kernelInitializer(2),
      }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 10, activation: 'softmax', kernelInitializer: kernelInitializer(3) }),
    ],
  });
  model.compile({ optimizer: tf.train.momentum(0.01, 0.9), loss: 'sparseCategoricalCrossentropy' });
  return model;
}

/** Digits as tensors: greys in [0, 1], labels as numbers. */
export function digitTensors({ size, images, labels }: Digits): { xs: tf.Tensor4D; ys: tf.Tensor1D } {
  return {
    xs: tf.tensor4d(
      Float32Array.from(images, (grey) => grey / INK),
      [size, SIDE, SIDE, 1],
    ),
    ys: tf.tensor1d(Float32Array.from(labels)),
  };
}

/** Share of the digits that the network gets wrong. */
export function errorOn(model: tf.LayersModel, xs: tf.Tensor4D, labels: ArrayLike<number>): number {
  return tf.tidy(() => {
    const output = model.predict(xs, { batchSize: 500 });
    if (Array.isArray(output)) throw new TypeError('the network has several outputs');
    const predicted = output.argMax(1).dataSync();
    let wrong = 0;
    for (let i = 0; i < predicted.length; i++) wrong += Number(predicted[i] !== labels[i]);
    return wrong / predicted.length;
  });
}
