/** The meaning of the watched output: classification or regression, and how to read labels and probabilities from it. */
import type * as tf from '@tensorflow/tfjs';
import type { Selector } from '../../core/selector.js';
import { SIGNAL_NAMES, SIGNALS, type Signal } from '../../core/signals.js';
import { show } from '../../core/validate.js';
import type { ModelInternals } from '../internals/model-internals.js';

/** How the targets of a classification give the label. */
export type LabelForm = 'sparse' | 'one-hot' | 'binary';

/** How the output gives probabilities; 'scores' are divided by their sum, as TensorFlow.js's crossentropies do. */
export type ProbabilityForm = 'probabilities' | 'logits' | 'scores' | 'unknown';

/** The watched output. */
export interface Task {
  readonly output: number;
  readonly outputName: string;
  /** Names of all outputs, if there are several and none was named to be watched; null otherwise. */
  readonly unnamed: readonly string[] | null;
  /** Shape of the output, without the batch's axis. */
  readonly shape: readonly (number | null)[];
  /** Number of classes; 0 for a regression. */
  readonly classes: number;
  readonly labels: LabelForm | null;
  /** True if only the targets can tell whether the output is a classification: labels, or numbers of a regression. */
  readonly uncertain: boolean;
  readonly probabilities: ProbabilityForm;
}

/** Layers that rearrange or pass on what the layer before them made. */
const PASSING = new Set(['Flatten', 'Reshape', 'Dropout']);

/** Activation that made `tensor`: 'softmax', 'sigmoid', 'linear', ..., or null where the layer does not say. */
function activationOf(tensor: tf.SymbolicTensor): string | null {
  const layer = tensor.sourceLayer;
  const nested = (layer as unknown as Partial<tf.LayersModel>).outputs;
  if (nested !== undefined) return activationOf(nested[tensor.outputTensorIndex ?? 0] ?? nested[0]!);
  const name = layer.getClassName();
  if (name === 'Softmax') return 'softmax';
  const before = tensor.inputs[0];
  if (PASSING.has(name) && before !== undefined) return activationOf(before);
  const activation = configuredActivation(layer);
  if (typeof activation !== 'string') return null;
  if (name === 'Activation' && activation === 'linear' && before !== undefined) return activationOf(before);
  return activation;
}

/** A layer of one's own may have no configuration that can be asked for. */
function configuredActivation(layer: tf.layers.Layer): unknown {
  try {
    return layer.getConfig().activation;
  } catch {
    return null;
  }
}

/** The name of the built-in loss of an output; null for a function. */
function lossNameOf(internals: ModelInternals, outputName: string, index: number): string | null {
  const { loss } = internals;
  const own =
    typeof loss === 'string' || typeof loss === 'function'
      ? loss
      : Array.isArray(loss)
        ? loss[index]
        : loss[outputName];
  return typeof own === 'string' ? own : null;
}

/** Index of the watched output. */
function watchedOutput(names: readonly string[], watch: string | number | undefined): number {
  if (watch === undefined) return 0;
  const index = typeof watch === 'number' ? watch : names.indexOf(watch);
  if (!Number.isInteger(index) || index < 0 || index >= names.length) {
    const list = names.map((name) => `"${name}"`).join(', ');
    throw new RangeError(`fit: watch is ${show(watch)}, but the model's outputs are ${list}.`);
  }
  return index;
}

/**
 * Finds out from the compiled model what the watched output is.
 *
 * - A crossentropy by name says it: sparse or one-hot labels, or one sigmoid unit with labels 0 and 1.
 * - Any other loss (a function, or one made for regression) is a classification if the output's activation is
 *   softmax (one-hot labels), or one sigmoid unit under a loss function, or if the data set says so by `classes`;
 *   a function over several linear units is one too, since that is how a loss on logits looks.
 * - Everything else is a regression.
 */
