import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import 'tfjs-wasm-training';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { backboneLayers, filesOf, writeBackbone } from '../../test/support/backbones.js';
import { softmaxCrossentropy } from '../experiment/training/crossentropy.js';
import type { ModelInput, OpenContext, OpenedModel } from '../models/model.js';
import { findCut } from './cut.js';
import { modelFiles } from '../models/model-files.js';
import type { ModelFiles } from '../models/model-files.js';
import { pretrained } from './pretrained.js';
import { saveModel } from './save-model.js';

const INPUT: ModelInput = { imageShape: [16, 16, 3], classes: 3, weightDecay: 0, seed: 4 };

let dir: string;
let context: OpenContext;
beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pretrained-'));
  context = { cache: join(dir, 'cache'), readRun: () => Promise.resolve(undefined) };
  await writeBackbone(join(dir, 'net'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

function open(options: Record<string, unknown> = {}): Promise<OpenedModel> {
  return pretrained.open(pretrained.options.parse({ backbone: join(dir, 'net'), ...options }), context);
}

async function build(
  options: Record<string, unknown> = {},
  input: Partial<ModelInput> = {},
): Promise<tf.LayersModel> {
  return (await open(options)).create({ ...INPUT, ...input });
}

/** Layer name -> all weights of it. */
function weightsOf(model: tf.LayersModel): Map<string, number[][]> {
  return new Map(model.layers.map((layer) => [layer.name, layer.getWeights().map((w) => [...w.dataSync()])]));
}

/** Names of the layers whose weights, moving statistics included, two steps of training change. */
async function changedBy(model: tf.LayersModel): Promise<string[]> {
  const before = weightsOf(model);
  model.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss: softmaxCrossentropy });
  const xs = tf.randomNormal([6, 16, 16, 3], 0, 1, 'float32', 2);
  const ys = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2], 'int32'), 3);
  for (let step = 0; step < 2; step++) await model.trainOnBatch(xs, ys);
  tf.dispose([xs, ys]);
  const after = weightsOf(model);
  return [...before.keys()].filter(
    (name) => JSON.stringify(before.get(name)) !== JSON.stringify(after.get(name)),
  );
}

/** As Teachable Machine exports it: a Sequential that begins with a model, itself perhaps such a Sequential. */
function teachable(nesting: number, pooled: boolean): tf.LayersModel {
  let base: tf.LayersModel = backboneLayers({ end: 'features' });
  if (pooled) {
    const average = tf.layers.globalAveragePooling2d({}).apply(base.outputs) as tf.SymbolicTensor;
    base = tf.model({ inputs: base.inputs, outputs: average });
  }
  for (let i = 0; i < nesting; i++) base = tf.sequential({ layers: [base] });
  const rest = pooled ? [] : [tf.layers.globalAveragePooling2d({})];
  const classes = tf.layers.dense({ units: 2, activation: 'softmax' });
  return tf.sequential({ layers: [base, ...rest, classes] });
}

describe('a Sequential that begins with a model', () => {
  it.each([
    [0, false, {}],
    [1, false, {}],
    [2, true, {}],
    [0, true, { freeze: true }],
    [1, true, { freeze: true }],
    [1, false, { freeze: true }],
  ] as const)('is a backbone: nested %i times, pooled %s, options %o', async (nesting, pooled, options) => {
    const whole = teachable(nesting, pooled);
    await saveModel(await filesOf(whole), join(dir, 'teachable'));
    whole.dispose();
    const model = await build({ backbone: join(dir, 'teachable'), ...options }, { weightDecay: 1e-3 });
    const changed = await changedBy(model);
    expect(changed).toContain('classes');
    if ('freeze' in options) expect(changed).toEqual(['classes']);
    else expect(changed.length).toBeGreaterThan(4);
    model.dispose();
  });
});

