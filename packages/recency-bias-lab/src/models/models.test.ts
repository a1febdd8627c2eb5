/** The promises of every model, table by table. */
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import 'tfjs-wasm-training';
import { beforeAll, describe, expect, it } from 'vitest';
import { softmaxCrossentropy } from '../experiment/training/crossentropy.js';
import type { ModelInput } from './model.js';
import { networkRegistry } from './registry.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const INPUT: ModelInput = { imageShape: [8, 8, 3], classes: 5, weightDecay: 0, seed: 3 };

function build(
  name: string,
  options: Record<string, unknown>,
  changes: Partial<ModelInput> = {},
): tf.LayersModel {
  return networkRegistry.get(name)!.create({ ...INPUT, ...changes }, options);
}

/** One of each kind, small. */
const SMALL: readonly (readonly [string, Record<string, unknown>])[] = [
  ['small-cnn', { channels: [4, 4] }],
  ['resnet', { depth: 8, width: 4 }],
  ['resnet', { depth: 8, width: 4, shortcut: 'projection', stem: 'imagenet' }],
  ['resnet', { depth: 18, width: 4 }],
  ['resnet', { depth: 50, width: 2 }],
  ['wide-resnet', { depth: 10, widenFactor: 1 }],
  ['densenet', { depth: 13, growthRate: 4 }],
  ['densenet', { depth: 7, growthRate: 8, dropout: 0.1 }],
  ['densenet', { depth: 22, growthRate: 4, bottleneck: true, stem: 'imagenet' }],
];

/** Inputs for the stem: images for the one for photos must be larger. */
const inputFor = (options: Record<string, unknown>): Partial<ModelInput> =>
  options.stem === 'imagenet' ? { imageShape: [16, 16, 3] } : {};

function images(model: tf.LayersModel, count: number, seed = 1): tf.Tensor {
  return tf.randomNormal([count, ...(model.inputs[0]!.shape.slice(1) as number[])], 0, 1, 'float32', seed);
}

function predict(model: tf.LayersModel, xs: tf.Tensor): Float32Array {
  return tf.tidy(() => (model.predictOnBatch(xs) as tf.Tensor).dataSync<'float32'>());
}

/** Weights that are learned; running means and variances are not. */
function learned(model: tf.LayersModel): number {
  return model.trainableWeights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a! * b!, 1)!, 0);
}

describe('each model', () => {
  it.each(SMALL)('%s %j learns: gradient steps on one batch lower its loss', async (name, options) => {
    const model = build(name, options, inputFor(options));
    model.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss: softmaxCrossentropy });
    const xs = images(model, 10);
    const ys = tf.oneHot(tf.tensor1d([0, 1, 2, 3, 4, 0, 1, 2, 3, 4], 'int32'), 5);
    const losses: number[] = [];
    for (let step = 0; step < 10; step++) losses.push((await model.trainOnBatch(xs, ys)) as number);
    expect(losses[0]!).toBeCloseTo(Math.log(5), 1);
    expect(losses.at(-1)!).toBeLessThan(0.9 * losses[0]!);
    tf.dispose([xs, ys]);
    model.dispose();
  });

  it.each(SMALL)('%s %j predicts the same after saving and loading', async (name, options) => {
    const model = build(name, options, inputFor(options));
    let saved: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler((artifacts) => {
        saved = JSON.parse(JSON.stringify({ ...artifacts, weightData: undefined })) as tf.io.ModelArtifacts;
        saved.weightData = artifacts.weightData!;
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
      }),
    );
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved!));
    const xs = images(model, 2);
    expect(predict(loaded, xs)).toEqual(predict(model, xs));
    xs.dispose();
    model.dispose();
    loaded.dispose();
  });

  it.each(SMALL)('%s %j starts from its seed', (name, options) => {
    const models = [3, 3, 4].map((seed) => build(name, options, { ...inputFor(options), seed }));
    const xs = images(models[0]!, 2);
    const [first, again, other] = models.map((model) => predict(model, xs));
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    xs.dispose();
    for (const model of models) model.dispose();
  });

  it.each(SMALL)(
    '%s %j decays the kernels of convolutions and of the last layer, and nothing else',
    (name, options) => {
      const model = build(name, options, { ...inputFor(options), weightDecay: 0.5 });
      const kernels = model.weights.filter(({ shape }) => shape.length === 4 || shape.length === 2);
      const expected = tf.tidy(() =>
        kernels.reduce((sum, w) => sum + 0.25 * w.read().square().sum().dataSync()[0]!, 0),
      );
      const penalty = tf.tidy(() => tf.addN(model.calculateLosses()).dataSync()[0]!);
      expect(model.calculateLosses()).toHaveLength(kernels.length);
      expect(penalty / expected).toBeCloseTo(1, 4);
      model.dispose();
    },
  );
});

const DENSENET_BC_100 = { depth: 100, growthRate: 12, bottleneck: true };
const CIFAR: ModelInput = { ...INPUT, imageShape: [32, 32, 3], classes: 10 };
const IMAGENET: ModelInput = { ...INPUT, imageShape: [224, 224, 3], classes: 1000 };

