/** A LayersModel's topology as JSON: what is in it, and changes before it is built. */
import * as tf from '@tensorflow/tfjs';
import type { Json, ModelFiles } from '../models/model-files.js';
import { ModelError } from '../models/model-error.js';

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy in which `change` has replaced the fields of every object; it gets each object once its parts are copied. */
function rewrite(value: unknown, change: (object: Json) => Json): unknown {
  if (Array.isArray(value)) return value.map((item) => rewrite(item, change));
  if (!isObject(value)) return value;
  return change(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewrite(item, change)])));
}

/** The layers of a topology, those of models inside it included. */
export function* layersOf(
  topology: unknown,
): Generator<{ readonly className: string; readonly config: Json }> {
  if (Array.isArray(topology)) for (const item of topology) yield* layersOf(item);
  if (!isObject(topology)) return;
  const { class_name: className, config } = topology;
  if (typeof className === 'string' && isObject(config) && typeof config.name === 'string') {
    yield { className, config };
  }
  for (const item of Object.values(topology)) yield* layersOf(item);
}

/** Layers that draw random numbers where no seed reaches, so that no interrupted run could find them again. */
const UNSEEDED = ['SpatialDropout1D', 'GaussianDropout', 'AlphaDropout', 'GaussianNoise'];

/** Whether any layer draws random numbers where no seed reaches. */
export function hasUnseededNoise(topology: Json): boolean {
  return [...layersOf(topology)].some(({ className }) => UNSEEDED.includes(className));
}

type Shape = readonly (number | null)[];

/**
 * Momentum with which batch normalisation averages, that of the lab's own networks. Public ones have up to 0.999, for runs of
 * a million steps; in the hundred steps of an epoch on a small folder their moving statistics would stay behind the
 * network, and it would be evaluated with those of other weights.
 */
const BATCH_NORM_MOMENTUM = 0.9;

/**
 * The topology as it is fine-tuned: for images of another shape, without penalties of its own (weight decay is the
 * experiment's), with batch normalisation that keeps up, dropout without a seed of its own (it gets one for each step), and
 * without noise that cannot be seeded.
 * @param from shape of the model's inputs, [null, height, width, channels]
 * @param to the shape wanted
 */
export function adaptTopology(topology: Json, from: Shape, to: Shape): Json {
  const isFrom = (value: unknown): boolean => JSON.stringify(value) === JSON.stringify(from);
  const adapted = rewrite(topology, (object) => {
    const changed: Record<string, unknown> = { ...object };
    for (const key of Object.keys(changed)) {
      if (key.endsWith('_regularizer')) changed[key] = null;
      if (key === 'batch_input_shape' && isFrom(changed[key])) changed[key] = to;
    }
    const { class_name: className, config } = changed;
    if (typeof className !== 'string' || !isObject(config)) return changed;
    if (className === 'BatchNormalization') changed.config = { ...config, momentum: BATCH_NORM_MOMENTUM };
    if (className === 'Dropout') changed.config = { ...config, seed: null };
    if (UNSEEDED.includes(className)) {
      changed.config = { ...config, ...('stddev' in config ? { stddev: 0 } : { rate: 0 }) };
    }
    return changed;
  });
  return isObject(adapted) ? adapted : topology;
}

/** Names of the layers that a node's description mentions: `[name, node, tensor, arguments]`, in lists or alone. */
function* inboundNames(value: unknown): Generator<string> {
  if (!Array.isArray(value)) return;
  if (typeof value[0] === 'string') yield value[0];
  else for (const item of value) yield* inboundNames(item);
}

/**
 * Refuses graphs of layers that no order satisfies; TensorFlow.js would look for one for ever.
 * @throws ModelError naming a layer that is missing, or layers that lead back to themselves.
 */
export function checkGraph(topology: unknown, title: string): void {
  if (Array.isArray(topology)) for (const item of topology) checkGraph(item, title);
  if (!isObject(topology)) return;
  const { layers } = topology;
  if (Array.isArray(layers) && layers.some((layer) => isObject(layer) && 'inbound_nodes' in layer)) {
    const inbound = new Map<string, Set<string>>();
    for (const layer of layers) {
      if (!isObject(layer) || !isObject(layer.config)) continue;
      const { name = layer.config.name } = layer;
      if (typeof name === 'string') inbound.set(name, new Set(inboundNames(layer.inbound_nodes)));
    }
    for (const [name, names] of inbound) {
      const missing = [...names].find((from) => !inbound.has(from));
      if (missing === undefined) continue;
      throw new ModelError(
        `${title}: its layer ${name} follows a layer ${missing} that is not there; it is damaged`,
      );
    }
    // A layer that is used twice may come before and after another one, so only first uses count against an order.
    const waiting = new Map(
      [...inbound].map(([name, names]) => [name, names.size === 0 ? 0 : Number.POSITIVE_INFINITY]),
    );
    for (let before = -1, ready = 0; before !== ready;) {
      before = ready;
      for (const layer of layers) {
        if (!isObject(layer) || !isObject(layer.config)) continue;
        const { name = layer.config.name, inbound_nodes: nodes } = layer;
        if (typeof name !== 'string' || waiting.get(name) === 0 || !Array.isArray(nodes)) continue;
        const isReady = nodes.some((node) =>
          [...inboundNames(node)].every((from) => waiting.get(from) === 0),
        );
        if (isReady) waiting.set(name, 0);
      }
      ready = [...waiting.values()].filter((value) => value === 0).length;
    }
    const stuck = [...waiting].filter(([, value]) => value !== 0).map(([name]) => name);
    if (stuck.length > 0) {
      throw new ModelError(
        `${title}: its layers ${stuck.slice(0, 3).join(', ')} follow each other in a circle; it is damaged`,
      );
    }
  }
  for (const item of Object.values(topology)) checkGraph(item, title);
}

/**
 * Builds a model from files.
 * @param topology default: that of the files
 * @throws ModelError when TensorFlow.js cannot.
 */
export async function buildModel(
  files: ModelFiles,
  topology: Json = files.topology,
): Promise<tf.LayersModel> {
  const { title, weightSpecs, weightData, metadata } = files;
  checkGraph(topology, title);
  try {
    return await tf.loadLayersModel(
      tf.io.fromMemory({
        modelTopology: structuredClone(topology),
        weightSpecs: [...weightSpecs],
        weightData,
        ...(metadata !== undefined && { userDefinedMetadata: { ...metadata } }),
      }),
    );
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    const byKeras3 = [...layersOf(topology)].some(({ config }) => 'batch_shape' in config);
    const hint = byKeras3
      ? '; it was made by Keras 3, whose format it does not read: convert it with Keras 2 (TF_USE_LEGACY_KERAS=1)'
      : '';
    throw new ModelError(`${title}: TensorFlow.js cannot build this model (${reason.trim()})${hint}`);
  }
}
