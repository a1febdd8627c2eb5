import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { getThreads, setThreads } from '../index.js';
import { describeWithTorch } from '../../test/support/with-torch.js';

type Images = tf.Tensor4D;
type Pooled = [y: Float32Array, dx: Float32Array];

/** Values of few kinds, so that many windows hold their maximum more than once. */
const withTies = (shape: [number, number, number, number]): Images =>
  tf.tidy(() => tf.relu(tf.round(tf.randomNormal<tf.Rank.R4>(shape, 0, 1, 'float32', 3))));

/** The maxima of windows that do not overlap, and the gradient of their weighted sum. */
function pooled(x: Images, size: number): Pooled {
  return tf.tidy(() => {
    const pool = (images: Images): tf.Tensor => tf.maxPool(images, size, size, 'same');
    const y = pool(x);
    const dy = tf.randomNormal(y.shape, 0, 1, 'float32', 4);
    const dx = tf.grad((images: tf.Tensor) => pool(images as Images))(x, dy);
    // One kind of zero.
    return [y, dx].map((values) => Float32Array.from(values.dataSync(), (value) => value + 0)) as Pooled;
  });
}

describeWithTorch('Max pooling of windows that do not overlap', () => {
  it.each([1, 2])('gives the gradient to the first of equal values, on %i threads', async (threads) => {
    const before = getThreads();
    setThreads(threads);
    // Large enough to be shared out among the threads.
    const shape: [number, number, number, number] = [16, 13, 14, 19];
    const torch = pooled(withTies(shape), 2);
    setThreads(before);
    await tf.setBackend('cpu');
    expect(torch).toEqual(pooled(withTies(shape), 2));
  });

  it('passes over NaN, as TensorFlow.js does', () => {
    const x = tf.tensor4d([NaN, 1, 3, NaN, NaN, NaN, NaN, NaN], [1, 2, 4, 1]);
    const [y, dx] = pooled(x, 2);
    expect([...y]).toEqual([1, 3]);
    expect([...dx].map((value) => value !== 0)).toEqual([
      false,
      true,
      true,
      ...new Array<boolean>(5).fill(false),
    ]);
  });

  it('takes windows of up to 256 values, and leaves larger ones to libtorch', async () => {
    const shape: [number, number, number, number] = [1, 34, 35, 2];
    const sizes = [16, 17];
    const torch = sizes.map((size) => pooled(withTies(shape), size));
    await tf.setBackend('cpu');
    expect(torch).toEqual(sizes.map((size) => pooled(withTies(shape), size)));
  });
});
