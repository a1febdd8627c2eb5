import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { describeWithTorch, relativeError } from '../../test/support/with-torch.js';

const RATE = 2;
const x = (): tf.Tensor4D => tf.randomNormal([2, 9, 8, 3], 0, 1, 'float32', 1);
const filter = (multiplier = 4): tf.Tensor4D => tf.randomNormal([3, 2, 3, multiplier], 0, 1, 'float32', 2);

/** The same filter with zeros between its values: a convolution with it is the dilated one. */
function spread(f: tf.Tensor4D): tf.Tensor4D {
  const [height, width, channels, filters] = f.shape;
  return tf.tidy(() => {
    const cells = tf.reshape(f, [height, 1, width, 1, channels, filters]);
    const padded = tf.pad(cells, [
      [0, 0],
      [0, RATE - 1],
      [0, 0],
      [0, RATE - 1],
      [0, 0],
      [0, 0],
    ]);
    const whole = tf.reshape<tf.Rank.R4>(padded, [height * RATE, width * RATE, channels, filters]);
    return tf.slice4d(
      whole,
      [0, 0, 0, 0],
      [(height - 1) * RATE + 1, (width - 1) * RATE + 1, channels, filters],
    );
  });
}

type Convolve = (x: tf.Tensor4D, f: tf.Tensor4D) => tf.Tensor4D;

function compare(dilated: Convolve, plain: Convolve, f: () => tf.Tensor4D): void {
  const gradients = (convolve: Convolve): ArrayLike<number>[] => {
    const both = tf.grads((a, b) => tf.square(convolve(a as tf.Tensor4D, b as tf.Tensor4D)))([x(), f()]);
    return both.map((gradient) => gradient.dataSync());
  };
  const expected = gradients(plain);
  gradients(dilated).forEach((gradient, i) => {
    expect(relativeError(gradient, expected[i]!)).toBeLessThan(1e-5);
  });
}

describeWithTorch('A dilated convolution has the gradients of one with zeros in its filter:', () => {
  it.each(['same', 'valid'] as const)('conv2d, padding %s', (padding) => {
    compare(
      (a, b) => tf.conv2d(a, b, 1, padding, 'NHWC', RATE),
      (a, b) => tf.conv2d(a, spread(b), 1, padding),
      filter,
    );
  });

  it('depthwiseConv2d', () => {
    compare(
      (a, b) => tf.depthwiseConv2d(a, b, 1, 'same', 'NHWC', RATE),
      (a, b) => tf.depthwiseConv2d(a, spread(b), 1, 'same'),
      () => filter(2),
    );
  });
});

describeWithTorch('A layer of dilated convolutions', () => {
  it.each(['linear', 'relu'] as const)('learns, with the activation %s', async (activation) => {
    const layer = tf.layers.conv2d({
      inputShape: [9, 8, 3],
      filters: 4,
      kernelSize: 3,
      dilationRate: RATE,
      activation,
      kernelInitializer: tf.initializers.glorotUniform({ seed: 3 }),
      biasInitializer: 'ones',
    });
    const model = tf.sequential({ layers: [layer, tf.layers.globalAveragePooling2d({})] });
    model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
    const losses: number[] = [];
    for (let i = 0; i < 10; i++) losses.push((await model.trainOnBatch(x(), tf.zeros([2, 4]))) as number);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
  });
});
