import * as tf from '@tensorflow/tfjs';

/** The layers of a model; of models among them, theirs. */
export function flatLayers({ layers }: { readonly layers: readonly tf.layers.Layer[] }): tf.layers.Layer[] {
  return layers.flatMap((layer) => (layer instanceof tf.LayersModel ? flatLayers(layer) : [layer]));
}
