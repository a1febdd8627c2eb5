/** Weights by layer and variable, whatever is frozen: the order of `model.getWeights()` depends on what is. */
import type * as tf from '@tensorflow/tfjs';

/** One weight of a model. */
export interface NamedWeight {
  /** Layer and variable, such as `dense_1/kernel`; distinct within the model. */
  readonly name: string;
  readonly weight: LayerVariable;
  /** True if the layer trains it unless it is frozen. */
  readonly trains: boolean;
}

/** A weight of a layer; TensorFlow.js exports the type of it only. */
export type LayerVariable = tf.layers.Layer['weights'][number];

interface LayerParts {
  readonly layers?: readonly tf.layers.Layer[];
  readonly _trainableWeights?: readonly LayerVariable[];
}

/** All weights in the order of the layers. */
export function namedWeights(model: tf.LayersModel): NamedWeight[] {
  const found: NamedWeight[] = [];
  const seen = new Set<LayerVariable>();
  const taken = new Set<string>();
  const add = (weight: LayerVariable, path: string, trains: boolean): void => {
    if (seen.has(weight)) return;
    seen.add(weight);
    const own = `${path}/${weight.originalName.split('/').at(-1)!}`;
    let name = own;
    for (let i = 2; taken.has(name); i++) name = `${own}#${i}`;
    taken.add(name);
    found.push({ name, weight, trains });
  };
  const visit = (layer: tf.layers.Layer, prefix: string): void => {
    const path = `${prefix}${layer.name}`;
    const { layers, _trainableWeights: own } = layer as unknown as LayerParts;
    for (const inner of layers ?? []) visit(inner, `${path}/`);
    // A layer that wraps others has no list of its own.
    const trained = own !== undefined && own.length > 0 ? own : null;
    for (const weight of layer.weights)
      add(weight, path, trained?.includes(weight) ?? layer.trainableWeights.includes(weight));
  };
  for (const layer of model.layers) visit(layer, '');
  return found;
}

/** `name` without the numbers by which TensorFlow.js tells layers of a process apart: `dense_Dense12/kernel`. */
export function withoutCounters(name: string): string {
  return name.replace(/\d+(?=\/|$)/g, '');
}
