/** A small batch-normalised convolutional network for small images. */
import * as tf from '@tensorflow/tfjs';
import { Random } from 'recency-bias';
import { z } from 'zod';
import type { ModelEntry, ModelInput } from './model.js';

const optionsSchema = z.strictObject({
  /** Output channels of each convolution; a 2 x 2 max pooling follows each, so the image must be large enough. */
  channels: z.array(z.int().min(1).max(512)).min(1).max(5).default([16, 32, 64]),
});

/**
 * Blocks of 3 x 3 convolution, batch normalisation, ReLU and 2 x 2 max pooling, then a dense layer of logits: 29,402
 * parameters for MNIST with the default channels.
 *
 * Initialisation of the convolutions is He's (arXiv 1502.01852) as TF.js has it, seeded: normal, truncated at two standard deviations without
 * correction, so its variance is 0.774 * 2 / fan-in. Batch normalisation averages with momentum 0.9: with
 * the default of 0.99, the moving statistics of runs of some hundred steps would lag behind the network.
 */
function create({ imageShape, classes, weightDecay, seed }: ModelInput, options: unknown): tf.LayersModel {
  const { channels } = optionsSchema.parse(options);
  const [height, width] = imageShape;
  const least = 2 ** channels.length;
  if (Math.min(height, width) < least) {
    throw new RangeError(
      `model.options.channels: ${channels.length} poolings need images of at least ${least} x ${least}, but these are ${height} x ${width}; give fewer channels`,
    );
  }
  const random = new Random(seed).split('model');
  // The initialisers take seeds of 31 bits.
  const nextSeed = (): number => random.int(2 ** 31);
  // TF.js adds l2 * sum(w^2) to the loss; half of the weight decay gives the gradient weightDecay * w.
  const decay = weightDecay > 0 && { kernelRegularizer: tf.regularizers.l2({ l2: weightDecay / 2 }) };

  const input = tf.input({ shape: [...imageShape] });
  let features: tf.SymbolicTensor = input;
  const add = (layer: tf.layers.Layer): void => {
    features = layer.apply(features) as tf.SymbolicTensor;
  };
  channels.forEach((filters, i) => {
    const block = i + 1;
    // No bias: batch normalisation has its own.
    add(
      tf.layers.conv2d({
        name: `conv${block}`,
        filters,
        kernelSize: 3,
        padding: 'same',
        useBias: false,
        kernelInitializer: tf.initializers.heNormal({ seed: nextSeed() }),
        ...decay,
      }),
    );
    add(tf.layers.batchNormalization({ name: `norm${block}`, momentum: 0.9 }));
    add(tf.layers.reLU({ name: `relu${block}` }));
    add(tf.layers.maxPooling2d({ name: `pool${block}`, poolSize: 2, strides: 2 }));
  });
  add(tf.layers.flatten({ name: 'flatten' }));
  add(
    tf.layers.dense({
      name: 'classes',
      units: classes,
      // Small, so that training begins at the loss of a guess, ln(classes), and not with confident mistakes.
      kernelInitializer: tf.initializers.randomNormal({ stddev: 0.01, seed: nextSeed() }),
      ...decay,
    }),
  );
  return tf.model({ inputs: input, outputs: features, name: 'small-cnn' });
}

export const smallCnn: ModelEntry = {
  name: 'small-cnn',
  title: 'three 3x3 convolutions (16, 32, 64 channels) with batch normalisation and pooling; option channels',
  options: optionsSchema,
  create,
};
