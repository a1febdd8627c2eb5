/** `fit`: `model.fit` with a batch-selection method. */
import * as tf from '@tensorflow/tfjs';
import type { Selector, SelectorFactory, Signal, TrainingRun } from '../core/selector.js';
import { checkArgs, checkDataset, sampleWeights } from './args.js';
import { DatasetSource, TensorSource, type BatchSource } from './batch-source.js';
import { Callbacks } from './callback-list.js';
import { restoreModel } from './checkpoint.js';
import { LossTap } from './loss-tap.js';
import { compiledModel, type ModelInternals } from './model-internals.js';
import { ModelScorer } from './scorer.js';
import { checkSignals, describeTask, type Task } from './task.js';
import { TrainingLoop } from './training-loop.js';
import type { FitArgs, RandomAccessDataset, TensorData } from './types.js';

/** The batch size of `model.fit`. */
const DEFAULT_BATCH_SIZE = 32;

/**
 * Trains a compiled model as `model.fit(xs, ys, args)` does - same optimizer, losses, metrics, callbacks, validation
 * and `History` - on batches that `args.selector` chooses.
 *
 * ```ts
 * import { recencyBias } from 'recency-bias';
 * import { fit } from 'recency-bias/tfjs';
 * const history = await fit(model, xs, ys, {
 *   selector: recencyBias({ window: 10, warmupEpochs: 5 }), epochs: 20, batchSize: 128,
 * });
 * ```
 *
 * What the selector learns from (predicted labels, losses, probabilities) is taken from the pass that trains; there is
 * no other pass, except where a two-stage selector asks for scores. A step's loss is the mean over the batch of
 * selection weight x `sampleWeight` x class weight x loss, plus the layers' regularisation.
 *
 * @param model A compiled `tf.LayersModel`.
 * @param xs Inputs: a tensor, or a list or map of them; one row a sample.
 * @param ys Targets likewise.
 * @param args See `FitArgs`.
 * @returns The `History` that `model.fit` would return; also `model.history`.
 * @throws TypeError or RangeError on a mistake in the arguments, before anything is trained.
 * @throws NonFiniteLossError when a loss becomes NaN or infinite; `model.history` keeps the finished epochs.
 */
export function fit<S extends Signal>(
  model: tf.LayersModel,
  xs: TensorData,
  ys: TensorData,
  args: FitArgs<S>,
): Promise<tf.History>;
/**
 * The same for data that are read by index, batch by batch.
 *
 * @param dataset `{size, classes, batch(indices)}`; `batch` may be asynchronous, and `fit` disposes what it returns.
 */
export function fit<S extends Signal>(
  model: tf.LayersModel,
  dataset: RandomAccessDataset,
  args: FitArgs<S>,
): Promise<tf.History>;
export async function fit(
  given: tf.LayersModel,
  data: TensorData | RandomAccessDataset,
  second: TensorData | FitArgs,
  third?: FitArgs,
): Promise<tf.History> {
  const { model, internals } = compiledModel(given);
  if (internals.isTraining) throw new Error('fit: the model is being trained by another call of fit.');
  internals.isTraining = true;
  try {
    if (isDataset(data)) {
      const args = second as FitArgs;
      checkArgs(args);
      checkDataset(data, args);
      const task = describeTask(model, internals, args.watch, data.classes);
      const source = new DatasetSource(model, internals, data, args.classWeight, task);
      return await train(
        model,
        internals,
        { source, dataset: data, samples: data.size, validation: [] },
        task,
        args,
      );
    }
    const args = third!;
    checkArgs(args);
    const task = describeTask(model, internals, args.watch, undefined);
    const prepared = await prepareTensors(internals, data, second as TensorData, args);
    try {
      await prepared.source.checkLabels(task);
      return await train(model, internals, { ...prepared, dataset: null }, task, args);
    } finally {
      prepared.source.dispose();
    }
  } finally {
    internals.isTraining = false;
  }
}

function isDataset(data: TensorData | RandomAccessDataset): data is RandomAccessDataset {
  return typeof (data as Partial<RandomAccessDataset>).batch === 'function' && !(data instanceof tf.Tensor);
}

/** Training data, and the validation data split off them. */
interface TrainingData {
  readonly source: BatchSource;
  readonly dataset: RandomAccessDataset | null;
  /** Rows given, those split off included. */
  readonly samples: number;
  /** Inputs and targets of the validation split; empty without one. The source disposes them. */
  readonly validation: tf.Tensor[];
}

