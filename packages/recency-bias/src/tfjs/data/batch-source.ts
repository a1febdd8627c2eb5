/** Training data as `fit` reads it: batches by sample index, flat in the order of the model's inputs and outputs. */
import * as tf from '@tensorflow/tfjs';
import type { Selector } from '../../core/selector.js';
import { show } from '../../core/validate.js';
import type { ModelInternals } from '../internals/model-internals.js';
import { valuesOf } from '../internals/read-back.js';
import { checkTargets } from '../measuring/labels.js';
import type { Task } from '../measuring/task.js';
import type { RandomAccessDataset } from './data.js';

/** One batch; the receiver disposes all of it. */
export interface SourceBatch {
  readonly xs: tf.Tensor[];
  readonly ys: tf.Tensor[];
  /** Class weights of the samples, one vector (or null) an output; empty without class weights. */
  readonly classWeights: (tf.Tensor | null)[];
}

/** Training data by sample index. */
export interface BatchSource {
  readonly size: number;
  /** Checks all labels of the watched output at once, where that can be done; null if each batch is to be checked. */
  readonly checkLabels: ((task: Task, selector: Selector) => Promise<void>) | null;
  batch(indices: Int32Array): SourceBatch | Promise<SourceBatch>;
  dispose(): void;
}

/** Everything that a batch holds, in the order in which a training function takes it. */
export function tensorsOf(batch: SourceBatch): (tf.Tensor | null)[] {
  return [...batch.xs, ...batch.ys, ...batch.classWeights];
}

/** Targets that were checked, and as labels of which form: calls in a loop need not read them again, as tensors do not change. */
const checkedTargets = new WeakMap<tf.Tensor['dataId'], string>();

/** Tensors gathered by index on the backend; the first `size` rows are training data. */
export class TensorSource implements BatchSource {
  /** `owned` are disposed with the source. */
  constructor(
    readonly size: number,
    private readonly xs: readonly tf.Tensor[],
    private readonly ys: readonly tf.Tensor[],
    private readonly classWeights: readonly (tf.Tensor | null)[],
    private readonly owned: readonly tf.Tensor[],
  ) {}

  batch(indices: Int32Array): SourceBatch {
    const at = tf.tensor1d(indices, 'int32');
    try {
      const rows = (tensor: tf.Tensor): tf.Tensor => tf.gather(tensor, at);
      return {
        xs: this.xs.map(rows),
        ys: this.ys.map(rows),
        classWeights: this.classWeights.map((weights) => (weights === null ? null : rows(weights))),
      };
    } finally {
      at.dispose();
    }
  }

  /** @throws RangeError when a label of the watched output is no class. Reads the targets once, in whatever number of calls. */
  async checkLabels(task: Task, selector: Selector): Promise<void> {
    const targets = this.ys[task.output]!;
    const form = `${task.labels} of ${task.classes} classes`;
    if (checkedTargets.get(targets.dataId) === form) return;
    checkTargets(task, selector, await valuesOf(targets), (row) => row);
    checkedTargets.set(targets.dataId, form);
  }

  dispose(): void {
    tf.dispose([...this.owned]);
  }
}

/** A user's random-access data set. */
export class DatasetSource implements BatchSource {
  readonly size: number;
  readonly checkLabels = null;

  constructor(
    private readonly model: tf.LayersModel,
    private readonly internals: ModelInternals,
    private readonly dataset: RandomAccessDataset,
    private readonly classWeight: tf.ModelFitArgs['classWeight'],
  ) {
    this.size = dataset.size;
  }

  async batch(indices: Int32Array): Promise<SourceBatch> {
    const given = await this.dataset.batch(indices);
    if (typeof given !== 'object' || (given as unknown) === null) {
      throw new TypeError(`fit: dataset.batch returned ${show(given)}; expected { xs, ys }.`);
    }
    const owned: tf.Tensor[] = [];
    try {
      const xs = flatten('xs', given.xs, this.model.inputNames);
      const ys = flatten('ys', given.ys, this.model.outputNames);
      checkRows('xs', xs, this.model.inputNames, indices.length);
      checkRows('ys', ys, this.model.outputNames, indices.length);
      const columns = (tensors: tf.Tensor[]): tf.Tensor[] =>
        tensors.map((tensor) => {
          if (tensor.rank !== 1) return tensor;
          const column = tensor.as2D(tensor.size, 1);
          owned.push(column);
          tensor.dispose();
          return column;
        });
      const [inputs, targets, weights] = await this.internals.standardizeUserData(
        columns(xs),
        columns(ys),
        null,
        this.classWeight ?? null,
        false,
        indices.length,
      );
      return { xs: inputs, ys: targets, classWeights: weights ?? [] };
    } catch (error) {
      tf.dispose([given.xs, given.ys, owned]);
      throw error;
    }
  }

  dispose(): void {
    // The data set belongs to the user.
  }
}

/** Tensors of one side of a batch, in the order of `names`. */
function flatten(side: 'xs' | 'ys', data: tf.TensorContainer, names: readonly string[]): tf.Tensor[] {
  if (data instanceof tf.Tensor) {
    if (names.length === 1) return [data];
    throw new TypeError(
      `fit: dataset.batch returned one tensor as ${side}; expected ${names.length}: ${names.join(', ')}.`,
    );
  }
  if (Array.isArray(data)) {
    const tensors = (data as unknown[]).filter((tensor): tensor is tf.Tensor => tensor instanceof tf.Tensor);
    if (tensors.length === names.length && tensors.length === data.length) return tensors;
    throw new TypeError(
      `fit: dataset.batch returned ${data.length} values as ${side}; expected ${names.length} tensors: ${names.join(', ')}.`,
    );
  }
  if (typeof data !== 'object' || (data as unknown) === null) {
    throw new TypeError(`fit: dataset.batch must return {xs, ys} of tensors, but ${side} is ${show(data)}.`);
  }
  const map = data as unknown as Record<string, unknown>;
  return names.map((name): tf.Tensor => {
    const tensor = map[name];
    if (tensor instanceof tf.Tensor) return tensor as tf.Tensor;
    throw new TypeError(
      `fit: dataset.batch returned no tensor ${side}.${name}; expected ${names.join(', ')}.`,
    );
  });
}

function checkRows(
  side: string,
  tensors: readonly tf.Tensor[],
  names: readonly string[],
  rows: number,
): void {
  tensors.forEach((tensor, i) => {
    if (tensor.shape[0] !== rows) {
      throw new RangeError(
        `fit: dataset.batch returned ${side} "${names[i]!}" of shape [${tensor.shape.join(', ')}] for ${rows} indices; ` +
          'expected one row an index.',
      );
    }
  });
}