describe('the images of a backbone', () => {
  const network = (inputShape: [number, number, number], dataFormat: 'channelsFirst' | 'channelsLast') =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape, filters: 4, kernelSize: 3, dataFormat, name: 'conv' }),
        tf.layers.globalAveragePooling2d({ dataFormat, name: 'average' }),
        tf.layers.dense({ units: 2, name: 'old' }),
      ],
    });
  const save = async (model: tf.LayersModel): Promise<string> => {
    await saveModel(await filesOf(model), join(dir, 'other'));
    model.dispose();
    return join(dir, 'other');
  };

  it('may be grey, and are then scaled to [0, 1] where the network does not say how', async () => {
    const backbone = await save(network([16, 16, 1], 'channelsLast'));
    const { options, imageShape } = await open({ backbone });
    expect(options.scaling).toBe('unit');
    expect(imageShape).toEqual([16, 16, 1]);
    const model = await build({ backbone }, { imageShape: [16, 16, 1] });
    expect(model.outputs[0]!.shape).toEqual([null, 3]);
    model.dispose();
  });

  it('are refused with their channels first, or of another number', async () => {
    await expect(open({ backbone: await save(network([3, 32, 32], 'channelsFirst')) })).rejects.toThrow(
      'takes images with the channels first, [3, 32, 32]; a backbone needs them last',
    );
    await expect(open({ backbone: await save(network([16, 16, 4], 'channelsLast')) })).rejects.toThrow(
      'takes images of 4 channels; a backbone needs 3 (RGB) or 1 (grey)',
    );
  });
});

describe('a model that is damaged', () => {
  const edited = async (change: (text: string) => string): Promise<string> => {
    const path = join(dir, 'net', 'model.json');
    await writeFile(path, change(await readFile(path, 'utf8')));
    return join(dir, 'net');
  };

  it.each([
    [
      'layers in a circle',
      (text: string) => text.replace('[["image",0,0', '[["add",0,0'),
      /follow each other in a circle/,
    ],
    [
      'a layer that is missing',
      (text: string) => text.replace('[["stem",0,0', '[["gone",0,0'),
      /follows a layer gone that is not there/,
    ],
    [
      'weights that lie elsewhere',
      (text: string) => text.replace('group1-shard1of1.bin', '../secret.bin'),
      /names a weight file "..\/secret.bin" that leads out of its folder/,
    ],
  ])('is refused in a line: %s', async (_, change, message) => {
    await expect(open({ backbone: await edited(change) })).rejects.toThrow(message);
  });

  it.skipIf(process.platform === 'win32')('is refused where it is a pipe that nobody writes', async () => {
    const pipe = join(dir, 'pipe.json');
    execFileSync('mkfifo', [pipe]);
    await expect(open({ backbone: pipe })).rejects.toThrow('pipe.json: is a pipe or device, expected a file');
    await rm(join(dir, 'net', 'group1-shard1of1.bin'));
    execFileSync('mkfifo', [join(dir, 'net', 'group1-shard1of1.bin')]);
    await expect(open()).rejects.toThrow('its weight file group1-shard1of1.bin is a pipe or device');
  });

  it('is not seen in a layer that a network uses twice', async () => {
    const input = tf.input({ shape: [16, 16, 3], name: 'image' });
    const shared = tf.layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', name: 'shared' });
    const between = tf.layers.reLU({ name: 'between' });
    const once = between.apply(shared.apply(input)) as tf.SymbolicTensor;
    const twice = shared.apply(once) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: twice });
    await saveModel(await filesOf(model), join(dir, 'shared'));
    model.dispose();
    await expect(open({ backbone: join(dir, 'shared') })).resolves.toMatchObject({ imageShape: [16, 16, 3] });
  });
});

