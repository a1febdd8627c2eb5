/** Models of the user's. */
import type * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import type { FileModelEntry, ModelInput } from '../models/model.js';
import { loadExport } from './load-module.js';
import { messageOf, PluginError } from './plugin-error.js';

/** The argument of a module's function. */
export interface ModelPluginInput extends ModelInput {
  /** As the experiment has them, not checked. */
  readonly options: Readonly<Record<string, unknown>>;
  /** TensorFlow.js, the lab's own copy. */
  readonly tf: typeof tf;
}

/**
 * Builds a network, uncompiled: images [height, width, channels] in, one logit a class out. Every layer is to be seeded with
 * `seed`, and kernels to be regularised by `weightDecay`.
 */
export type ModelPlugin = (input: ModelPluginInput) => tf.LayersModel | Promise<tf.LayersModel>;

const EXPECTED =
  'a function of { imageShape, classes, options, seed, weightDecay, tf } that returns a tf.LayersModel,';

function isModelPlugin(value: unknown): value is ModelPlugin {
  return typeof value === 'function';
}

function checkShapes(path: string, model: tf.LayersModel, { imageShape, classes }: ModelInput): void {
  const [input, ...moreInputs] = model.inputs;
  const [output, ...moreOutputs] = model.outputs;
  if (input === undefined || output === undefined || moreInputs.length + moreOutputs.length > 0) {
    throw new PluginError(
      `${path}: its model has ${model.inputs.length} inputs and ${model.outputs.length} outputs; expected one of each`,
    );
  }
  const takes = input.shape.slice(1);
  if (takes.length !== 3 || takes.some((side, i) => side !== null && side !== imageShape[i])) {
    throw new PluginError(
      `${path}: its model takes images of ${takes.join(' x ')}, but the data's are ${imageShape.join(' x ')}; use imageShape`,
    );
  }
  const gives = output.shape.slice(1);
  if (gives.length !== 1 || gives[0] !== classes) {
    throw new PluginError(
      `${path}: its model gives ${gives.join(' x ')} values an image; expected ${classes}, one logit a class; use classes`,
    );
  }
}

function checkLogits(path: string, model: tf.LayersModel): void {
  const layer = model.layers.at(-1)!;
  const { activation } = layer.getConfig();
  if (layer.getClassName() === 'Softmax' || activation === 'softmax' || activation === 'sigmoid') {
    throw new PluginError(
      `${path}: its model ends in ${activation === 'sigmoid' ? 'sigmoid' : 'softmax'}; expected logits: leave the activation out`,
    );
  }
}

async function build(path: string, plugin: ModelPlugin, input: ModelPluginInput): Promise<tf.LayersModel> {
  let model: unknown;
  try {
    model = await plugin(input);
  } catch (error) {
    throw new PluginError(`${path}: its model cannot be built: ${messageOf(error)}`, { cause: error });
  }
  if (!(model instanceof input.tf.LayersModel)) {
    throw new PluginError(
      `${path}: its function returns no tf.LayersModel; return tf.model(...) or tf.sequential(...)`,
    );
  }
  checkShapes(path, model, input);
  checkLogits(path, model);
  return model;
}

/**
 * Reads a model: a module that exports a function.
 * @throws PluginError naming the file
 */
export async function readModel(path: string): Promise<FileModelEntry> {
  const plugin = await loadExport(path, EXPECTED);
  if (!isModelPlugin(plugin)) {
    throw new PluginError(`${path}: exports a ${typeof plugin}; expected ${EXPECTED} as its default export`);
  }
  const schema = z.looseObject({});
  return {
    name: path,
    title: `model of ${path}`,
    options: schema,
    open: (given) => {
      const options = schema.parse(given);
      // Commands that do not compute load no TensorFlow.js.
      const create = async (input: ModelInput): Promise<tf.LayersModel> =>
        build(path, plugin, { ...input, options, tf: await import('@tensorflow/tfjs') });
      return Promise.resolve({ options, notes: [], create });
    },
  };
}

/** The weights that a model begins with. */
async function firstWeights(
  create: () => Promise<tf.LayersModel>,
): Promise<{ model: string; values: Float32Array[] }> {
  const model = await create();
  try {
    const values = await Promise.all(
      model.getWeights().map(async (weight) => Float32Array.from(await weight.data())),
    );
    return { model: model.weights.map(({ shape }) => shape.join('x')).join(), values };
  } finally {
    model.dispose();
  }
}

/**
 * Holds a model to what comparisons rest on: it fits the data, ends in logits, and begins with the same weights for the same
 * seed.
 * @throws PluginError naming the file
 */
export async function checkModelPlugin(path: string, create: () => Promise<tf.LayersModel>): Promise<void> {
  const one = await firstWeights(create);
  const other = await firstWeights(create);
  const isSame =
    one.model === other.model &&
    one.values.every((values, i) => Buffer.from(values.buffer).equals(Buffer.from(other.values[i]!.buffer)));
  if (!isSame) {
    throw new PluginError(
      `${path}: two models of the same seed begin with different weights; give every kernelInitializer the seed, e.g. tf.initializers.heNormal({ seed })`,
    );
  }
}
