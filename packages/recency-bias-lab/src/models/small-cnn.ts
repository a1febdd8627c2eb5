/** A small batch-normalised convolutional network for small images. */
import * as tf from '@tensorflow/tfjs';
import { Random } from 'recency-bias';
import { z } from 'zod';
import type { ModelEntry, ModelInput } from './model.js';

const optionsSchema = z.strictObject({
  /** Output channels of each convolution; a 2 x 2 max pooling follows all but the last. */
  channels: z.array(z.int().min(1).max(512)).min(1).max(5).default([16, 32, 64]),
});

/**
 * Blocks of 3 x 3 convolution, batch normalisation and ReLU, with 2 x 2 max pooling between them, then global average pooling and
 * a softmax layer: 24,042 parameters for MNIST with the default channels. Initialisation after He et al.
 * (arXiv 1502.01852), seeded. Batch normalisation averages with momentum 0.9: with the default of 0.99, the moving
 * statistics of runs of some hundred steps would lag behind the network.
 */
function create({ imageShape, classes, weightDecay, seed }: ModelInput, options: unknown): tf.LayersModel {
  const { channels } = optionsSchema.parse(options);
  const random = new Random(seed).split('model');
  const kernel = (): { kernelInitializer: ReturnType<typeof tf.initializers.heNormal> } & {
    kernelRegularizer?: ReturnType<typeof tf.regularizers.l2>;
  } => ({
    // The initialisers take seeds of 31 bits.
    kernelInitializer: tf.initializers.heNormal({ seed: random.int(2 ** 31) }),
    // TF.js adds l2 * sum(w^2) to the loss; half of the weight decay gives the gradient weightDecay * w.
    ...(weightDecay > 0 && { kernelRegularizer: tf.regularizers.l2({ l2: weightDecay / 2 }) }),
  });

  const model = tf.sequential({ name: 'small-cnn' });
  channels.forEach((filters, block) => {
    model.add(
      tf.layers.conv2d({
        name: `conv${block + 1}`,
        ...(block === 0 && { inputShape: [...imageShape] }),
        filters,
        kernelSize: 3,
        padding: 'same',
        useBias: false, // batch normalisation has its own
        ...kernel(),
      }),
    );
    model.add(tf.layers.batchNormalization({ name: `norm${block + 1}`, momentum: 0.9 }));
    model.add(tf.layers.reLU({ name: `relu${block + 1}` }));
    model.add(tf.layers.maxPooling2d({ name: `pool${block + 1}`, poolSize: 2, strides: 2 }));
  });
  model.add(tf.layers.flatten({ name: 'flatten' }));
  model.add(tf.layers.dense({ name: 'classes', units: classes, activation: 'softmax', ...kernel() }));
  return model;
}

export const smallCnn: ModelEntry = {
  name: 'small-cnn',
  title: 'convolutions 16-32-64 with batch normalisation, global average pooling (24 thousand parameters)',
  options: optionsSchema,
  create,
};
