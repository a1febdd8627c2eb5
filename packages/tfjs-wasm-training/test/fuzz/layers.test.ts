import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { tensor } from '../support/compare.js';
import '../../src/index.js';
import { Chance } from './chance.js';
import { difference, runOn, type Result } from './run.js';

const CASES = Number(process.env.FUZZ_CASES ?? 4);
const SEED = Number(process.env.FUZZ_SEED ?? 1);

type Layer = tf.layers.Layer;

interface LayerCase {
  readonly make: () => Layer;
  readonly shapes: readonly (readonly number[])[];
}

const seeded = (seed: number) => tf.initializers.randomUniform({ minval: -0.5, maxval: 0.5, seed });
const weights = { kernelInitializer: seeded(1), biasInitializer: seeded(2) };
const sizes = (chance: Chance, axes: number): number[] => chance.list(axes, () => chance.int(1, 3));
const padding = (chance: Chance): 'same' | 'valid' => chance.of('same', 'valid');
const image = (chance: Chance): number[] => [2, chance.int(4, 8), chance.int(4, 8), chance.int(1, 5)];
const sequence = (chance: Chance): number[] => [2, chance.int(4, 8), chance.int(1, 5)];
const volume = (chance: Chance): number[] => [2, ...chance.list(3, () => chance.int(3, 6)), chance.int(1, 3)];
const ACTIVATIONS = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'tanh', 'softplus'] as const;
const activation = (chance: Chance) => chance.of(...ACTIVATIONS);

const convolution =
  (axes: 1 | 2 | 3, shape: (chance: Chance) => number[]) =>
  (chance: Chance): LayerCase => {
    const args = {
      ...weights,
      filters: chance.int(1, 5),
      kernelSize: sizes(chance, axes) as [number, number, number],
      strides: chance.list(axes, () => chance.int(1, 4)) as [number, number, number],
      padding: padding(chance),
      activation: activation(chance),
    };
    const make = { 1: tf.layers.conv1d, 2: tf.layers.conv2d, 3: tf.layers.conv3d }[axes] as (
      a: object,
    ) => Layer;
    return { make: () => make(args), shapes: [shape(chance)] };
  };

const pooling =
  (make: (args: never) => Layer, axes: number, shape: (chance: Chance) => number[]) => (chance: Chance) => {
    const size = chance.int(1, 3);
    const step = chance.int(1, 3);
    const args = {
      poolSize: axes === 1 ? size : Array<number>(axes).fill(size),
      strides: axes === 1 ? step : Array<number>(axes).fill(step),
      padding: padding(chance),
    };
    return { make: () => make(args as never), shapes: [shape(chance)] };
  };

const simple =
  (make: () => Layer, shape: (chance: Chance) => number[] = image, inputs = 1) =>
  (chance: Chance) => {
    const drawn = shape(chance);
    return { make, shapes: Array.from({ length: inputs }, () => drawn) };
  };

const recurrent = { units: 3, recurrentInitializer: seeded(3), returnSequences: true, ...weights };

