/** The networks that learn the reader's photos: a backbone whose features are kept, or a tiny one from raw pixels. */
import * as tf from '@tensorflow/tfjs';

/** Side of a photo for the tiny network. */
const TINY_SIDE = 48;

/** A network cut before its classifier, or none. */
export interface Backbone {
  /** Side in pixels of the photos that it takes. */
  readonly side: number;
  /** Photos in, features out; null where raw pixels are the features. */
  readonly features: tf.LayersModel | null;
}

/** @throws Error when the files are no LayersModel, or not of square colour images */
export async function openBackbone(from: readonly File[] | string | null): Promise<Backbone> {
  if (from === null) return { side: TINY_SIDE, features: null };
  const model = await tf.loadLayersModel(typeof from === 'string' ? from : tf.io.browserFiles([...from]));
  const [, height, width, channels] = model.inputs[0]!.shape;
  if (channels !== 3) throw new Error('The network takes no colour images (height, width, 3).');
  const side = height ?? width ?? 224;
  if (width !== null && width !== side)
    throw new Error('The network takes images that are not square; give another one.');
  // The cut before the classifier: the last layer whose output is an image of more than one pixel.
  const cut = model.layers.findLast((layer) => {
    const shape = layer.outputShape;
    return isShape(shape) && shape.length === 4 && shape[1] !== 1;
  });
  if (cut === undefined || Array.isArray(cut.output))
    throw new Error('The network has no convolutions to take features from.');
  const pooled = tf.layers.globalAveragePooling2d({ name: 'playground_features' }).apply(cut.output);
  if (!(pooled instanceof tf.SymbolicTensor)) throw new Error('The network cannot be cut.');
  return { side, features: tf.model({ inputs: model.inputs, outputs: pooled }) };
}

function isShape(shape: tf.Shape | tf.Shape[]): shape is tf.Shape {
  return !shape.some((size) => Array.isArray(size));
}

/** Photos of values from 0 to 255 as networks of the MobileNet family take them, in [-1, 1]. */
export function scaled(pixels: tf.Tensor4D): tf.Tensor4D {
  return pixels.div(127.5).sub(1);
}

/** The network that is trained: a dense layer on features, or a tiny convolutional network; compiled. */
export function trainedNetwork(backbone: Backbone, classes: number, seed: number): tf.Sequential {
  const kernelInitializer = (layer: number) => tf.initializers.heNormal({ seed: 10 * seed + layer });
  const dense = { units: classes, activation: 'softmax' as const };
  const { features, side } = backbone;
  const convolution = (filters: number, layer: number, inputShape?: [number, number, number]) =>
    tf.layers.conv2d({
      ...(inputShape === undefined ? {} : { inputShape }),
      filters,
      kernelSize: 3,
      strides: 2,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: kernelInitializer(layer),
    });
  const layers =
    features === null
      ? [
          convolution(12, 1, [side, side, 3]),
          convolution(24, 2),
          convolution(48, 3),
          tf.layers.globalAveragePooling2d({}),
          tf.layers.dense({ ...dense, kernelInitializer: kernelInitializer(4) }),
        ]
      : [
          tf.layers.dense({
            ...dense,
            inputShape: features.outputs[0]!.shape.slice(1),
            kernelInitializer: 'zeros',
          }),
        ];
  const model = tf.sequential({ layers });
  model.compile({
    optimizer: tf.train.adam(features === null ? 3e-3 : 2e-3),
    loss: 'sparseCategoricalCrossentropy',
  });
  return model;
}

/** The whole network, photos in and probabilities out, for saving. */
export function wholeNetwork({ features }: Backbone, head: tf.Sequential): tf.LayersModel {
  if (features === null) return head;
  const output = head.layers.reduce<tf.SymbolicTensor>((input, layer) => {
    const applied = layer.apply(input);
    if (!(applied instanceof tf.SymbolicTensor)) throw new Error('The network cannot be put together.');
    return applied;
  }, features.outputs[0]!);
  return tf.model({ inputs: features.inputs, outputs: output });
}
