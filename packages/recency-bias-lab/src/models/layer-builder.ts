/** The common part of the models: seeded layers, put one after another. */
import * as tf from '@tensorflow/tfjs';
import { Random } from 'recency-bias';
import type { ModelInput } from './model.js';

/** Settings of a model's layers. */
export interface LayerSettings {
  /**
   * Added to the variance in batch normalisation. Default 1e-5, that of the Torch implementations by the authors of ResNet,
   * DenseNet and Wide ResNet.
   */
  readonly epsilon?: number;
}

/** Settings of a convolution. */
export interface ConvolutionSettings {
  /** Output channels. */
  readonly filters: number;
  /** Side of the square kernel. Default 3. */
  readonly kernelSize?: number;
  /** Default 1. */
  readonly strides?: number;
}

/** Puts a layer of one output after `x`. */
export function applyLayer(
  layer: tf.layers.Layer,
  x: tf.SymbolicTensor | tf.SymbolicTensor[],
): tf.SymbolicTensor {
  return layer.apply(x) as tf.SymbolicTensor;
}

/** TF.js adds l2 * sum(w^2) to the loss; half of the weight decay gives the gradient weightDecay * w. */
function decayOf(weightDecay: number): { kernelRegularizer?: ReturnType<typeof tf.regularizers.l2> } {
  return weightDecay > 0 ? { kernelRegularizer: tf.regularizers.l2({ l2: weightDecay / 2 }) } : {};
}

/** The last layer of a classifier: one logit a class. */
export function logitsLayer({
  name,
  classes,
  weightDecay,
  seed,
}: {
  readonly name: string;
  readonly classes: number;
  readonly weightDecay: number;
  /** Of the initial kernel, 31 bits. */
  readonly seed: number;
}): tf.layers.Layer {
  return tf.layers.dense({
    name,
    units: classes,
    // Small, so that training begins at the loss of a guess, ln(classes), and not with confident mistakes.
    kernelInitializer: tf.initializers.randomNormal({ stddev: 0.01, seed }),
    ...decayOf(weightDecay),
  });
}

/**
 * Builds a network of plain `tf.layers`, each layer named by its caller.
 *
 * Initialisation of the convolutions is He's (arXiv 1502.01852) as TF.js has it, seeded: normal, truncated at two
 * standard deviations without correction, so its variance is 0.774 * 2 / fan-in. Batch normalisation averages with
 * momentum 0.9: with the default of 0.99, the moving statistics of runs of some hundred steps would lag behind the
 * network.
 */
export class LayerBuilder {
  readonly input: tf.SymbolicTensor;
  readonly #classes: number;
  readonly #random: Random;
  readonly #weightDecay: number;
  readonly #epsilon: number;

  constructor(
    { imageShape, classes, weightDecay, seed }: ModelInput,
    { epsilon = 1e-5 }: LayerSettings = {},
  ) {
    // A name of its own: that which TensorFlow.js gives counts up within a process, and would tell two copies of a network apart.
    this.input = tf.input({ shape: [...imageShape], name: 'input1' });
    this.#classes = classes;
    this.#random = new Random(seed).split('model');
    this.#weightDecay = weightDecay;
    this.#epsilon = epsilon;
  }

  /** Puts any layer after `x`. */
  apply(layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]): tf.SymbolicTensor {
    return applyLayer(layer, x);
  }

  /** A convolution that keeps the image's size but for its stride. It has no bias: batch normalisation has its own. */
  convolution(
    x: tf.SymbolicTensor,
    name: string,
    { filters, kernelSize = 3, strides = 1 }: ConvolutionSettings,
  ): tf.SymbolicTensor {
    const layer = tf.layers.conv2d({
      name,
      filters,
      kernelSize,
      strides,
      padding: 'same',
      useBias: false,
      kernelInitializer: tf.initializers.heNormal({ seed: this.#nextSeed() }),
      ...decayOf(this.#weightDecay),
    });
    return this.apply(layer, x);
  }

  /** Batch normalisation. */
  normalise(x: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
    return this.apply(tf.layers.batchNormalization({ name, momentum: 0.9, epsilon: this.#epsilon }), x);
  }

  relu(x: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
    return this.apply(tf.layers.reLU({ name }), x);
  }

  /** Sets a share `rate` of the values to zero in training and scales the others up; no layer where it is 0. */
  dropout(x: tf.SymbolicTensor, name: string, rate: number): tf.SymbolicTensor {
    return rate === 0 ? x : this.apply(tf.layers.dropout({ name, rate }), x);
  }

  /** Batch normalisation and ReLU, `<name>-norm` and `<name>-relu`. */
  activate(x: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
    return this.relu(this.normalise(x, `${name}-norm`), `${name}-relu`);
  }

  /** The first layers for photos of some 224 pixels: 7 x 7 convolution and 3 x 3 max pooling, each of stride 2. */
  photoStem(filters: number): tf.SymbolicTensor {
    const x = this.convolution(this.input, 'stem', { filters, kernelSize: 7, strides: 2 });
    const pool = tf.layers.maxPooling2d({ name: 'stem-pool', poolSize: 3, strides: 2, padding: 'same' });
    return this.apply(pool, this.activate(x, 'stem'));
  }

  /** The mean over the image, if there still is one, and a dense layer of one logit a class. */
  classify(features: tf.SymbolicTensor, modelName: string): tf.LayersModel {
    const pooled =
      features.rank === 2
        ? features
        : this.apply(tf.layers.globalAveragePooling2d({ name: 'pool' }), features);
    const logits = logitsLayer({
      name: 'classes',
      classes: this.#classes,
      weightDecay: this.#weightDecay,
      seed: this.#nextSeed(),
    });
    return tf.model({ inputs: this.input, outputs: this.apply(logits, pooled), name: modelName });
  }

  /** The initialisers take seeds of 31 bits. */
  #nextSeed(): number {
    return this.#random.int(2 ** 31);
  }
}