export function describeTask(
  model: tf.LayersModel,
  internals: ModelInternals,
  watch: string | number | undefined,
  declared: number | undefined,
): Task {
  const names = model.outputNames;
  const output = watchedOutput(names, watch);
  const outputName = names[output]!;
  const tensor = model.outputs[output]!;
  const loss = lossNameOf(internals, outputName, output);
  const activation = activationOf(tensor);
  const units = tensor.shape[tensor.shape.length - 1] ?? 0;
  const unnamed = watch === undefined && names.length > 1 ? names : null;
  const labels =
    tensor.shape.length === 2 && unnamed === null ? labelForm(loss, activation, units, declared) : null;
  const classes = labels === null ? 0 : labels === 'binary' ? 2 : units;
  if (declared !== undefined && classes > 0 && declared > classes) {
    throw new RangeError(
      `fit: dataset.classes is ${declared}, but output "${outputName}" has ${classes} classes; widen the output.`,
    );
  }
  return {
    output,
    outputName,
    unnamed,
    shape: tensor.shape.slice(1),
    classes,
    labels,
    uncertain: !saidByLoss(loss, labels),
    probabilities: probabilityForm(loss, activation, labels),
  };
}

/** True if the loss's name leaves no doubt that the output is a classification. */
function saidByLoss(loss: string | null, labels: LabelForm | null): boolean {
  if (labels === 'binary') return loss === 'binaryCrossentropy';
  return labels === 'sparse' || loss === 'categoricalCrossentropy';
}

function labelForm(
  loss: string | null,
  activation: string | null,
  units: number,
  declared: number | undefined,
): LabelForm | null {
  if (declared === 0) return null;
  if (units === 1) {
    const binary =
      loss === 'binaryCrossentropy' || declared === 2 || (loss === null && activation === 'sigmoid');
    return binary ? 'binary' : null;
  }
  if (loss === 'sparseCategoricalCrossentropy') return 'sparse';
  if (loss === 'categoricalCrossentropy' || activation === 'softmax') return 'one-hot';
  const saidSo = declared !== undefined && declared > 1;
  return saidSo || (loss === null && activation === 'linear') ? 'one-hot' : null;
}

function probabilityForm(
  loss: string | null,
  activation: string | null,
  labels: LabelForm | null,
): ProbabilityForm {
  if (activation === (labels === 'binary' ? 'sigmoid' : 'softmax')) return 'probabilities';
  if (activation === 'linear') return 'logits';
  return loss?.endsWith('ategoricalCrossentropy') === true ? 'scores' : 'unknown';
}

function unnamedError(names: readonly string[]): TypeError {
  const list = names.map((name) => `"${name}"`).join(', ');
  return new TypeError(
    `fit: the model has ${names.length} outputs (${list}); name the one that the selector watches with watch.`,
  );
}

/** The signals that `task` has. */
export function availableSignals(task: Task): readonly Signal[] {
  const has = {
    loss: true,
    labels: task.labels !== null,
    probabilities: task.labels !== null && task.probabilities !== 'unknown',
  };
  return SIGNAL_NAMES.filter((signal) => has[SIGNALS[signal].needs]);
}

/** @throws TypeError when `selector` asks for a signal that `task` does not have. */
export function checkSignals(task: Task, selector: Pick<Selector, 'name' | 'signals'>): void {
  const available = availableSignals(task);
  const missing = selector.signals.filter((signal) => !available.includes(signal));
  if (task.unnamed !== null && selector.signals.length > 0) throw unnamedError(task.unnamed);
  if (missing.length === 0) return;
  const why =
    task.labels === null
      ? task.shape.length > 1
        ? `is a sequence or an image (shape [${task.shape.map((size) => size ?? 'null').join(', ')}]), which has more than one label a sample`
        : 'is no classification with one label a sample (a crossentropy by name, or a softmax output, makes it one)'
      : 'ends in an activation from which probabilities cannot be told (softmax, sigmoid or linear can)';
  throw new TypeError(
    `fit: selector "${selector.name}" needs ${missing.join(', ')}, but output "${task.outputName}" ${why}; ` +
      `selectors that need no signal, or only ${available.join(', ')}, fit.`,
  );
}