/** As `model.fit`: data in the model's order, class weights looked up, the last fraction split off. */
async function prepareTensors(
  internals: ModelInternals,
  x: TensorData,
  y: TensorData,
  args: FitArgs,
): Promise<{ source: TensorSource; samples: number; validation: tf.Tensor[] }> {
  const batchSize = args.batchSize ?? DEFAULT_BATCH_SIZE;
  const [xs, ys, classWeights] = await internals.standardizeUserData(
    x,
    y,
    null,
    args.classWeight ?? null,
    false,
    batchSize,
  );
  const given = new Set(tensorsIn(x).concat(tensorsIn(y)));
  const owned = [...xs, ...ys].filter((tensor) => !given.has(tensor));
  for (const weights of classWeights ?? []) if (weights !== null) owned.push(weights);
  const samples = xs[0]!.shape[0];
  const split = args.validationData === undefined ? (args.validationSplit ?? 0) : 0;
  const size = Math.floor(samples * (1 - split));
  if (size < 1) {
    tf.dispose(owned);
    throw new RangeError(
      `fit: args.validationSplit of ${split} leaves none of ${samples} samples to train on.`,
    );
  }
  const validation = split > 0 ? [...xs, ...ys].map((tensor) => tail(tensor, size)) : [];
  owned.push(...validation);
  return { source: new TensorSource(size, xs, ys, classWeights ?? [], owned), samples, validation };
}

function tail(tensor: tf.Tensor, from: number): tf.Tensor {
  const begin = tensor.shape.map((_, axis) => (axis === 0 ? from : 0));
  return tf.slice(tensor, begin);
}

function tensorsIn(data: TensorData): tf.Tensor[] {
  if (data instanceof tf.Tensor) return [data];
  return Array.isArray(data) ? data : Object.values(data);
}

/** Sets the run up, trains, and leaves the model as it was made, whatever happens. */
async function train(
  model: tf.LayersModel,
  internals: ModelInternals,
  data: TrainingData,
  task: Task,
  args: FitArgs,
): Promise<tf.History> {
  const { source, dataset } = data;
  const batchSize = args.batchSize ?? DEFAULT_BATCH_SIZE;
  const run: TrainingRun = {
    size: source.size,
    classes: task.classes,
    epochs: args.epochs,
    seed: args.seed ?? 0,
  };
  const selector = makeSelector(args.selector, run, task);
  const sampleWeight = await sampleWeights(args.sampleWeight, data.samples);
  const { resume } = args;
  if (resume !== undefined) {
    restoreModel(model, resume);
    selector.loadStateDict(resume.selector);
    if (resume.dataset !== null) dataset?.loadStateDict?.(resume.dataset);
  }
  args.onSelector?.(selector);
  internals.checkTrainableWeightsConsistency();
  const validation = await prepareValidation(internals, data, args, batchSize);
  const labels = internals.getDedupedMetricsNames();
  const tap = new LossTap(internals, task.output);
  let loop: TrainingLoop | undefined;
  try {
    internals.makeTestFunction();
    const validate =
      validation === null
        ? null
        : () => internals.testLoop(internals.testFunction, validation.tensors, batchSize);
    const callbacks = Callbacks.create(model, internals, args, {
      epochs: args.epochs,
      initialEpoch: resume?.epoch ?? args.initialEpoch ?? 0,
      samples: source.size,
      batchSize,
      doValidation: validate !== null,
      metrics: validate === null ? labels : [...labels, ...labels.map((label) => `val_${label}`)],
    });
    internals.history = callbacks.history;
    loop = new TrainingLoop({
      model,
      internals,
      tap,
      task,
      source,
      dataset,
      selector,
      scorer: new ModelScorer(model, tap.lossFunctions, source, task, selector.signals, batchSize),
      callbacks,
      trainFunction: internals.makeTrainFunction(),
      labels,
      validate,
      sampleWeight,
      batchSize,
      args,
    });
    await loop.run();
    return callbacks.history;
  } catch (error) {
    await loop?.abandon();
    throw error;
  } finally {
    tap.remove();
    if (validation !== null) tf.dispose(validation.owned);
  }
}

/** Makes the selector and checks that the task has what it asks for. */
function makeSelector(factory: SelectorFactory, run: TrainingRun, task: Task): Selector {
  let selector: Selector;
  try {
    selector = factory(run);
  } catch (error) {
    if (run.classes > 0) throw error;
    // A selector of classifications may refuse a run without classes; ask one of a classification what it needs.
    checkSignals(task, factory({ ...run, size: 1, classes: 2 }));
    throw error;
  }
  checkSignals(task, selector);
  return selector;
}

/** Inputs and targets to validate on after each epoch; null without any. */
async function prepareValidation(
  internals: ModelInternals,
  data: TrainingData,
  args: FitArgs,
  batchSize: number,
): Promise<{ tensors: tf.Tensor[]; owned: tf.Tensor[] } | null> {
  if (data.validation.length > 0) return { tensors: data.validation, owned: [] };
  const given: readonly (tf.Tensor | tf.Tensor[])[] | undefined = args.validationData;
  if (given === undefined) return null;
  if (!Array.isArray(given) || given.length !== 2) {
    throw new TypeError('fit: args.validationData must be [xs, ys]; sample weights are not supported there.');
  }
  const [x, y] = given as [tf.Tensor | tf.Tensor[], tf.Tensor | tf.Tensor[]];
  const [xs, ys] = await internals.standardizeUserData(x, y, null, null, true, batchSize);
  const mine = new Set(tensorsIn(x).concat(tensorsIn(y)));
  const tensors = [...xs, ...ys];
  return { tensors, owned: tensors.filter((tensor) => !mine.has(tensor)) };
}
