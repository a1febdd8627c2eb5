/** Training and validation data brought into the form of `model.fit`. */
import * as tf from '@tensorflow/tfjs';
import { TensorSource, type BatchSource } from './batch-source.js';
import type { ModelInternals } from '../internals/model-internals.js';
import { isTfDataset } from './tf-data.js';
import type { RandomAccessDataset, TensorData } from './data.js';

/** The arguments of `fit` that say which data are trained and validated on. */
export interface DataArgs extends Pick<tf.ModelFitArgs, 'batchSize' | 'classWeight' | 'validationSplit'> {
  readonly validationData?: unknown;
}

/** The batch size of a run; the default is that of `model.fit`. */
export function batchSizeOf(args: DataArgs): number {
  return args.batchSize ?? 32;
}

/**
 * `data` with vectors made into columns, as TensorFlow.js does it; done here since TensorFlow.js leaks the columns when
 * it then refuses the data.
 */
export function withColumns(data: TensorData): { data: TensorData; owned: tf.Tensor[] } {
  const owned: tf.Tensor[] = [];
  const column = (tensor: tf.Tensor): tf.Tensor => {
    if (tensor.rank !== 1) return tensor;
    const made = tensor.as2D(tensor.size, 1);
    owned.push(made);
    return made;
  };
  if (data instanceof tf.Tensor) return { data: column(data), owned };
  if (Array.isArray(data)) return { data: data.map(column), owned };
  const entries = Object.entries(data).map(([name, tensor]) => [name, column(tensor)] as const);
  return { data: Object.fromEntries(entries), owned };
}

/** Training data, and the validation data split off them. */
export interface TrainingData {
  readonly source: BatchSource;
  readonly dataset: RandomAccessDataset | null;
  /** Rows given, those split off included. */
  readonly samples: number;
  /** Inputs and targets of the validation split; empty without one. The source disposes them. */
  readonly validation: tf.Tensor[];
}

/** As `model.fit`: data in the model's order, class weights looked up, the last fraction split off. */
export async function prepareTensors(
  internals: ModelInternals,
  x: TensorData,
  y: TensorData,
  args: DataArgs,
): Promise<{ source: TensorSource; samples: number; validation: tf.Tensor[] }> {
  const inputs = withColumns(x);
  const targets = withColumns(y);
  const owned = [...inputs.owned, ...targets.owned];
  try {
    const [xs, ys, classWeights] = await internals.standardizeUserData(
      inputs.data,
      targets.data,
      null,
      args.classWeight ?? null,
      false,
      batchSizeOf(args),
    );
    for (const weights of classWeights ?? []) if (weights !== null) owned.push(weights);
    const samples = xs[0]!.shape[0];
    const split = args.validationData === undefined ? (args.validationSplit ?? 0) : 0;
    const size = Math.floor(samples * (1 - split));
    if (size < 1) {
      throw new RangeError(
        `fit: args.validationSplit of ${split} leaves none of ${samples} samples to train on.`,
      );
    }
    const validation = split > 0 ? [...xs, ...ys].map((tensor) => tail(tensor, size)) : [];
    for (const tensor of validation) owned.push(tensor);
    return { source: new TensorSource(size, xs, ys, classWeights ?? [], owned), samples, validation };
  } catch (error) {
    tf.dispose(owned);
    throw error;
  }
}

function tail(tensor: tf.Tensor, from: number): tf.Tensor {
  const begin = tensor.shape.map((_, axis) => (axis === 0 ? from : 0));
  return tf.slice(tensor, begin);
}

/** Inputs and targets to validate on after each epoch; null without any. */
export async function prepareValidation(
  internals: ModelInternals,
  data: TrainingData,
  args: DataArgs,
  batchSize: number,
): Promise<{ tensors: tf.Tensor[]; owned: tf.Tensor[] } | null> {
  if (isTfDataset(args.validationData)) return null;
  if (data.validation.length > 0) return { tensors: data.validation, owned: [] };
  const given: unknown = args.validationData;
  if (given === undefined) return null;
  if (!Array.isArray(given) || given.length !== 2) {
    throw new TypeError('fit: args.validationData must be [xs, ys]; sample weights are not supported there.');
  }
  const [x, y] = given as [tf.Tensor | tf.Tensor[], tf.Tensor | tf.Tensor[]];
  const inputs = withColumns(x);
  const targets = withColumns(y);
  const owned = [...inputs.owned, ...targets.owned];
  try {
    const [xs, ys] = await internals.standardizeUserData(
      inputs.data,
      targets.data,
      null,
      null,
      true,
      batchSize,
    );
    return { tensors: [...xs, ...ys], owned };
  } catch (error) {
    tf.dispose(owned);
    throw error;
  }
}
