/** Wide residual networks (Zagoruyko & Komodakis 2016, arXiv 1605.07146). */
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { LayerBuilder } from './layer-builder.js';
import type { ModelInput, NetworkEntry } from './model.js';
import { checkImageSize, isPhotoStem, stemSchema } from './stem.js';

const STEM_WIDTH = 16;

const optionsSchema = z.strictObject({
  /** Number of layers with weights, 6n + 4 (10, 16, 22, 28, 40, ...). */
  depth: z
    .int()
    .min(10)
    .max(100)
    .refine((depth) => depth % 6 === 4, { error: 'expected 6n + 4 (10, 16, 22, 28, 34, 40, ...)' })
    .default(16),
  /** The stages have 16, 32 and 64 times as many channels. */
  widenFactor: z.int().min(1).max(20).default(8),
  stem: stemSchema,
});

/** Pre-activation block B(3,3) of the paper; where shapes change, the shortcut is a 1 x 1 convolution of the activation. */
function block(
  layers: LayerBuilder,
  x: tf.SymbolicTensor,
  { name, filters, strides }: { readonly name: string; readonly filters: number; readonly strides: number },
): tf.SymbolicTensor {
  const active = layers.activate(x, `${name}-1`);
  const fits = x.shape.at(-1) === filters && strides === 1;
  const shortcut = fits
    ? x
    : layers.convolution(active, `${name}-shortcut`, { filters, kernelSize: 1, strides });
  let y = layers.convolution(active, `${name}-conv1`, { filters, strides });
  y = layers.convolution(layers.activate(y, `${name}-2`), `${name}-conv2`, { filters });
  return layers.apply(tf.layers.add({ name: `${name}-add` }), [shortcut, y]);
}

/** WRN-`depth`-`widenFactor`, without dropout: three stages of pre-activation blocks. WRN-16-8 has 11.0 M parameters at 10 classes. */
function create(input: ModelInput, options: unknown): tf.LayersModel {
  const { depth, widenFactor, stem } = optionsSchema.parse(options);
  const photo = isPhotoStem(stem, input);
  checkImageSize(`wide-resnet ${depth}-${widenFactor}`, input, 2 + (photo ? 2 : 0));
  const layers = new LayerBuilder(input);
  let x = photo
    ? layers.photoStem(STEM_WIDTH)
    : layers.convolution(layers.input, 'stem', { filters: STEM_WIDTH });
  for (let stage = 0; stage < 3; stage++) {
    for (let i = 0; i < (depth - 4) / 6; i++) {
      x = block(layers, x, {
        name: `stage${stage + 1}-block${i + 1}`,
        filters: STEM_WIDTH * widenFactor * 2 ** stage,
        strides: stage > 0 && i === 0 ? 2 : 1,
      });
    }
  }
  return layers.classify(layers.activate(x, 'end'), 'wide-resnet');
}

export const wideResnet: NetworkEntry = {
  name: 'wide-resnet',
  title: 'wide residual network; options depth (10, 16, 22, 28, 40, ...), widenFactor, stem',
  options: optionsSchema,
  create,
};
