/** Where a network's features end and its classifier begins. */
import * as tf from '@tensorflow/tfjs';
import { unknownName } from '../ground/suggest.js';
import { ModelError } from '../models/model-error.js';

/** The end of the features. */
export interface Cut {
  /** Name of the layer whose output the features are. */
  readonly layer: string;
  /** Name of the classification layer that was found behind it; undefined where there is none. */
  readonly classifier?: string | undefined;
}

type Node = tf.SymbolicTensor;

/** The one tensor that goes into the layer behind `tensor`; undefined at the beginning and where several do. */
function inputOf(tensor: Node): Node | undefined {
  const { inputs } = tensor;
  return inputs.length === 1 ? inputs[0] : undefined;
}

/** Name of the layer of `model` that a tensor comes out of: of a model inside it, that model. */
function ownerOf(model: tf.LayersModel, tensor: Node): string {
  const inner = model.layers.find(
    (layer) => layer instanceof tf.LayersModel && layer.outputs.includes(tensor),
  );
  return (inner ?? tensor.sourceLayer).name;
}

/** The output of a layer in the network that it is part of; a model inside it has outputs of its own as well. */
export function outputOf(layer: tf.layers.Layer): Node | Node[] {
  return layer.getOutputAt(layer.inboundNodes.length - 1);
}

function isLinearMap(layer: tf.layers.Layer, input: Node): boolean {
  const kind = layer.getClassName();
  if (kind === 'Dense') return true;
  // MobileNet classifies by a convolution of what pooling has left: one pixel.
  return kind === 'Conv2D' && input.shape[1] === 1 && input.shape[2] === 1;
}

/**
 * Goes back from the end through layers without weights (softmax, reshape, dropout) to the last layer with weights: if
 * that is a dense layer, or a convolution of a single pixel, it is the classifier, and the features are what goes into it.
 * Else the network was saved without one and ends in its features.
 */
export function findCut(model: tf.LayersModel, title: string): Cut {
  const end = model.outputs[0]!;
  for (let at = end; ;) {
    const layer: tf.layers.Layer = at.sourceLayer;
    const input = inputOf(at);
    if (input === undefined) break;
    if (layer instanceof tf.LayersModel) {
      const within = findCut(layer, title);
      if (within.classifier === undefined) break;
      if (input.sourceLayer.getClassName() === 'InputLayer') {
        throw new ModelError(
          `${title}: ends in a model of its own, ${layer.name}, that holds everything up to the classifier ${within.classifier}; save that model by itself`,
        );
      }
      return { layer: ownerOf(model, input), classifier: layer.name };
    }
    if (layer.weights.length > 0) {
      if (isLinearMap(layer, input)) return { layer: ownerOf(model, input), classifier: layer.name };
      break;
    }
    at = input;
  }
  return { layer: ownerOf(model, end) };
}

/**
 * The layer of a name that the user gave.
 * @param option the option that named it, for the message
 * @throws ModelError with a suggestion when there is none.
 */
export function layerNamed(
  model: tf.LayersModel,
  name: string,
  option: string,
  title: string,
): tf.layers.Layer {
  const found = model.layers.find((layer) => layer.name === name);
  if (found !== undefined) return found;
  const names = model.layers.map((layer) => layer.name);
  const problem = unknownName(name, names);
  throw new ModelError(`model.options.${option}: ${problem} (layers of ${title})`);
}
