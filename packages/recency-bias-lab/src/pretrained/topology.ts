/** A LayersModel's topology as JSON: what is in it, and changes before it is built. */
import * as tf from '@tensorflow/tfjs';
import type { Json, ModelFiles } from './model-files.js';
import { ModelError } from './model-error.js';

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
