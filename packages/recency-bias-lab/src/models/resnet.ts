/** Residual networks (He, Zhang, Ren & Sun 2015, arXiv 1512.03385). */
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { LayerBuilder } from './layer-builder.js';
import type { ModelInput, NetworkEntry } from './model.js';
import { checkImageSize, isPhotoStem, stemSchema } from './stem.js';

/** Blocks a stage of the networks with four stages: table 1 of the paper. Those of 50 layers and more have bottlenecks. */
const FOUR_STAGES: ReadonlyMap<number, readonly number[]> = new Map([
  [18, [2, 2, 2, 2]],
  [34, [3, 4, 6, 3]],
  [50, [3, 4, 6, 3]],
  [101, [3, 4, 23, 3]],
  [152, [3, 8, 36, 3]],
]);

const optionsSchema = z.strictObject({
  /**
   * Number of layers with weights: 6n + 2 (8, 20, 32, 44, 56, ...) for the three-stage networks of section 4.2, or one of 18,
   * 34, 50, 101 and 152 for the four-stage networks of table 1.
   */
  depth: z
    .int()
    .min(8)
    .max(200)
    .refine((depth) => FOUR_STAGES.has(depth) || depth % 6 === 2, {
      error: 'expected 6n + 2 (8, 14, 20, 26, 32, 44, 56, 110, ...) or 18, 34, 50, 101, 152',
    })
    .default(20),
  /** Channels of the first stage; each later stage has twice as many. Default: 16 with three stages, 64 with four. */
  width: z.int().min(1).max(512).optional(),
  /** How a shortcut gets more channels: `pad` with zeros (option A), or a 1 x 1 convolution (option B). Default: as in the paper, `pad` with three stages and `projection` with four. */
  shortcut: z.enum(['pad', 'projection']).optional(),
  stem: stemSchema,
});

/** The block of a network. */
interface BlockSettings {
  readonly name: string;
  /** Channels of its 3 x 3 convolutions. */
  readonly width: number;
  readonly strides: number;
  readonly bottleneck: boolean;
  readonly shortcut: 'pad' | 'projection';
}

const EXPANSION = 4;

/** The identity where shapes allow it; else made to fit, with `shortcut`. */
function shortcutOf(
  layers: LayerBuilder,
  x: tf.SymbolicTensor,
  { name, width, strides, bottleneck, shortcut }: BlockSettings,
): tf.SymbolicTensor {
  const filters = bottleneck ? EXPANSION * width : width;
  const channels = x.shape.at(-1)!;
  if (channels === filters && strides === 1) return x;
  if (shortcut === 'projection') {
    const projected = layers.convolution(x, `${name}-shortcut`, { filters, kernelSize: 1, strides });
    return layers.normalise(projected, `${name}-shortcut-norm`);
  }
  let y = x;
  if (strides > 1) {
    y = layers.apply(
      tf.layers.averagePooling2d({ name: `${name}-shortcut-stride`, poolSize: 1, strides }),
      y,
    );
  }
  if (channels === filters) return y;
  // There is no layer that pads channels; the one that pads the image does it while channels stand in a dimension of the image.
  const extra = filters - channels;
  const before = Math.floor(extra / 2);
  y = layers.apply(tf.layers.permute({ name: `${name}-shortcut-turn`, dims: [2, 3, 1] }), y);
  const padding: [[number, number], [number, number]] = [
    [0, 0],
    [before, extra - before],
  ];
  y = layers.apply(tf.layers.zeroPadding2d({ name: `${name}-shortcut-pad`, padding }), y);
  return layers.apply(tf.layers.permute({ name: `${name}-shortcut-turn-back`, dims: [3, 1, 2] }), y);
}

/** Convolutions, each normalised, plus the shortcut; a bottleneck has its stride in the 3 x 3 convolution. */
function block(layers: LayerBuilder, x: tf.SymbolicTensor, settings: BlockSettings): tf.SymbolicTensor {
  const { name, width, strides, bottleneck } = settings;
  const shortcut = shortcutOf(layers, x, settings);
  const convolutions = bottleneck
    ? [
        { filters: width, kernelSize: 1 },
        { filters: width, strides },
        { filters: EXPANSION * width, kernelSize: 1 },
      ]
    : [{ filters: width, strides }, { filters: width }];
  let y = x;
  convolutions.forEach((convolution, i) => {
    const part = `${name}-conv${i + 1}`;
    y = layers.normalise(layers.convolution(y, part, convolution), `${part}-norm`);
    if (i < convolutions.length - 1) y = layers.relu(y, `${part}-relu`);
  });
  return layers.relu(layers.apply(tf.layers.add({ name: `${name}-add` }), [shortcut, y]), `${name}-relu`);
}

/**
 * A residual network: blocks of convolution, batch normalisation and ReLU with a shortcut around each, the image halved
 * between stages, then the mean over the image and logits. Published sizes: ResNet-20 0.27 M parameters at 10 classes,
 * ResNet-50 25.6 M at 1000.
 */
function create(input: ModelInput, options: unknown): tf.LayersModel {
  const { depth, stem, ...given } = optionsSchema.parse(options);
  const four = FOUR_STAGES.get(depth);
  const stages = four ?? [0, 1, 2].map(() => (depth - 2) / 6);
  const { width = four === undefined ? 16 : 64, shortcut = four === undefined ? 'pad' : 'projection' } =
    given;
  const photo = isPhotoStem(stem, input);
  checkImageSize(`resnet ${depth}`, input, stages.length - 1 + (photo ? 2 : 0));

  const layers = new LayerBuilder(input);
  let x = photo
    ? layers.photoStem(width)
    : layers.activate(layers.convolution(layers.input, 'stem', { filters: width }), 'stem');
  stages.forEach((blocks, stage) => {
    for (let i = 0; i < blocks; i++) {
      x = block(layers, x, {
        name: `stage${stage + 1}-block${i + 1}`,
        width: width * 2 ** stage,
        strides: stage > 0 && i === 0 ? 2 : 1,
        bottleneck: four !== undefined && depth >= 50,
        shortcut,
      });
    }
  });
  return layers.classify(x, 'resnet');
}

export const resnet: NetworkEntry = {
  name: 'resnet',
  title:
    'residual network; options depth (8, 20, 32, 44, 56, ... or 18, 34, 50, 101, 152), width, shortcut, stem',
  options: optionsSchema,
  create,
};
