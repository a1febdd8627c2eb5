import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { softmaxCrossentropy } from './crossentropy.js';

describe('softmaxCrossentropy', () => {
  it('is -ln of the softmax probability of the true class, for each sample', () => {
    const losses = softmaxCrossentropy(
      tf.tensor2d([
        [1, 0],
        [0, 1],
      ]),
      tf.tensor2d([
        [0, 0],
        [Math.log(3), 0],
      ]),
    );
    expect(losses.shape).toEqual([2]);
    const [a, b] = losses.dataSync();
    expect(a).toBeCloseTo(Math.log(2), 5);
    expect(b).toBeCloseTo(Math.log(4), 5);
  });

  it('has the gradient softmax - one-hot also where the true class has no probability left', () => {
    const gradient = tf.grad((logits) => softmaxCrossentropy(tf.tensor2d([[0, 1]]), logits).sum());
    expect([...gradient(tf.tensor2d([[200, -200]])).dataSync()]).toEqual([1, -1]);
  });
});
