/** A network in two parts: what does not change while it is trained, and what comes after that. */
import * as tf from '@tensorflow/tfjs';

/** The parts, which share their layers with the network. */
export interface NetworkParts {
  /** From the network's inputs to its features. */
  readonly front: tf.LayersModel;
  /** From the features to the network's outputs. */
  readonly rest: tf.LayersModel;
  /** Name of the layer that the features come out of. */
  readonly layer: string;
  /** Shape of the features of one sample. */
  readonly shape: readonly number[];
}

type Node = tf.SymbolicTensor;

/** Layers whose output is another one each time that they train, though they have no weights. */
const RANDOM = [
  ...['Dropout', 'SpatialDropout1D', 'SpatialDropout2D', 'GaussianDropout', 'AlphaDropout'],
  'GaussianNoise',
];

/** Whether a layer draws random numbers when it trains. */
export function isRandomLayer(layer: tf.layers.Layer): boolean {
  return RANDOM.includes(layer.getClassName());
}

/** Whether a layer gives the same in training and inference, before and after: it is frozen, or has no weights and no randomness. */
export function isConstant(layer: tf.layers.Layer): boolean {
  if (isRandomLayer(layer)) return false;
  return layer.weights.length === 0 || !layer.trainable;
}

function isInput({ sourceLayer }: Node): boolean {
  return sourceLayer.getClassName() === 'InputLayer';
}

/** All tensors that lead to `end`, itself included, each after those that it is made of. */
function tensorsBefore(end: Node): Node[] {
  const found = new Set<Node>();
  const visit = (tensor: Node): void => {
    if (found.has(tensor)) return;
    tensor.inputs.forEach(visit);
    found.add(tensor); // a set keeps the order of first insertion
  };
  visit(end);
  return [...found];
}

/** Whether every way from the inputs to `end` leads through `tensor`. */
function isPassage(tensor: Node, end: Node): boolean {
  const seen = new Set<Node>([tensor]);
  const avoids = (at: Node): boolean => {
    if (seen.has(at)) return false;
    seen.add(at);
    return isInput(at) || at.inputs.some(avoids);
  };
  return !avoids(end);
}

/** The layers through whose output every way from the input to the output leads, from the input on. */
export function passagesOf(network: tf.LayersModel): tf.layers.Layer[] {
  const end = network.outputs[0]!;
  const passages = tensorsBefore(end).filter(
    (tensor) => tensor !== end && !isInput(tensor) && isPassage(tensor, end),
  );
  return passages.map(({ sourceLayer }) => sourceLayer);
}

/** Puts the layers between two tensors once more behind `start`. */
function applyAgain(from: Node, start: Node, end: Node): Node {
  const made = new Map<Node, Node>([[from, start]]);
  for (const tensor of tensorsBefore(end)) {
    const { sourceLayer, inputs, nodeIndex, tensorIndex } = tensor;
    const again = inputs.map((input) => made.get(input));
    if (made.has(tensor) || again.length === 0 || again.some((input) => input === undefined)) continue;
    const ready = again.filter((input) => input !== undefined);
    const { callArgs } = sourceLayer.inboundNodes[nodeIndex]!;
    const outputs = sourceLayer.apply(ready.length === 1 ? ready[0]! : ready, callArgs) as Node | Node[];
    made.set(tensor, Array.isArray(outputs) ? outputs[tensorIndex]! : outputs);
  }
  return made.get(end)!;
}

/**
 * Divides a network behind the last passage before which all layers are constant.
 * @param network of one input and one output
 * @param constant which layers count as constant; default: by `isConstant`
 * @returns undefined where no layer with weights lies before such a passage
 */
export function splitNetwork(
  network: tf.LayersModel,
  constant: (layer: tf.layers.Layer) => boolean = isConstant,
): NetworkParts | undefined {
  const end = network.outputs[0]!;
  const passage = tensorsBefore(end).findLast((tensor) => {
    if (tensor === end || isInput(tensor) || tensor.shape.slice(1).includes(null)) return false;
    const layers = tensorsBefore(tensor).map(({ sourceLayer }) => sourceLayer);
    if (!layers.every(constant) || layers.every(({ weights }) => weights.length === 0)) return false;
    return isPassage(tensor, end);
  });
  if (passage === undefined) return undefined;
  const shape = passage.shape.slice(1).map(Number);
  const start = tf.input({ shape });
  return {
    front: tf.model({ inputs: network.inputs, outputs: passage }),
    rest: tf.model({ inputs: start, outputs: applyAgain(passage, start, end), name: network.name }),
    layer: passage.sourceLayer.name,
    shape,
  };
}
