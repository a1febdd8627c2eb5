/** Densely connected networks (Huang, Liu, van der Maaten & Weinberger 2016, arXiv 1608.06993). */
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { LayerBuilder } from './layer-builder.js';
import type { ConvolutionSettings } from './layer-builder.js';
import type { ModelInput, NetworkEntry } from './model.js';
import { checkImageSize, isPhotoStem, stemSchema } from './stem.js';

/** Layers a block of the networks with four blocks: table 1 of the paper. They are of the bottleneck-compression variant. */
const FOUR_BLOCKS: ReadonlyMap<number, readonly number[]> = new Map([
  [121, [6, 12, 24, 16]],
  [169, [6, 12, 32, 32]],
  [201, [6, 12, 48, 32]],
]);

const optionsSchema = z
  .strictObject({
    /** Number of layers with weights, L in the paper: 3n + 4 (6n + 4 with `bottleneck`), or 121, 169 or 201. */
    depth: z.int().min(7).max(250).default(40),
    /** Channels that each layer adds, k in the paper. Default: 12, or 32 with four blocks. */
    growthRate: z.int().min(1).max(96).optional(),
    /** Whether a 1 x 1 convolution to 4k channels precedes each 3 x 3 convolution. Default: only with four blocks. */
    bottleneck: z.boolean().optional(),
    /** Share of the channels that a transition between blocks keeps. Default: 0.5 with `bottleneck`, else 1. */
    compression: z.number().positive().max(1).optional(),
    /** Share of the values dropped in training after each convolution but the first. */
    dropout: z.number().min(0).lt(1).default(0),
    stem: stemSchema,
  })
  .superRefine(({ depth, bottleneck }, context) => {
    if (FOUR_BLOCKS.has(depth)) return;
    const step = bottleneck === true ? 6 : 3;
    if (depth % step === 4 % step && depth > 4) return;
    const examples = step === 3 ? '13, 25, 40, 100' : '22, 40, 100, 190';
    context.addIssue({
      code: 'custom',
      path: ['depth'],
      message: `expected ${step}n + 4 (${examples}, ...)${step === 6 ? ' with bottleneck' : ''} or 121, 169, 201`,
    });
  });

/** The settings that the layers of a network have in common. */
interface DenseSettings {
  readonly growthRate: number;
  readonly bottleneck: boolean;
  readonly compression: number;
  readonly dropout: number;
}

/** A convolution and its dropout. */
function convolution(
  layers: LayerBuilder,
  x: tf.SymbolicTensor,
  name: string,
  { dropout, ...settings }: ConvolutionSettings & { readonly dropout: number },
): tf.SymbolicTensor {
  return layers.dropout(layers.convolution(x, name, settings), `${name}-dropout`, dropout);
}

/** The paper's H: batch normalisation, ReLU, convolution; its k channels are put behind those of `x`. */
function denseLayer(
  layers: LayerBuilder,
  x: tf.SymbolicTensor,
  name: string,
  { growthRate, bottleneck, dropout }: DenseSettings,
): tf.SymbolicTensor {
  let y = layers.activate(x, name);
  if (bottleneck) {
    y = convolution(layers, y, `${name}-bottleneck`, { filters: 4 * growthRate, kernelSize: 1, dropout });
    y = layers.activate(y, `${name}-bottleneck`);
  }
  y = convolution(layers, y, `${name}-conv`, { filters: growthRate, dropout });
  return layers.apply(tf.layers.concatenate({ name: `${name}-concat` }), [x, y]);
}

/** Batch normalisation, ReLU, 1 x 1 convolution and 2 x 2 average pooling. */
function transition(
  layers: LayerBuilder,
  x: tf.SymbolicTensor,
  name: string,
  { compression, dropout }: DenseSettings,
): tf.SymbolicTensor {
  const filters = Math.floor(compression * x.shape.at(-1)!);
  const y = convolution(layers, layers.activate(x, name), `${name}-conv`, {
    filters,
    kernelSize: 1,
    dropout,
  });
  return layers.apply(tf.layers.averagePooling2d({ name: `${name}-pool`, poolSize: 2, strides: 2 }), y);
}

/**
 * DenseNet-`depth`-`growthRate`, without dropout unless asked for: three blocks (four for 121, 169 and 201) of layers that read all layers
 * before them in the block, then the mean over the image and logits. It begins with 16 channels, or 2k with bottlenecks. Published
 * sizes: DenseNet-40-12 1.0 M parameters at 10 classes, DenseNet-121 8.0 M at 1000.
 */
function create(input: ModelInput, options: unknown): tf.LayersModel {
  const { depth, stem, dropout, ...given } = optionsSchema.parse(options);
  const four = FOUR_BLOCKS.get(depth);
  const { growthRate = four === undefined ? 12 : 32, bottleneck = four !== undefined } = given;
  const { compression = bottleneck ? 0.5 : 1 } = given;
  const settings = { growthRate, bottleneck, compression, dropout };
  const blocks = four ?? [0, 1, 2].map(() => (depth - 4) / (bottleneck ? 6 : 3));
  const photo = isPhotoStem(stem, input);
  checkImageSize(`densenet ${depth}`, input, blocks.length - 1 + (photo ? 2 : 0));

  const layers = new LayerBuilder(input);
  const filters = bottleneck ? 2 * growthRate : 16;
  let x = photo ? layers.photoStem(filters) : layers.convolution(layers.input, 'stem', { filters });
  blocks.forEach((size, b) => {
    if (b > 0) x = transition(layers, x, `transition${b}`, settings);
    for (let i = 0; i < size; i++) {
      x = denseLayer(layers, x, `block${b + 1}-layer${i + 1}`, settings);
    }
  });
  return layers.classify(layers.activate(x, 'end'), 'densenet');
}

export const densenet: NetworkEntry = {
  name: 'densenet',
  title:
    'densely connected network; options depth (13, 25, 40, 100, ..., 121, 169, 201), growthRate, bottleneck, compression, dropout, stem',
  options: optionsSchema,
  create,
};
