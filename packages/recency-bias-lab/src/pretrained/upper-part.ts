/** The part of a backbone that is worth training on new images: its last layers, whose features are the most special. */
import * as tf from '@tensorflow/tfjs';
import { passagesOf } from '../features/split-network.js';
import { outputOf } from './cut.js';

/** Share of the multiplications of the whole that the upper part may have. */
const SHARE = 1 / 3;

/** Multiplications of a layer for one image: each value of a kernel counts once for each place that it is used at. */
function multiplications(layer: tf.layers.Layer): number {
  const { shape } = layer.getOutputAt(0) as tf.SymbolicTensor;
  const places = shape.length === 4 ? (shape[1] ?? 1) * (shape[2] ?? 1) : 1;
  const kernels = layer.weights.filter((weight) => weight.shape.length > 1);
  return kernels.reduce(
    (sum, weight) => sum + places * weight.shape.reduce<number>((product, side) => product * (side ?? 1), 1),
    0,
  );
}

/**
 * The last layer to keep as it is when only the upper part of a network is trained: the first passage after which at most a third of
 * the multiplications are left.
 * @param cut name of the layer whose output the features are
 * @returns undefined where it has no such passage
 */
export function lowerPartEnd(network: tf.LayersModel, cut: string): string | undefined {
  const features = tf.model({ inputs: network.inputs, outputs: outputOf(network.getLayer(cut)) });
  const { layers } = features;
  const costs = layers.map(multiplications);
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  const left = (layer: tf.layers.Layer): number =>
    costs.slice(layers.indexOf(layer) + 1).reduce((sum, cost) => sum + cost, 0);
  return passagesOf(features).find((layer) => left(layer) <= SHARE * total)?.name;
}