describe('the checksum of a network', () => {
  const files = async (): Promise<ModelFiles> => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [4, 4, 3], filters: 2, kernelSize: 1, kernelInitializer: 'ones' }),
        tf.layers.globalAveragePooling2d({}),
        tf.layers.dense({ units: 2, kernelInitializer: 'ones' }),
      ],
    });
    const saved = await filesOf(model);
    model.dispose();
    return saved;
  };

  it('is the same for a network that the process makes again, whose layers TensorFlow.js names otherwise', async () => {
    const [first, second] = [await files(), await files()];
    expect(first.topology).not.toEqual(second.topology);
    expect(second.checksum).toBe(first.checksum);
    expect(modelFiles({ ...first, weightData: first.weightData.slice(4) }).checksum).not.toBe(first.checksum);
  });

  it('goes on with experiments of earlier versions, whose checksum counts every name', async () => {
    const saved = await files();
    await saveModel(saved, join(dir, 'generated'));
    const old = createHash('sha256')
      .update(JSON.stringify(saved.topology))
      .update(new Uint8Array(saved.weightData))
      .digest('hex');
    const { options } = await open({ backbone: join(dir, 'generated'), checksum: old });
    expect(options.checksum).toBe(old);
    await expect(open({ backbone: join(dir, 'generated'), checksum: 'f'.repeat(64) })).rejects.toThrow(
      'is another network than when the experiment began',
    );
  });
});

describe('the end of the features', () => {
  it.each([
    ['a dense layer and softmax', 'classifier', { layer: 'dropout', classifier: 'classes' }],
    ['a convolution of one pixel', 'pixel-classifier', { layer: 'dropout', classifier: 'classes' }],
    ['no classifier', 'features', { layer: 'add' }],
  ] as const)('is found before %s', (_, end, cut) => {
    const model = backboneLayers({ end });
    expect(findCut(model, 'net')).toEqual(cut);
    model.dispose();
  });

  it('is found before a head that is a model of its own', () => {
    const base = backboneLayers({ end: 'features' });
    const head = tf.sequential({ name: 'head' });
    head.add(tf.layers.globalAveragePooling2d({ inputShape: base.outputs[0]!.shape.slice(1) }));
    head.add(tf.layers.dense({ units: 2, activation: 'softmax' }));
    const whole = tf.sequential({ layers: [base, head] });
    expect(findCut(whole, 'net')).toEqual({ layer: base.name, classifier: 'head' });
    whole.dispose();
  });
});

