/** Makes small networks as TensorFlow.js's files, and folders of tiny coloured photos. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { Random } from 'recency-bias';
import sharp from 'sharp';
import { modelFiles } from '../../src/models/model-files.js';
import type { Json, ModelFiles } from '../../src/models/model-files.js';
import { saveModel } from '../../src/pretrained/save-model.js';

/** The properties of a backbone to make. */
export interface BackboneOptions {
  readonly side?: number;
  /** How it ends. Default: pooling, dropout, a dense layer and softmax. */
  readonly end?: 'classifier' | 'features' | 'pixel-classifier';
  readonly metadata?: Json;
  readonly seed?: number;
}

/** The layers of MobileNetV2 in small: padding, convolution, depthwise convolution, ReLU6, a residual connection. */
export function backboneLayers({
  side = 16,
  end = 'classifier',
  seed = 1,
}: BackboneOptions = {}): tf.LayersModel {
  const random = new Random(seed);
  const init = (): ReturnType<typeof tf.initializers.heNormal> =>
    tf.initializers.heNormal({ seed: random.int(2 ** 31) });
  const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]): tf.SymbolicTensor =>
    layer.apply(x) as tf.SymbolicTensor;
  const norm = (x: tf.SymbolicTensor, name: string): tf.SymbolicTensor =>
    apply(tf.layers.batchNormalization({ name, momentum: 0.999 }), x);
  const input = tf.input({ shape: [side, side, 3], name: 'image' });
  let x = apply(
    tf.layers.zeroPadding2d({
      name: 'pad',
      padding: [
        [0, 1],
        [0, 1],
      ],
    }),
    input,
  );
  x = apply(
    tf.layers.conv2d({
      ...{ name: 'stem', filters: 8, kernelSize: 3, strides: 2, useBias: false, kernelInitializer: init() },
      kernelRegularizer: tf.regularizers.l2({ l2: 0.5 }),
    }),
    x,
  );
  const stem = apply(tf.layers.reLU({ name: 'stem-relu', maxValue: 6 }), norm(x, 'stem-norm'));
  const depthwise = tf.layers.depthwiseConv2d({
    ...{ name: 'depthwise', kernelSize: 3, padding: 'same', useBias: false, depthwiseInitializer: init() },
  });
  x = apply(
    tf.layers.reLU({ name: 'depthwise-relu', maxValue: 6 }),
    norm(apply(depthwise, stem), 'depthwise-norm'),
  );
  const project = tf.layers.conv2d({ name: 'project', filters: 8, kernelSize: 1, kernelInitializer: init() });
  x = apply(tf.layers.add({ name: 'add' }), [stem, norm(apply(project, x), 'project-norm')]);
  if (end === 'features') return tf.model({ inputs: input, outputs: x });
  x = apply(tf.layers.globalAveragePooling2d({ name: 'average' }), x);
  if (end === 'pixel-classifier') x = apply(tf.layers.reshape({ name: 'pixel', targetShape: [1, 1, 8] }), x);
  x = apply(tf.layers.dropout({ name: 'dropout', rate: 0.25, seed: 3 }), x);
  const old =
    end === 'classifier'
      ? tf.layers.dense({ name: 'classes', units: 7, kernelInitializer: init() })
      : tf.layers.conv2d({ name: 'classes', filters: 7, kernelSize: 1, kernelInitializer: init() });
  x = apply(old, x);
  return tf.model({ inputs: input, outputs: apply(tf.layers.softmax({ name: 'softmax' }), x) });
}

/** The files of a model. */
export async function filesOf(model: tf.LayersModel, metadata?: Json): Promise<ModelFiles> {
  let files: ModelFiles | undefined;
  await model.save(
    tf.io.withSaveHandler(({ modelTopology, weightSpecs = [], weightData }) => {
      files = modelFiles({
        title: 'backbone',
        topology: JSON.parse(JSON.stringify(modelTopology)) as Json,
        weightSpecs,
        weightData: weightData as ArrayBuffer,
        metadata,
      });
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    }),
  );
  return files!;
}

/** Writes a small backbone into a folder. */
export async function writeBackbone(folder: string, options: BackboneOptions = {}): Promise<void> {
  const model = backboneLayers(options);
  await saveModel(await filesOf(model, options.metadata), folder);
  model.dispose();
}

const COLOURS = { blue: [30, 40, 200], green: [40, 190, 60], red: [210, 50, 40] } as const;

/** Writes `<colour>/<i>.png`: noisy pictures of a colour each, that a small network learns to tell apart in seconds. */
export async function writePhotos(folder: string, count = 12, side = 20): Promise<void> {
  const random = new Random(5);
  for (const [label, colour] of Object.entries(COLOURS)) {
    await mkdir(join(folder, label), { recursive: true });
    for (let i = 0; i < count; i++) {
      const pixels = Uint8Array.from({ length: side * side * 3 }, (_, p) => {
        const value = colour[p % 3]! + random.int(121) - 60;
        return Math.min(255, Math.max(0, value));
      });
      const image = sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
      await writeFile(join(folder, label, `${i}.png`), await image.png().toBuffer());
    }
  }
}