const layers: Readonly<Record<string, (chance: Chance) => LayerCase>> = {
  activation: (chance) => {
    const args = { activation: activation(chance) };
    return { make: () => tf.layers.activation(args), shapes: [image(chance)] };
  },
  add: simple(() => tf.layers.add(), image, 2),
  average: simple(() => tf.layers.average(), image, 2),
  averagePooling1d: pooling(tf.layers.averagePooling1d, 1, sequence),
  averagePooling2d: pooling(tf.layers.averagePooling2d, 2, image),
  averagePooling3d: pooling(tf.layers.averagePooling3d, 3, volume),
  batchNormalization: simple(() => tf.layers.batchNormalization()),
  bidirectional: simple(
    () => tf.layers.bidirectional({ layer: tf.layers.gru(recurrent), mergeMode: 'concat' }),
    sequence,
  ),
  concatenate: simple(() => tf.layers.concatenate(), image, 3),
  conv1d: convolution(1, sequence),
  conv2d: convolution(2, image),
  conv2dTranspose: (chance) => ({
    make: () =>
      tf.layers.conv2dTranspose({ ...weights, filters: 3, kernelSize: 3, strides: 2, padding: 'same' }),
    shapes: [image(chance)],
  }),
  conv3d: convolution(3, volume),
  conv3dTranspose: (chance) => ({
    make: () =>
      tf.layers.conv3dTranspose({ ...weights, filters: 2, kernelSize: 2, strides: 2, padding: 'valid' }),
    shapes: [volume(chance)],
  }),
  convLstm2d: simple(
    () => tf.layers.convLstm2d({ ...weights, filters: 2, kernelSize: 2, recurrentInitializer: seeded(3) }),
    (chance) => [2, 2, chance.int(3, 5), chance.int(3, 5), 2],
  ),
  cropping2D: simple(() =>
    tf.layers.cropping2D({
      cropping: [
        [1, 1],
        [0, 1],
      ],
    }),
  ),
  dense: (chance) => {
    const args = { ...weights, units: chance.int(1, 6), activation: activation(chance) };
    return { make: () => tf.layers.dense(args), shapes: [[4, chance.int(1, 9)]] };
  },
  depthwiseConv2d: (chance) => {
    const args = {
      kernelSize: sizes(chance, 2) as [number, number],
      strides: chance.int(1, 4),
      padding: padding(chance),
      depthMultiplier: chance.int(1, 3),
      depthwiseInitializer: seeded(1),
      activation: activation(chance),
    };
    return { make: () => tf.layers.depthwiseConv2d(args), shapes: [image(chance)] };
  },
  dot: simple(
    () => tf.layers.dot({ axes: 1 }),
    () => [3, 5],
    2,
  ),
  elu: simple(() => tf.layers.elu()),
  flatten: simple(() => tf.layers.flatten()),
  globalAveragePooling1d: simple(() => tf.layers.globalAveragePooling1d({}), sequence),
  globalAveragePooling2d: simple(() => tf.layers.globalAveragePooling2d({})),
  globalMaxPooling1d: simple(() => tf.layers.globalMaxPooling1d({}), sequence),
  globalMaxPooling2d: simple(() => tf.layers.globalMaxPooling2d({})),
  gru: simple(() => tf.layers.gru(recurrent), sequence),
  layerNormalization: simple(() => tf.layers.layerNormalization()),
  leakyReLU: simple(() => tf.layers.leakyReLU({ alpha: 0.2 })),
  lstm: simple(() => tf.layers.lstm(recurrent), sequence),
  maxPooling1d: pooling(tf.layers.maxPooling1d, 1, sequence),
  maxPooling2d: pooling(tf.layers.maxPooling2d, 2, image),
  maxPooling3d: pooling(tf.layers.maxPooling3d, 3, volume),
  maximum: simple(() => tf.layers.maximum(), image, 2),
  minimum: simple(() => tf.layers.minimum(), image, 2),
  multiply: simple(() => tf.layers.multiply(), image, 2),
  permute: simple(() => tf.layers.permute({ dims: [3, 1, 2] })),
  prelu: (chance) => {
    const sharedAxes = [1, 2, 3].filter(() => chance.yes());
    const args = { alphaInitializer: seeded(4), ...(sharedAxes.length === 0 ? {} : { sharedAxes }) };
    return { make: () => tf.layers.prelu(args), shapes: [image(chance)] };
  },
  reLU: simple(() => tf.layers.reLU({ maxValue: 6 })),
  repeatVector: simple(
    () => tf.layers.repeatVector({ n: 3 }),
    () => [2, 5],
  ),
  separableConv2d: (chance) => {
    const args = {
      filters: 3,
      kernelSize: sizes(chance, 2) as [number, number],
      strides: chance.int(1, 3) as unknown as [number, number],
      padding: padding(chance),
      depthwiseInitializer: seeded(1),
      pointwiseInitializer: seeded(2),
    };
    return { make: () => tf.layers.separableConv2d(args), shapes: [image(chance)] };
  },
  simpleRNN: simple(() => tf.layers.simpleRNN(recurrent), sequence),
  softmax: simple(
    () => tf.layers.softmax({}),
    () => [3, 6],
  ),
  thresholdedReLU: simple(() => tf.layers.thresholdedReLU({ theta: 0.3 })),
  timeDistributed: simple(
    () => tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 3, ...weights }) }),
    sequence,
  ),
  // Of a batch, the cpu backend takes the gradient of each image from the wrong place.
  upSampling2d: simple(
    () => tf.layers.upSampling2d({ size: [2, 3] }),
    (chance) => [1, ...image(chance).slice(1)],
  ),
  zeroPadding2d: simple(() => tf.layers.zeroPadding2d({ padding: [1, 2] })),
};

const result = (name: string, t: tf.Tensor): Result => ({
  name,
  shape: t.shape,
  dtype: t.dtype,
  values: t.dataSync().slice(),
});

/** The output of a layer, then the gradients with respect to its inputs and to its weights. */
function run({ make, shapes }: LayerCase): Result[] {
  const layer = make();
  const xs = shapes.map((shape, i) => tensor(i + 1, shape));
  const apply = (inputs: tf.Tensor[]): tf.Tensor =>
    layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as tf.Tensor;
  const output = apply(xs);
  const variables = layer.trainableWeights.map((weight) => weight.read());
  const factor = tensor(9, output.shape);
  const { grads } = tf
    .engine()
    .gradients(() => apply(xs).mul(factor).sum(), [...xs, ...variables], undefined, true);
  const results = [
    result('output', output),
    ...grads.map((gradient, i) => result(`gradient ${i}`, gradient)),
  ];
  layer.dispose();
  return results;
}

describe("every layer of TensorFlow.js's gives on wasm what it gives on cpu, with its gradients", () => {
  for (const [name, draw] of Object.entries(layers)) {
    it(`in ${name}`, async () => {
      for (let i = 0; i < CASES; i++) {
        const each = draw(new Chance(SEED * 1e6 + i));
        const expected = await runOn('cpu', () => run(each));
        const actual = await runOn('wasm', () => run(each));
        const found = difference(expected, actual, { tolerance: 1e-4 });
        if (found !== undefined)
          expect.fail(`case ${SEED * 1e6 + i}: ${found}; ${JSON.stringify(each.shapes)}`);
      }
    }, 3_600_000);
  }
});