describe('the model pretrained', () => {
  it('has the features of its backbone and one new logit a class, from its seed', async () => {
    const models = await Promise.all([build(), build(), build({}, { seed: 5 })]);
    const [first, again, other] = models.map(weightsOf);
    expect(models[0].outputs[0]!.shape).toEqual([null, 3]);
    const own = backboneLayers();
    for (const [name, weights] of weightsOf(own))
      if (name !== 'classes' && weights.length > 0) expect(first!.get(name)).toEqual(weights);
    expect(again).toEqual(first);
    expect(other!.get('classes')).not.toEqual(first!.get('classes'));
    for (const model of [...models, own]) model.dispose();
  });

  it('leaves no tensor behind that is not its own', async () => {
    const before = tf.memory().numTensors;
    const model = await build({}, { weightDecay: 0.1 });
    expect(tf.memory().numTensors - before).toBe(model.weights.length);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('takes images of another size where nothing in it depends on that', async () => {
    const model = await build({}, { imageShape: [24, 20, 3] });
    expect(model.inputs[0]!.shape).toEqual([null, 24, 20, 3]);
    expect(weightsOf(model).get('stem')).toEqual(weightsOf(await build()).get('stem'));
    expect((await open()).imageShape).toEqual([16, 16, 3]);
  });

  it('says which size alone it can take where something does, and how many channels', async () => {
    const base = backboneLayers({ end: 'features' });
    const flat = tf.sequential({
      layers: [...base.layers.slice(0, 3), tf.layers.flatten(), tf.layers.dense({ units: 4, name: 'fc' })],
    });
    await saveModel(await filesOf(flat), join(dir, 'flat'));
    const backbone = join(dir, 'flat');
    const cut = 'fc';
    await expect(build({ backbone, cut }, { imageShape: [24, 24, 3] })).rejects.toThrow(
      `${backbone}: cannot take images of 24 x 24, only of 16 x 16; choose --image-size 16`,
    );
    await expect(build({}, { imageShape: [16, 16, 1] })).rejects.toThrow(
      /takes images of 3 channels, but these have 1; choose dataset\.channels: 3/,
    );
  });

  const learnt = ['stem', 'stem-norm', 'depthwise', 'depthwise-norm', 'project', 'project-norm', 'classes'];
  it.each([
    ['end to end', {}, learnt],
    ['in its new layer alone', { freeze: true }, ['classes']],
    ['behind the layer up to which it is frozen', { freezeUntil: 'depthwise-norm' }, learnt.slice(4)],
  ])('is trained %s, and what is frozen keeps its moving statistics', async (_, options, layers) => {
    const model = await build(options);
    expect((await changedBy(model)).sort()).toEqual([...layers].sort());
    model.dispose();
  });

  it('decays the kernels that are trained, with the weight decay of the experiment instead of its own', async () => {
    const model = await build({ freezeUntil: 'stem-norm' }, { weightDecay: 0.5 });
    const grads = tf.variableGrads(() => tf.addN(model.calculateLosses())).grads;
    const decayed = Object.entries(grads).filter(([, g]) => g.abs().sum().dataSync()[0]! > 0);
    const plain = (name: string): string => name.replace(/_\d+$/, '');
    expect(decayed.map(([name]) => plain(name)).sort()).toEqual([
      'classes/kernel',
      'depthwise/depthwise_kernel',
      'project/kernel',
    ]);
    for (const [name, gradient] of decayed) {
      const weight = model.weights.find((w) => w.name === name || w.originalName === plain(name))!;
      const expected = [...weight.read().dataSync()].map((w) => 0.5 * w);
      gradient.dataSync().forEach((g, i) => {
        expect(g).toBeCloseTo(expected[i]!, 4);
      });
    }
    model.dispose();
  });

  it('averages in batch normalisation over some ten steps, whatever its backbone did over a million', async () => {
    const model = await build();
    expect(model.getLayer('stem-norm').getConfig().momentum).toBe(0.9);
    model.dispose();
  });

  it('goes on only with the backbone that it began with', async () => {
    const { options } = await open();
    await expect(open(options)).resolves.toBeDefined();
    await writeBackbone(join(dir, 'net'), { seed: 9 });
    await expect(open(options)).rejects.toThrow(/is another network than when the experiment began/);
  });
});

describe('the scaling of images', () => {
  const moments = (mean: number, std: number): unknown => ({
    mean: [mean, mean, mean],
    std: [std, std, std],
  });

  it('is said to be assumed where nobody knows it', async () => {
    const { options, scaling, notes } = await open();
    expect(options.scaling).toBe('imagenet');
    expect(scaling).toEqual({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] });
    expect(notes.join('\n')).toMatch(/imagenet.*assumed.*give --scaling symmetric, unit, bytes or data/);
  });

  it.each([
    ['symmetric', moments(0.5, 0.5)],
    ['unit', moments(0, 1)],
    ['bytes', moments(0, 1 / 255)],
    ['data', 'data'],
    [
      { mean: [0.1, 0.2, 0.3], std: [1, 2, 3] },
      { mean: [0.1, 0.2, 0.3], std: [1, 2, 3] },
    ],
  ])('%j is %j', async (scaling, numbers) => {
    expect((await open({ scaling })).scaling).toEqual(numbers);
  });

  it('follows a known family by the name of a layer', async () => {
    const model = backboneLayers();
    const files = await filesOf(model);
    const topology = JSON.parse(
      JSON.stringify(files.topology).replaceAll('"depthwise"', '"expanded_conv_depthwise"'),
    ) as typeof files.topology;
    const weightSpecs = files.weightSpecs.map((spec) => ({
      ...spec,
      name: spec.name.replace('depthwise/', 'expanded_conv_depthwise/'),
    }));
    await saveModel({ ...files, topology, weightSpecs }, join(dir, 'net'));
    const { options, notes } = await open();
    expect(options.scaling).toBe('symmetric');
    expect(notes.join()).toContain('as MobileNetV2 was trained');
    model.dispose();
  });

  it('follows what this program wrote into a model', async () => {
    const scaling = { mean: [0.3, 0.3, 0.3], std: [0.2, 0.2, 0.2] };
    const metadata = {
      ...{ recencyBias: 1, labels: ['a', 'b'], imageSize: { height: 16, width: 16, channels: 3 } },
      ...{ fit: 'crop', scaling, accuracy: 0.5, accuracyOf: '2 samples', epoch: 1 },
    };
    await writeBackbone(join(dir, 'net'), { metadata });
    expect((await open()).scaling).toEqual(scaling);
  });
});

describe('a backbone that cannot be used', () => {
  const file = (name: string): string => join(dir, 'net', name);

  it.each([
    [
      'an unknown name',
      { backbone: 'mobilenet-v1-0.50-224' },
      /does not exist; did you mean mobilenet_v1_0.50_224\?$/,
    ],
    [
      'a path that is not there',
      { backbone: 'nowhere/net' },
      /"nowhere\/net" does not exist; expected the path or address/,
    ],
    [
      'a layer to cut at that it does not have',
      { cut: 'depth-wise' },
      /^model\.options\.cut: "depth-wise" is not known; did you mean depthwise\?/,
    ],
    [
      'a layer to freeze that it does not have',
      { freezeUntil: 'stem_norm' },
      /^model\.options\.freezeUntil: .* did you mean stem-norm\?/,
    ],
    ['two ways of freezing', { freeze: true, freezeUntil: 'stem' }, /either freeze or freezeUntil, not both/],
    [
      'an address that nobody serves',
      { backbone: 'http://127.0.0.1:9/model.json' },
      /^http:\/\/127\.0\.0\.1:9\/model\.json: cannot be fetched \(.*\); check the address/,
    ],
  ])('is refused in a line: %s', async (_, options, message) => {
    const error = await open(options).catch((problem: unknown) => problem);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('\n');
  });

  it('is refused in a line: a layer to freeze behind the cut', async () => {
    await expect(build({ cut: 'stem-relu', freezeUntil: 'project' })).rejects.toThrow(
      'model.options.freezeUntil: project comes after the cut (stem-relu); choose a layer before it',
    );
  });

  it.each([
    [
      'a GraphModel',
      { format: 'graph-model' },
      /is a GraphModel, .* cannot be trained; look for a LayersModel/,
    ],
    [
      'no model at all',
      { modelTopology: undefined },
      /is not the model\.json of a TensorFlow\.js LayersModel/,
    ],
  ])('is refused in a line: %s', async (_, change, message) => {
    const model = JSON.parse(await readFile(file('model.json'), 'utf8')) as object;
    await writeFile(file('model.json'), JSON.stringify({ ...model, ...change }));
    await expect(open()).rejects.toThrow(message);
  });

  it('is refused in a line: weights that are missing or truncated, text that is no JSON, a file of Keras', async () => {
    await truncate(file('group1-shard1of1.bin'), 100);
    await expect(open()).rejects.toThrow(/group1-shard1of1\.bin is truncated \(100 bytes, expected \d+\)$/);
    await rm(file('group1-shard1of1.bin'));
    await expect(open()).rejects.toThrow(
      /its weight file group1-shard1of1\.bin is missing; it must lie beside model\.json$/,
    );
    await writeFile(file('model.json'), '{');
    await expect(open()).rejects.toThrow(/is not valid JSON/);
    await writeFile(join(dir, 'net.h5'), 'x');
    await expect(open({ backbone: join(dir, 'net.h5') })).rejects.toThrow(/is a Keras file; convert it/);
  });

  it('is refused in a line: several inputs or outputs', async () => {
    const inputs = [tf.input({ shape: [4, 4, 3] }), tf.input({ shape: [4, 4, 3] })];
    const sum = tf.layers.add().apply(inputs) as tf.SymbolicTensor;
    await saveModel(await filesOf(tf.model({ inputs, outputs: sum })), join(dir, 'two'));
    await expect(open({ backbone: join(dir, 'two') })).rejects.toThrow(
      /two: has several inputs; a backbone needs one input/,
    );
  });

  it('is refused in a line: features that are no vectors and no images', async () => {
    const input = tf.input({ shape: [4, 4, 3] });
    const rows = tf.layers.reshape({ targetShape: [16, 3], name: 'rows' }).apply(input) as tf.SymbolicTensor;
    await saveModel(await filesOf(tf.model({ inputs: input, outputs: rows })), join(dir, 'rows'));
    const backbone = join(dir, 'rows');
    await expect(build({ backbone }, { imageShape: [4, 4, 3] })).rejects.toThrow(
      'model.options.cut: the output of rows has 3 dimensions',
    );
  });
});

describe('a backbone at an address', () => {
  let address: string;
  let requests: string[];
  const server = createServer((request, response) => {
    requests.push(request.url!);
    readFile(join(dir, request.url!)).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    );
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const found = server.address();
    address = `http://127.0.0.1:${typeof found === 'object' ? found!.port : 0}`;
  });
  beforeEach(() => {
    requests = [];
  });
  afterAll(() => {
    server.close();
  });

  it('is fetched once and then taken from the cache', async () => {
    const backbone = `${address}/net/model.json`;
    const { options } = await open({ backbone });
    expect(requests).toEqual(['/net/model.json', '/net/group1-shard1of1.bin']);
    expect((await open({ backbone })).options).toEqual(options);
    expect(options.checksum).toBe((await open()).options.checksum);
    expect(requests).toHaveLength(2);
  });

  it('leaves nothing in the cache when a part of it is missing', async () => {
    await mkdir(join(dir, 'half'));
    await writeFile(join(dir, 'half', 'model.json'), await readFile(join(dir, 'net', 'model.json')));
    const backbone = `${address}/half/model.json`;
    await expect(open({ backbone })).rejects.toThrow(
      /half\/group1-shard1of1\.bin: cannot be fetched \(.*404.*\)/,
    );
    await writeFile(
      join(dir, 'half', 'group1-shard1of1.bin'),
      await readFile(join(dir, 'net', 'group1-shard1of1.bin')),
    );
    await expect(open({ backbone })).resolves.toBeDefined();
  });
});

