import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { runsOnCpu } from '../src/kernels/fallback.js';
import { describeWithTorch, relativeError } from './support/with-torch.js';

type Layer = tf.layers.Layer;
type Build = () => Layer[];

const { layers } = tf;
const IMAGE = [8, 8, 3];
const SEQUENCE = [5, 4];
const seeded = { kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }) };
const depthSeeded = { depthwiseInitializer: tf.initializers.glorotUniform({ seed: 1 }) };
const recurrent = {
  units: 3,
  ...seeded,
  recurrentInitializer: tf.initializers.glorotUniform({ seed: 2 }),
};

/** Layers with the shape of their input; an embedding's is of integers. */
const images: Readonly<Record<string, Build>> = {
  conv2d: () => [
    layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu', ...seeded }),
  ],
  conv2dTranspose: () => [
    layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', ...seeded }),
  ],
  depthwiseConv2d: () => [layers.depthwiseConv2d({ kernelSize: 3, activation: 'relu6', ...depthSeeded })],
  separableConv2d: () => [
    layers.separableConv2d({
      filters: 4,
      kernelSize: 3,
      ...depthSeeded,
      pointwiseInitializer: tf.initializers.glorotUniform({ seed: 3 }),
    }),
  ],
  'pooling and batchNormalization': () => [
    layers.maxPooling2d({ poolSize: 2 }),
    layers.batchNormalization(),
    layers.averagePooling2d({ poolSize: 2 }),
  ],
  'global pooling': () => [layers.globalMaxPooling2d({})],
  'zeroPadding2d, cropping2d and upSampling2d': () => [
    layers.zeroPadding2d({ padding: 2 }),
    layers.cropping2D({
      cropping: [
        [1, 0],
        [0, 1],
      ],
    }),
    layers.upSampling2d({ size: [2, 2] }),
  ],
  'upSampling2d, bilinear': () => [layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear' })],
  layerNormalization: () => [layers.layerNormalization()],
  'permute and reshape': () => [
    layers.permute({ dims: [3, 1, 2] }),
    layers.reshape({ targetShape: [24, 8] }),
  ],
  prelu: () => [layers.prelu()],
  'elu and leakyReLU': () => [layers.elu(), layers.leakyReLU()],
};

const sequences: Readonly<Record<string, Build>> = {
  conv1d: () => [
    layers.conv1d({ filters: 3, kernelSize: 2, ...seeded }),
    layers.maxPooling1d({ poolSize: 2 }),
  ],
  simpleRNN: () => [layers.simpleRNN(recurrent)],
  gru: () => [layers.gru(recurrent)],
  lstm: () => [layers.lstm({ ...recurrent, returnSequences: true })],
  bidirectional: () => [layers.bidirectional({ layer: layers.gru(recurrent), mergeMode: 'concat' })],
  timeDistributed: () => [layers.timeDistributed({ layer: layers.dense({ units: 3, ...seeded }) })],
  'dense with activations': () =>
    (
      ['tanh', 'sigmoid', 'selu', 'softplus', 'softsign', 'hardSigmoid', 'swish', 'mish', 'gelu'] as const
    ).map((activation) => layers.dense({ units: 4, activation: activation, ...seeded })),
};

const CLASSES = 3;
const head = (): Layer[] => [
  layers.flatten(),
  layers.dense({ units: CLASSES, activation: 'softmax', ...seeded }),
];

async function losses(
  backend: string,
  stack: Build,
  shape: number[],
  args: Partial<tf.ModelCompileArgs> = {},
): Promise<number[]> {
  await tf.setBackend(backend);
  const inputs = tf.input({ shape });
  let x: tf.SymbolicTensor = inputs;
  for (const layer of stack()) x = layer.apply(x) as tf.SymbolicTensor;
  const [flatten, dense] = head();
  if (x.shape.length > 2) x = flatten!.apply(x) as tf.SymbolicTensor;
  const model = tf.model({ inputs, outputs: dense!.apply(x) as tf.SymbolicTensor });
  model.compile({ optimizer: tf.train.sgd(0.1), loss: 'categoricalCrossentropy', ...args });
  const xs = tf.randomUniform([6, ...shape], 0, 1, 'float32', 1);
  const sparse = args.loss === 'sparseCategoricalCrossentropy';
  const labels = tf.tensor1d([0, 1, 2, 2, 1, 0], sparse ? 'float32' : 'int32');
  const ys = sparse ? labels : tf.oneHot(labels, CLASSES).toFloat();
  const results: number[] = [];
  for (let step = 0; step < 3; step++) {
    const result = await model.trainOnBatch(xs, ys);
    results.push(...(Array.isArray(result) ? result : [result]));
  }
  tf.dispose([xs, labels, ys]);
  model.dispose();
  return results;
}

async function compare(
  stack: Build,
  shape: number[],
  args: Partial<tf.ModelCompileArgs> = {},
): Promise<void> {
  const expected = await losses('cpu', stack, shape, args);
  runsOnCpu.clear();
  const actual = await losses('torch', stack, shape, args);
  expect(relativeError(actual, expected)).toBeLessThan(1e-4);
  expect([...runsOnCpu.keys()]).toEqual([]);
}

describeWithTorch('A layer trains as on the cpu backend, and natively throughout:', () => {
  it.each(Object.keys(images))('%s', (name) => compare(images[name]!, IMAGE));
  it.each(Object.keys(sequences))('%s', (name) => compare(sequences[name]!, SEQUENCE));

  it('conv3d', () =>
    compare(
      () => [
        layers.conv3d({ filters: 2, kernelSize: 2, ...seeded }),
        layers.maxPooling3d({ poolSize: [2, 2, 2] }),
      ],
      [4, 4, 4, 2],
    ));
  it('embedding', () =>
    compare(
      () => [
        layers.embedding({
          inputDim: 5,
          outputDim: 3,
          embeddingsInitializer: tf.initializers.randomUniform({ minval: -1, maxval: 1, seed: 4 }),
        }),
      ],
      [4],
    ));
});

describeWithTorch('A loss or a metric is the cpu backend’s, and native:', () => {
  const dense: Build = () => [layers.dense({ units: 4, ...seeded })];
  it.each([
    'categoricalCrossentropy',
    'sparseCategoricalCrossentropy',
    'binaryCrossentropy',
    'meanSquaredError',
    'meanAbsoluteError',
    'meanSquaredLogarithmicError',
    'kullbackLeiblerDivergence',
    'poisson',
    'cosineProximity',
    'hinge',
  ])('%s', (loss) => compare(dense, [4], { loss }));
  it.each(['accuracy', 'categoricalCrossentropy', 'precision', 'mse', 'cosine'])('%s', (metric) =>
    compare(dense, [4], { metrics: [metric] }),
  );
});
