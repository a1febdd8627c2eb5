/** A pretrained network with a new classification layer. */
import * as tf from '@tensorflow/tfjs';
import { Random } from 'recency-bias';
import type { ModelInput } from '../models/model.js';
import { flatLayers } from '../models/flat-layers.js';
import { applyLayer, logitsLayer } from '../models/layer-builder.js';
import { layerNamed, outputOf } from './cut.js';
import { ModelError } from '../models/model-error.js';
import type { ModelFiles } from '../models/model-files.js';
import { adaptTopology, buildModel } from './topology.js';

/** The changes that are made to the network. */
export interface FineTuningOptions {
  /** The layer whose output the new classification layer gets. */
  readonly cut: string;
  /** All layers up to this one keep their weights; undefined: none. */
  readonly freezeUntil?: string | undefined;
  /** Batch normalisation keeps its moving statistics, also in layers that are trained. */
  readonly keepStatistics?: boolean | undefined;
}

/** Keeps a layer as it is: no gradient steps, and batch normalisation as `keepStatistics` has it. */
function freeze(layer: tf.layers.Layer): void {
  layer.trainable = false;
  keepStatistics(layer);
}

/**
 * Makes batch normalisation use the moving statistics, which then stay as they are (TensorFlow.js, other than Keras 2.1 and later,
 * would go on with the batch's in frozen layers).
 */
function keepStatistics(layer: tf.layers.Layer): void {
  if (layer.getClassName() !== 'BatchNormalization') return;
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => call(inputs, { ...kwargs, training: false });
}

/** Adds `weightDecay * w` to the gradient of the layer's kernels. */
function decayKernels(layer: tf.layers.Layer, weightDecay: number): void {
  const penalty = tf.regularizers.l2({ l2: weightDecay / 2 });
  for (const weight of layer.trainableWeights) {
    if (/kernel(_\d+)?$/.test(weight.originalName)) layer.addLoss(() => penalty.apply(weight.read()));
  }
}

/** A name that no layer of the network has. */
function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let i = 2; taken.has(name); i++) name = `${wanted}-${i}`;
  return name;
}

/** Builds the network for images of another size, or says why that cannot be. */
async function buildFor(
  files: ModelFiles,
  from: readonly (number | null)[],
  [height, width, channels]: ModelInput['imageShape'],
): Promise<tf.LayersModel> {
  const [, ownHeight, ownWidth, ownChannels] = from;
  if (ownChannels !== channels) {
    throw new ModelError(
      `${files.title}: takes images of ${ownChannels} channels, but these have ${channels}; choose dataset.channels: ${ownChannels}, or another backbone`,
    );
  }
  const topology = adaptTopology(files.topology, from, [null, height, width, channels]);
  try {
    return await buildModel(files, topology);
  } catch (error) {
    const isOwnSize = ownHeight === height && ownWidth === width;
    if (!(error instanceof ModelError) || isOwnSize || ownHeight === null) throw error;
    throw new ModelError(
      `${files.title}: cannot take images of ${height} x ${width}, only of ${ownHeight} x ${ownWidth}; choose --image-size ${ownHeight === ownWidth ? ownHeight : `${ownHeight}x${ownWidth}`}`,
    );
  }
}

/**
 * Cuts a network behind `cut`, averages what is left of the image, and adds a dense layer of one logit a class. Layers up to
 * `freezeUntil` keep their weights, the others are trained with weight decay.
 * @param from shape of the network's inputs
 * @throws ModelError when the network cannot take the images or its features cannot be classified.
 */
export async function fineTuningModel(
  files: ModelFiles,
  from: readonly (number | null)[],
  { cut, freezeUntil, keepStatistics: keeps = false }: FineTuningOptions,
  { imageShape, classes, weightDecay, seed }: ModelInput,
): Promise<tf.LayersModel> {
  const whole = await buildFor(files, from, imageShape);
  const features = outputOf(layerNamed(whole, cut, 'cut', files.title));
  if (Array.isArray(features)) {
    throw new ModelError(
      `model.options.cut: ${cut} has several outputs; choose another layer of ${files.title}`,
    );
  }
  const { layers } = tf.model({ inputs: whole.inputs, outputs: features });
  const taken = new Set(flatLayers({ layers }).map(({ name }) => name));
  const pooled = pool(features, freeName('pool', taken), cut);
  const head = logitsLayer({
    name: freeName('classes', taken),
    classes,
    weightDecay,
    seed: new Random(seed).split('model').int(2 ** 31),
  });
  const model = tf.model({ inputs: whole.inputs, outputs: applyLayer(head, pooled), name: 'fine-tuned' });
  // Those of models inside, whose layers may be in use where they themselves are not: a Sequential runs through its first one's.
  const used = new Set(flatLayers(model));
  for (const layer of flatLayers(whole)) if (!used.has(layer)) layer.dispose();

  const until =
    freezeUntil === undefined ? undefined : layerNamed(whole, freezeUntil, 'freezeUntil', files.title);
  // Of a model that is not among the layers, since the tensors run through its own, the last of those.
  const own = until === undefined ? [] : [until, ...flatLayers({ layers: [until] })];
  const last = layers.findLastIndex((layer) => own.includes(layer));
  if (until !== undefined && last < 0) {
    throw new ModelError(
      `model.options.freezeUntil: ${until.name} comes after the cut (${cut}); choose a layer before it`,
    );
  }
  for (const layer of flatLayers({ layers: layers.slice(0, last + 1) })) freeze(layer);
  for (const layer of flatLayers({ layers: layers.slice(last + 1) })) {
    if (weightDecay > 0) decayKernels(layer, weightDecay);
    if (keeps) keepStatistics(layer);
  }
  return model;
}

/** Features of each image as one vector. */
function pool(features: tf.SymbolicTensor, name: string, cut: string): tf.SymbolicTensor {
  if (features.rank === 2) return features;
  if (features.rank !== 4) {
    throw new ModelError(
      `model.options.cut: the output of ${cut} has ${features.rank} dimensions; expected [batch, features] or [batch, height, width, channels]`,
    );
  }
  return applyLayer(tf.layers.globalAveragePooling2d({ name }), features);
}
