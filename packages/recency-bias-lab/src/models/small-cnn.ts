/** A small batch-normalised convolutional network for small images. */
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { LayerBuilder } from './layer-builder.js';
import type { ModelInput, NetworkEntry } from './model.js';

const optionsSchema = z.strictObject({
  /** Output channels of each convolution; a 2 x 2 max pooling follows each, so the image must be large enough. */
  channels: z.array(z.int().min(1).max(512)).min(1).max(5).default([16, 32, 64]),
});

/**
 * Blocks of 3 x 3 convolution, batch normalisation, ReLU and 2 x 2 max pooling, then a dense layer of logits: 29,402
 * parameters for MNIST with the default channels.
 */
function create(input: ModelInput, options: unknown): tf.LayersModel {
  const { channels } = optionsSchema.parse(options);
  const [height, width] = input.imageShape;
  const least = 2 ** channels.length;
  if (Math.min(height, width) < least) {
    throw new RangeError(
      `model.options.channels: ${channels.length} poolings need images of at least ${least} x ${least}, but these are ${height} x ${width}; give fewer channels`,
    );
  }
  const layers = new LayerBuilder(input, { epsilon: 1e-3 });
  let x = layers.input;
  channels.forEach((filters, i) => {
    const block = i + 1;
    x = layers.convolution(x, `conv${block}`, { filters });
    x = layers.relu(layers.normalise(x, `norm${block}`), `relu${block}`);
    x = layers.apply(tf.layers.maxPooling2d({ name: `pool${block}`, poolSize: 2, strides: 2 }), x);
  });
  return layers.classify(layers.apply(tf.layers.flatten({ name: 'flatten' }), x), 'small-cnn');
}

export const smallCnn: NetworkEntry = {
  name: 'small-cnn',
  title: 'three 3x3 convolutions (16, 32, 64 channels) with batch normalisation and pooling; option channels',
  options: optionsSchema,
  create,
};
