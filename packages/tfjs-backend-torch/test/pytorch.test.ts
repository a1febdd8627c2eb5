import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { describeWithTorch } from './support/with-torch.js';

const PYTHON = process.env.PYTHON ?? '/usr/bin/python3';
const hasPytorch = spawnSync(PYTHON, ['-c', 'import torch']).status === 0;
if (!hasPytorch && process.env.CI === undefined) {
  console.log(`No PyTorch in ${PYTHON} (apt-get install python3-torch): trajectories are not compared.`);
}

const STEPS = 50;
const BATCHES = 5;
const SHAPE = [16, 8, 8, 3];
const LEARNING_RATE = 0.05;
const MOMENTUM = 0.9;

/** A residual block, the same as in pytorch.py. */
function network(): tf.LayersModel {
  const conv = (x: unknown, filters: number, kernelSize: number, seed: number): tf.SymbolicTensor =>
    tf.layers
      .conv2d({
        filters,
        kernelSize,
        padding: 'same',
        useBias: false,
        kernelInitializer: tf.initializers.heNormal({ seed }),
      })
      .apply(x as tf.SymbolicTensor) as tf.SymbolicTensor;
  const norm = (x: tf.SymbolicTensor): tf.SymbolicTensor =>
    tf.layers.batchNormalization().apply(x) as tf.SymbolicTensor;
  const relu = (x: unknown): tf.SymbolicTensor =>
    tf.layers.reLU().apply(x as tf.SymbolicTensor) as tf.SymbolicTensor;
  const inputs = tf.input({ shape: SHAPE.slice(1) });
  const x = relu(norm(conv(inputs, 8, 3, 1)));
  const y = relu(tf.layers.add().apply([norm(conv(x, 12, 3, 2)), conv(x, 12, 1, 3)]));
  const pooled = tf.layers.maxPooling2d({ poolSize: 2 }).apply(y);
  const mean = tf.layers.globalAveragePooling2d({}).apply(pooled);
  const dense = tf.layers.dense({ units: 4, kernelInitializer: tf.initializers.glorotUniform({ seed: 4 }) });
  return tf.model({ inputs, outputs: dense.apply(mean) as tf.SymbolicTensor });
}

describeWithTorch('A training of 50 steps', () => {
  it.skipIf(!hasPytorch && process.env.CI === undefined)(
    "has the losses of Python's PyTorch on the same weights and batches",
    async () => {
      const model = network();
      const images = Array.from({ length: BATCHES }, (_, i) =>
        tf.randomNormal(SHAPE, 0, 1, 'float32', i + 1),
      );
      // Labels that can be learned: whether the two halves of the first channel are bright.
      const labels = images.map((batch) =>
        tf.tidy(() => {
          const halves = tf.split(tf.slice(batch, [0, 0, 0, 0], [-1, -1, -1, 1]), 2, 1);
          const [a, b] = halves.map((half) => tf.cast(tf.greater(tf.mean(half, [1, 2, 3]), 0), 'int32'));
          return tf.cast(tf.add(tf.mul(a!, 2), b!), 'int32');
        }),
      );
      const input = {
        steps: STEPS,
        learningRate: LEARNING_RATE,
        momentum: MOMENTUM,
        shape: [BATCHES, ...SHAPE],
        images: images.flatMap((batch) => [...batch.dataSync()]),
        labels: labels.map((batch) => [...batch.dataSync()]),
        weights: parametersInOrder(model).map((weight) => ({
          shape: weight.shape,
          values: [...weight.dataSync()],
        })),
      };
      const script = fileURLToPath(new URL('pytorch.py', import.meta.url));
      const python = spawnSync(PYTHON, [script], { input: JSON.stringify(input), encoding: 'utf8' });
      expect(python.stderr).toBe('');
      const expected = JSON.parse(python.stdout) as number[];

      model.compile({
        optimizer: tf.train.momentum(LEARNING_RATE, MOMENTUM),
        loss: (ys: tf.Tensor, logits: tf.Tensor) => tf.losses.softmaxCrossEntropy(ys, logits),
      });
      const actual: number[] = [];
      for (let step = 0; step < STEPS; step++) {
        const ys = tf.tidy(() => tf.oneHot(labels[step % BATCHES]!, 4).toFloat());
        actual.push((await model.trainOnBatch(images[step % BATCHES]!, ys)) as number);
        ys.dispose();
      }
      expect(actual).toHaveLength(STEPS);
      expect(Math.min(...actual)).toBeLessThan(actual[0]! / 4);
      for (let step = 0; step < STEPS; step++) {
        // Rounding differs and grows from step to step.
        const tolerance = (1 + step) * 1e-4;
        expect(Math.abs(actual[step]! - expected[step]!), `step ${step}`).toBeLessThan(tolerance);
      }
      tf.dispose([images, labels]);
      model.dispose();
    },
  );
});

/** Trainable weights in the order in which pytorch.py unpacks them: by layer, in the order of the network above. */
function parametersInOrder(model: tf.LayersModel): tf.Tensor[] {
  const of = (type: string): tf.layers.Layer[] =>
    model.layers.filter((layer) => layer.getClassName() === type);
  const [conv1, ...rest] = of('Conv2D');
  const conv2 = rest.find((layer) => layer.getWeights()[0]!.shape[0] === 3)!;
  const shortcut = rest.find((layer) => layer !== conv2)!;
  const [norm1, norm2] = of('BatchNormalization');
  return [conv1!, norm1!, conv2, norm2!, shortcut, of('Dense')[0]!].flatMap((layer) =>
    layer.trainableWeights.map((weight) => weight.read()),
  );
}
