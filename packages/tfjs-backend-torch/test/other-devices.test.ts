import * as tf from '@tensorflow/tfjs';
import { expect, it, vi } from 'vitest';
import { addon } from '../src/native/addon.js';
import type * as settings from '../src/settings.js';
import { describeWithTorch, relativeError } from './support/with-torch.js';

// As on a GPU, which tests cannot count on: the package's own kernels, made for the CPU's memory, are out of bounds.
vi.mock('../src/settings.js', async (original) => ({
  ...(await original<typeof settings>()),
  onCpu: () => false,
}));

const { layers } = tf;

/** A network of all that has a kernel of its own on the CPU. */
function network(): tf.LayersModel {
  const kernelInitializer = tf.initializers.glorotUniform({ seed: 1 });
  const inputs = tf.input({ shape: [9, 10, 3] });
  const body = [
    layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', kernelInitializer }),
    layers.batchNormalization(),
    layers.reLU(),
    layers.maxPooling2d({ poolSize: 2, strides: 2 }),
    layers.conv2d({ filters: 5, kernelSize: 3, padding: 'same', kernelInitializer }),
    layers.batchNormalization(),
    layers.reLU({ maxValue: 6 }),
    layers.flatten(),
    layers.dense({ units: 3, kernelInitializer }),
  ];
  const outputs = body.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, inputs);
  return tf.model({ inputs, outputs });
}

/** The losses of some steps and a prediction. */
async function trained(): Promise<number[]> {
  const model = network();
  model.compile({
    optimizer: tf.train.momentum(0.05, 0.9),
    loss: (labels: tf.Tensor, logits: tf.Tensor) => tf.losses.softmaxCrossEntropy(labels, logits),
  });
  const xs = tf.randomNormal([8, 9, 10, 3], 0, 1, 'float32', 5);
  const ys = tf.tidy(() => tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2, 1, 1], 'int32'), 3).toFloat());
  const values: number[] = [];
  for (let step = 0; step < 4; step++) values.push((await model.trainOnBatch(xs, ys)) as number);
  const prediction = model.predict(xs) as tf.Tensor;
  values.push(...prediction.dataSync());
  return values;
}

describeWithTorch('Where the own kernels do not apply', () => {
  it("a network trains alike on libtorch's, and none of the own is called", async () => {
    const resolve = vi.spyOn(addon(), 'resolve');
    const values = await trained();
    const names = resolve.mock.calls.map(([name]) => name);
    expect(names).toContain('aten::max_pool2d_with_indices_backward');
    expect(names.filter((name) => name.startsWith('tfjs::'))).toEqual([]);
    await tf.setBackend('cpu');
    expect(relativeError(values, await trained())).toBeLessThan(1e-3);
  });
});