describe('learned parameters', () => {
  // The exact counts follow from the architectures; the papers give them in millions: table 6 of He et al., table 4 of
  // Zagoruyko & Komodakis, table 2 of Huang et al.
  it.each([
    { name: 'resnet', options: { depth: 20 }, published: '0.27', count: 269_722, input: CIFAR },
    { name: 'resnet', options: { depth: 32 }, published: '0.46', count: 464_154, input: CIFAR },
    { name: 'resnet', options: { depth: 44 }, published: '0.66', count: 658_586, input: CIFAR },
    { name: 'resnet', options: { depth: 56 }, published: '0.85', count: 853_018, input: CIFAR },
    { name: 'resnet', options: { depth: 50 }, published: '25.6', count: 25_557_032, input: IMAGENET },
    { name: 'wide-resnet', options: { widenFactor: 8 }, published: '11.0', count: 10_961_370, input: CIFAR },
    { name: 'densenet', options: { growthRate: 12 }, published: '1.0', count: 1_019_722, input: CIFAR },
    { name: 'densenet', options: DENSENET_BC_100, published: '0.8', count: 769_162, input: CIFAR },
    { name: 'densenet', options: { depth: 121 }, published: '8.0', count: 7_978_856, input: IMAGENET },
  ])(
    'of $name $options are the published $published M: $count',
    ({ name, options, published, count, input }) => {
      const model = build(name, options, input);
      expect(learned(model)).toBe(count);
      expect((count / 1e6).toFixed(published.split('.')[1]!.length)).toBe(published);
      model.dispose();
    },
  );
});

describe('stems', () => {
  it('halve photos twice before the first stage, and leave small images at full size', () => {
    const sizeBefore = (
      side: number,
      layer: string,
      name: string,
      options: Record<string, unknown>,
    ): number => {
      const model = build(name, options, { imageShape: [side, side, 3] });
      const size = (model.getLayer(layer).input as tf.SymbolicTensor).shape[1]!;
      model.dispose();
      return size;
    };
    const resnet = { depth: 8, width: 2 };
    expect(sizeBefore(128, 'stage1-block1-conv1', 'resnet', resnet)).toBe(32);
    expect(sizeBefore(64, 'stage1-block1-conv1', 'resnet', resnet)).toBe(64);
    expect(sizeBefore(64, 'stage1-block1-conv1', 'resnet', { ...resnet, stem: 'imagenet' })).toBe(16);
    const densenet = { depth: 13, growthRate: 2 };
    expect(sizeBefore(128, 'block1-layer1-conv', 'densenet', densenet)).toBe(32);
    expect(sizeBefore(64, 'block1-layer1-conv', 'densenet', densenet)).toBe(64);
  });

  it('say when the images are too small', () => {
    expect(() => build('resnet', { depth: 8 }, { imageShape: [3, 9, 1] })).toThrow(
      'model: resnet 8 halves images 2 times, so they must be at least 4 x 4, but these are 3 x 9',
    );
    expect(() => build('densenet', { depth: 121 }, { imageShape: [4, 4, 3] })).toThrow('at least 8 x 8');
    expect(() => build('wide-resnet', { stem: 'imagenet' }, { imageShape: [8, 8, 3] })).toThrow(
      'at least 16 x 16',
    );
  });
});

describe('the shortcut of a residual network', () => {
  it('pads with zero channels on both sides and takes every other pixel (option A of the paper)', () => {
    const model = build('resnet', { depth: 8, width: 4 });
    const tap = tf.model({
      inputs: model.inputs,
      outputs: [
        model.getLayer('stage1-block1-relu').output as tf.SymbolicTensor,
        model.getLayer('stage2-block1-shortcut-turn-back').output as tf.SymbolicTensor,
      ],
    });
    const xs = images(model, 1);
    const [before, after] = (tap.predictOnBatch(xs) as tf.Tensor4D[]).map((t) => t.arraySync()[0]!);
    after!.forEach((row, y) => {
      row.forEach((pixel, x) => {
        expect(pixel).toEqual([0, 0, ...before![2 * y]![2 * x]!, 0, 0]);
      });
    });
  });
});

describe('options of models', () => {
  const problem = (name: string, options: Record<string, unknown>): string | undefined =>
    networkRegistry.get(name)!.options.safeParse(options).error?.issues[0]?.message;

  it.each([
    ['resnet', { depth: 21 }, /6n \+ 2/],
    ['wide-resnet', { depth: 18 }, /6n \+ 4/],
    ['densenet', { depth: 41 }, /3n \+ 4/],
    ['densenet', { depth: 25, bottleneck: true }, /6n \+ 4 .* with bottleneck/],
  ])('%s refuses %j and says what is allowed', (name, options, message) => {
    expect(problem(name, options)).toMatch(message);
  });

  it.each([
    ['resnet', {}],
    ['resnet', { depth: 50 }],
    ['wide-resnet', {}],
    ['densenet', { depth: 25, growthRate: 12 }],
    ['densenet', { depth: 100, bottleneck: true }],
    ['densenet', { depth: 121 }],
  ])('%s accepts %j', (name, options) => {
    expect(problem(name, options)).toBeUndefined();
  });
});
