import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import type { TorchMemoryInfo } from '../index.js';
import { describeWithTorch } from '../../test/support/with-torch.js';

const native = (): TorchMemoryInfo['native'] => (tf.memory() as unknown as TorchMemoryInfo).native;

describeWithTorch('The backend torch', () => {
  it('is what TensorFlow.js takes by itself', async () => {
    tf.engine().reset();
    await tf.ready();
    expect(tf.getBackend()).toBe('torch');
  });

  it('makes no native tensor of values that nobody computes with', () => {
    const before = native().tensors;
    const x = tf.tensor1d([1, 2, 3]);
    expect([...x.dataSync()]).toEqual([1, 2, 3]);
    expect(native().tensors).toBe(before);
    x.dispose();
  });

  it('shares the memory of a tensor and its reshaped ones', () => {
    const x = tf.add(tf.zeros([4, 6]), 1);
    const before = native().bytes;
    const y = tf.reshape(x, [24]);
    const z = tf.expandDims(y, 0);
    expect(native().bytes).toBe(before);
    x.dispose();
    expect(tf.sum(z).dataSync()[0]).toBe(24);
    tf.dispose([y, z]);
  });

  it('reads a transposed tensor in the order of its own shape', () => {
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    expect([...tf.transpose(x).dataSync()]).toEqual([1, 4, 2, 5, 3, 6]);
    expect([...tf.reshape(tf.transpose(x), [6]).dataSync()]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  it('copies a slice, so that the whole can go', () => {
    const before = native().bytes;
    const whole = tf.tidy(() => tf.add(tf.zeros([1000]), 1));
    const part = tf.slice(whole, 10, 20);
    whole.dispose();
    expect(native().bytes - before).toBe(80);
    part.dispose();
  });

  it('takes over tensors of another backend, and gives them back', async () => {
    await tf.setBackend('cpu');
    const x = tf.tensor1d([1, 2, 3]);
    await tf.setBackend('torch');
    const y = tf.mul(x, 2);
    expect([...y.dataSync()]).toEqual([2, 4, 6]);
    await tf.setBackend('cpu');
    expect([...tf.add(y, x).dataSync()]).toEqual([3, 6, 9]);
  });

  it('gives the first layer no input gradient to compute', () => {
    const x = tf.randomNormal<tf.Rank.R4>([2, 8, 8, 3]);
    const filter = tf.variable<tf.Rank.R4>(tf.randomNormal([3, 3, 3, 4]));
    const before = native().tensors;
    const { grads, value } = tf.variableGrads(() =>
      tf.fused.conv2d({ x, filter, strides: 1, pad: 'same' }).sum().asScalar(),
    );
    tf.dispose([grads, value]);
    // The inputs themselves became native.
    expect(native().tensors - before).toBe(2);
    tf.dispose([x, filter]);
  });

  it('keeps strings and complex numbers as TensorFlow.js does', () => {
    expect(tf.tensor1d(['a', 'b']).dataSync()).toEqual(['a', 'b']);
    const z = tf.complex([1, 2], [3, 4]);
    expect([...tf.mul(z, z).dataSync()]).toEqual([-8, 6, -12, 16]);
    expect([...tf.imag(tf.reshape(z, [2, 1])).dataSync()]).toEqual([3, 4]);
  });
});
