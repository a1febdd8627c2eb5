/** The state of a training run as plain data: what `checkpoint.save` receives and `resume` takes. */
import type * as tf from '@tensorflow/tfjs';
import type { StateDict } from '../../core/selector.js';
import { captureOptimizer, restoreOptimizer } from './optimizer-state.js';
import { captureTensor, readTensor, tensorOf, type TensorState } from './tensor-state.js';
import type { TrainingState } from './training-state.js';
import { namedWeights, withoutCounters, type LayerVariable, type NamedWeight } from './weight-names.js';

/** The parts of a training state that lie in the model. */
export type ModelState = Pick<TrainingState, 'weights' | 'optimizer'>;

/** Weights and optimizer state of a compiled model, each under its layer and variable. */
export async function captureModel(model: tf.LayersModel): Promise<ModelState> {
  const named = namedWeights(model);
  const nameOf = new Map(named.map(({ name, weight }) => [weight, name]));
  const capture = async (weight: LayerVariable): Promise<StateDict> => ({
    ...(await captureTensor(weight.read())),
    name: nameOf.get(weight)!,
    trained: model.trainableWeights.includes(weight),
  });
  return {
    weights: await Promise.all(model.weights.map(capture)),
    optimizer: await captureOptimizer(model.optimizer, named),
  };
}

/**
 * Puts weights and optimizer state back, exact to the bit, whatever was frozen then and is now. The learning rate and
 * other settings of the optimizer stay as they are.
 *
 * @throws RangeError when the model or the optimizer is another one than the state's; the message names the layer.
 *   TypeError or RangeError when a part of the state is damaged. Nothing is changed then.
 */
export function restoreModel(model: tf.LayersModel, state: ModelState): void {
  const present = namedWeights(model);
  if (present.length !== state.weights.length) {
    throw new RangeError(
      `fit: args.resume holds ${state.weights.length} weight tensors, but the model has ${present.length}; use the same architecture.`,
    );
  }
  const weights = state.weights.map((weight, i) => readTensor(`weight ${i} of args.resume`, weight));
  const targets = match(model, present, weights);
  targets.forEach(({ name, weight }, i) => {
    const saved = weights[i]!;
    if (hasShape(weight, saved)) return;
    throw new RangeError(
      `fit: weight ${i} of args.resume has shape [${saved.shape.join(', ')}], but the model's has [${weight.shape.join(', ')}] ` +
        `(${name}${typeof saved.name === 'string' && saved.name !== name ? `, saved as ${saved.name}` : ''}); use the same architecture.`,
    );
  });
  const nowOf = new Map(weights.map(({ name }, i) => [name, targets[i]!]));
  const trained = model.trainableWeights;
  const same = targets.every(({ weight }, i) => (weights[i]!.trained ?? true) === trained.includes(weight));
  restoreOptimizer(model.optimizer, state.optimizer, nowOf, same ? null : trained);
  targets.forEach(({ weight }, i) => {
    const tensor = tensorOf(weights[i]!);
    weight.write(tensor);
    tensor.dispose();
  });
}

/** The weight of the model that each saved tensor belongs to. */
function match(
  model: tf.LayersModel,
  present: readonly NamedWeight[],
  saved: readonly TensorState[],
): NamedWeight[] {
  const names = saved.map(({ name }) => name);
  if (names.every((name) => name === undefined)) return byPosition(model, present, saved);
  const byName = new Map(present.map((weight) => [weight.name, weight]));
  const found = names.map((name) => byName.get(name as string));
  if (found.every((weight) => weight !== undefined)) return found;
  // Layers without names of their own are counted through a process, in the order in which they are made.
  const made = [...present].sort((a, b) => counterOf(a.name) - counterOf(b.name));
  const free = new Map<string, NamedWeight[]>();
  for (const weight of made) {
    const key = withoutCounters(weight.name);
    free.set(key, [...(free.get(key) ?? []), weight]);
  }
  const layerOrder = names
    .map((name, i) => ({ name: name as string, i }))
    .sort((a, b) => counterOf(a.name) - counterOf(b.name) || a.i - b.i);
  const result = new Array<NamedWeight>(saved.length);
  for (const { name, i } of layerOrder) {
    const weight = free.get(withoutCounters(name))?.shift();
    if (weight === undefined) {
      throw new RangeError(
        `fit: args.resume holds ${name} of shape [${saved[i]!.shape.join(', ')}], which the model has not; use the same architecture.`,
      );
    }
    result[i] = weight;
  }
  return result;
}

/** The number at the end of a layer's name, 0 without one. */
function counterOf(name: string): number {
  return Number(/(\d+)(?=\/[^/]*$)/.exec(name)?.[1] ?? 0);
}

/**
 * States of releases before 0.2 have no names: their tensors lie in the order of `model.getWeights()`, which says which
 * is which only if the same layers were frozen.
 */
function byPosition(
  model: tf.LayersModel,
  present: readonly NamedWeight[],
  saved: readonly TensorState[],
): NamedWeight[] {
  const byWeight = new Map(present.map((named) => [named.weight, named]));
  const now = model.weights.map((weight) => byWeight.get(weight)!);
  const unfrozen = [...present.filter(({ trains }) => trains), ...present.filter(({ trains }) => !trains)];
  const fits = (order: readonly NamedWeight[]): boolean =>
    order.every(({ weight }, i) => hasShape(weight, saved[i]!));
  const differs = now.findIndex((named, i) => named !== unfrozen[i]);
  if (differs >= 0 && fits(now) && fits(unfrozen)) {
    throw new RangeError(
      `fit: args.resume was saved without names of weights, and with layers frozen its weight ${differs} may be ` +
        `${now[differs]!.name} or ${unfrozen[differs]!.name}; freeze nothing, or what was frozen then, and save the state again.`,
    );
  }
  return differs >= 0 && fits(unfrozen) ? unfrozen : now;
}

function hasShape({ shape }: LayerVariable, { shape: given }: TensorState): boolean {
  return given.length === shape.length && given.every((size, axis) => size === shape[axis]);
}
