import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { numbers, tensor } from '../test/support/compare.js';

type Backend = 'cpu' | 'wasm';

interface Task {
  /** A fresh, compiled model with seeded weights. */
  model: () => tf.Sequential;
  xs: () => tf.Tensor;
  ys: () => tf.Tensor;
}

const STEPS = 50;
const seeded = (seed: number): ReturnType<typeof tf.initializers.heNormal> =>
  tf.initializers.heNormal({ seed });

const labels = (count: number, classes: number): tf.Tensor =>
  tf.tensor1d(numbers(99, count).map((value) => Math.floor(((value + 1) / 2) * classes)));

const tasks: Record<string, Task> = {
  'a convolutional network with batch norm, trained with momentum': {
    model: () => {
      const model = tf.sequential();
      model.add(
        tf.layers.conv2d({
          inputShape: [10, 10, 1],
          filters: 6,
          kernelSize: 3,
          padding: 'same',
          useBias: false,
          kernelInitializer: seeded(1),
        }),
      );
      model.add(tf.layers.batchNormalization());
      model.add(tf.layers.activation({ activation: 'relu' }));
      model.add(tf.layers.maxPooling2d({ poolSize: 2 }));
      model.add(
        tf.layers.conv2d({
          filters: 8,
          kernelSize: 3,
          strides: 2,
          activation: 'relu',
          kernelInitializer: seeded(2),
        }),
      );
      model.add(tf.layers.flatten());
      model.add(tf.layers.dense({ units: 4, activation: 'softmax', kernelInitializer: seeded(3) }));
      model.compile({ optimizer: tf.train.momentum(0.02, 0.9), loss: 'sparseCategoricalCrossentropy' });
      return model;
    },
    xs: () => tensor(1, [16, 10, 10, 1]),
    ys: () => labels(16, 4),
  },
  'a multilayer perceptron, trained with Adam': {
    model: () => {
      const model = tf.sequential();
      model.add(
        tf.layers.dense({ inputShape: [12], units: 17, activation: 'relu', kernelInitializer: seeded(1) }),
      );
      model.add(tf.layers.dense({ units: 9, activation: 'tanh', kernelInitializer: seeded(2) }));
      model.add(tf.layers.dense({ units: 3, activation: 'softmax', kernelInitializer: seeded(3) }));
      model.compile({ optimizer: tf.train.adam(0.01), loss: 'sparseCategoricalCrossentropy' });
      return model;
    },
    xs: () => tensor(2, [32, 12]),
    ys: () => labels(32, 3),
  },
  'an embedding model': {
    model: () => {
      const model = tf.sequential();
      model.add(
        tf.layers.embedding({
          inputDim: 30,
          outputDim: 7,
          inputLength: 5,
          embeddingsInitializer: tf.initializers.randomUniform({ minval: -0.5, maxval: 0.5, seed: 4 }),
        }),
      );
      model.add(tf.layers.globalAveragePooling1d({}));
      model.add(tf.layers.dense({ units: 3, activation: 'softmax', kernelInitializer: seeded(3) }));
      model.compile({ optimizer: tf.train.adam(0.02), loss: 'sparseCategoricalCrossentropy' });
      return model;
    },
    xs: () =>
      tf.tensor2d(
        numbers(5, 24 * 5).map((value) => Math.floor((value + 1) * 15)),
        [24, 5],
      ),
    ys: () => labels(24, 3),
  },
  'a separable convolution': {
    model: () => {
      const model = tf.sequential();
      model.add(
        tf.layers.depthwiseConv2d({
          inputShape: [8, 8, 3],
          kernelSize: 3,
          depthMultiplier: 2,
          depthwiseInitializer: seeded(1),
        }),
      );
      model.add(
        tf.layers.conv2d({ filters: 5, kernelSize: 1, activation: 'relu', kernelInitializer: seeded(2) }),
      );
      model.add(tf.layers.globalAveragePooling2d({}));
      model.add(tf.layers.dense({ units: 3, activation: 'softmax', kernelInitializer: seeded(3) }));
      model.compile({ optimizer: tf.train.sgd(0.1), loss: 'sparseCategoricalCrossentropy' });
      return model;
    },
    xs: () => tensor(6, [12, 8, 8, 3]),
    ys: () => labels(12, 3),
  },
};

async function losses(backend: Backend, { model: build, xs: makeXs, ys: makeYs }: Task): Promise<number[]> {
  await tf.setBackend(backend);
  const model = build();
  const xs = makeXs();
  const ys = makeYs();
  const history: number[] = [];
  for (let step = 0; step < STEPS; step++) history.push((await model.trainOnBatch(xs, ys)) as number);
  model.optimizer.dispose();
  model.dispose();
  tf.dispose([xs, ys]);
  return history;
}

describe('training on wasm', () => {
  for (const [name, task] of Object.entries(tasks)) {
    it(`follows the losses of the cpu backend for ${STEPS} steps with ${name}`, async () => {
      const expected = await losses('cpu', task);
      const actual = await losses('wasm', task);
      expect(actual[0]).toBeGreaterThan(actual.at(-1)!);
      // Rounding differs from backend to backend, and every step builds on the one before.
      for (const [step, loss] of expected.entries()) {
        expect(Math.abs(actual[step]! - loss)).toBeLessThan(1e-6 + loss * 2e-4);
      }
    });
  }

  it('leaves no tensors, no data and no memory behind', async () => {
    await tf.setBackend('wasm');
    const task = tasks['a convolutional network with batch norm, trained with momentum']!;
    const model = task.model();
    const xs = task.xs();
    const ys = task.ys();
    for (let step = 0; step < 3; step++) await model.trainOnBatch(xs, ys);
    const backend = tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array }; numDataIds(): number };
    const state = (): number[] => [
      tf.memory().numTensors,
      tf.memory().numBytes,
      backend.numDataIds(),
      backend.wasm.HEAPU8.byteLength,
    ];
    const before = state();
    for (let step = 0; step < 200; step++) await model.trainOnBatch(xs, ys);
    expect(state()).toEqual(before);
    model.optimizer.dispose();
    model.dispose();
    tf.dispose([xs, ys]);
  });
});