describe('training', () => {
  it('has the gradients of the cpu backend on wasm: depthwise convolution, padding, ReLU6, batch normalisation', async () => {
    const gradientsOn = async (backend: string): Promise<[string, Float32Array][]> => {
      await tf.setBackend(backend);
      const model = await build({}, { weightDecay: 0.01 });
      const xs = tf.randomNormal([5, 16, 16, 3], 0, 2, 'float32', 8);
      const ys = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1], 'int32'), 3);
      const loss = (): tf.Scalar => {
        const logits = model.apply(xs, { training: true }) as tf.Tensor;
        return tf.addN([softmaxCrossentropy(ys, logits).mean(), ...model.calculateLosses()]);
      };
      const { grads } = tf.variableGrads(loss);
      const names = model.trainableWeights.map(({ originalName }) => originalName);
      const values = model.trainableWeights.map((w) => grads[w.name]!.dataSync<'float32'>());
      model.dispose();
      return names.map((name, i) => [name, values[i]!]);
    };
    await writeBackbone(join(dir, 'net'), { end: 'features' }); // without dropout, which is random
    const onCpu = await gradientsOn('cpu');
    const onWasm = new Map(await gradientsOn('wasm'));
    await tf.setBackend('cpu');
    expect(onCpu.map(([name]) => name)).toContain('depthwise/depthwise_kernel');
    const norm = (values: Float32Array): number => Math.hypot(...values);
    for (const [name, expected] of onCpu) {
      // The bias before batch normalisation has no gradient but rounding.
      if (name === 'project/bias') continue;
      expect(norm(expected)).toBeGreaterThan(1e-3);
      const difference = expected.map((value, i) => value - onWasm.get(name)![i]!);
      expect(norm(difference) / norm(expected)).toBeLessThan(1e-4);
    }
  });
});
