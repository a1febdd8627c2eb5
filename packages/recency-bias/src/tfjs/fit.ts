/** `fit`: `model.fit` with a batch-selection method. */
import * as tf from '@tensorflow/tfjs';
import type { Selector, SelectorFactory, Signal, TrainingRun } from '../core/selector.js';
import { asTensors } from './data/array-data.js';
import { checkArgs, checkDataset, givenArgs, checkTensors, sampleWeights } from './args.js';
import { DatasetSource } from './data/batch-source.js';
import { Callbacks } from './internals/callback-list.js';
import { restoreModel } from './state/checkpoint.js';
import { LossTap } from './internals/loss-tap.js';
import { withKernelHint } from './internals/kernel-hint.js';
import { labelsMatter } from './measuring/labels.js';
import { compiledModel, type CompiledModel } from './internals/model-internals.js';
import { warnOfOneEpochCalls } from './one-epoch-calls.js';
import { ModelScorer } from './scorer.js';
import { batchSizeOf, prepareTensors, prepareValidation, type TrainingData } from './data/prepare.js';
import { SelectionSession } from './session.js';
import { checkSignals, describeTask, type Task } from './measuring/task.js';
import { isTfDataset, randomAccess } from './data/tf-data.js';
import { TrainingLoop } from './training-loop.js';
import type { ArrayData, RandomAccessDataset, TensorData } from './data/data.js';
import type { FitArgs } from './types.js';

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
 * The selector's signals (predicted labels, losses, probabilities) are taken from the pass that trains; there is
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
export function fit<S extends Signal, R extends Selector<S> = Selector<S>>(
  model: tf.LayersModel,
  xs: TensorData | ArrayData,
  ys: TensorData | ArrayData,
  args: FitArgs<S, R>,
): Promise<tf.History>;
/** The same for a selector that is known by its signals only. */
export function fit<S extends Signal>(
  model: tf.LayersModel,
  xs: TensorData | ArrayData,
  ys: TensorData | ArrayData,
  args: FitArgs<S>,
): Promise<tf.History>;
/**
 * The same for data that are read by index, batch by batch.
 *
 * @param dataset `{size, classes, batch(indices)}`; `batch` may be asynchronous, and `fit` disposes what it returns. Or
 *   `tf.data.array` of `{xs, ys}`, one sample each, or `tf.data.zip({xs, ys})` of two such data sets.
 * @throws TypeError when a `tf.data.Dataset` has no random access.
 */
export function fit<S extends Signal, R extends Selector<S> = Selector<S>>(
  model: tf.LayersModel,
  dataset: RandomAccessDataset | tf.data.Dataset<tf.TensorContainer>,
  args: FitArgs<S, R>,
): Promise<tf.History>;
/** The same for a selector that is known by its signals only. */
export function fit<S extends Signal>(
  model: tf.LayersModel,
  dataset: RandomAccessDataset | tf.data.Dataset<tf.TensorContainer>,
  args: FitArgs<S>,
): Promise<tf.History>;
export async function fit(
  given: tf.LayersModel,
  data: TensorData | ArrayData | RandomAccessDataset | tf.data.Dataset<tf.TensorContainer>,
  second: TensorData | ArrayData | FitArgs,
  third?: FitArgs,
): Promise<tf.History> {
  const compiled = compiledModel(given);
  const { internals } = compiled;
  if (internals.isTraining) throw new Error('fit: the model is being trained by another call of fit.');
  internals.isTraining = true;
  try {
    if (isTfDataset(data) || isDataset(data)) {
      const args = givenArgs(second as FitArgs);
      checkArgs(args);
      const dataset = isTfDataset(data) ? await randomAccess(data) : data;
      return await fitDataset(compiled, dataset, args);
    }
    const args = givenArgs(third!);
    checkArgs(args);
    return await fitTensors(compiled, data, second as TensorData | ArrayData, args);
  } catch (error) {
    throw withKernelHint(error);
  } finally {
    internals.isTraining = false;
  }
}

async function fitDataset(
  compiled: CompiledModel,
  dataset: RandomAccessDataset,
  args: FitArgs,
): Promise<tf.History> {
  const { model, internals } = compiled;
  checkDataset(dataset, args);
  const task = describeTask(model, internals, args.watch, dataset.classes);
  const source = new DatasetSource(model, internals, dataset, args.classWeight);
  return train(compiled, { source, dataset, samples: dataset.size, validation: [] }, task, args);
}

async function fitTensors(
  compiled: CompiledModel,
  x: TensorData | ArrayData,
  y: TensorData | ArrayData,
  args: FitArgs,
): Promise<tf.History> {
  const { model, internals } = compiled;
  const xs = asTensors(x, model.inputs[0]?.shape, null);
  const ys = asTensors(y, model.outputs[0]?.shape, xs.owned[0]?.shape[0] ?? null);
  try {
    checkTensors('xs', xs.data);
    checkTensors('ys', ys.data);
    const task = describeTask(model, internals, args.watch, undefined);
    const prepared = await prepareTensors(internals, xs.data, ys.data, args);
    try {
      return await train(compiled, { ...prepared, dataset: null }, task, args);
    } finally {
      prepared.source.dispose();
    }
  } finally {
    tf.dispose([...xs.owned, ...ys.owned]);
  }
}

function isDataset(data: TensorData | ArrayData | RandomAccessDataset): data is RandomAccessDataset {
  return typeof (data as Partial<RandomAccessDataset>).batch === 'function' && !(data instanceof tf.Tensor);
}

/** Sets the run up, trains, and leaves the model as it was made, whatever happens. */
async function train(
  { given, model, internals }: CompiledModel,
  data: TrainingData,
  task: Task,
  args: FitArgs,
): Promise<tf.History> {
  const { source, dataset } = data;
  const batchSize = batchSizeOf(args);
  const run: TrainingRun = {
    size: source.size,
    classes: task.classes,
    epochs: args.epochs,
    seed: args.seed ?? 0,
  };
  const session = args.selector instanceof SelectionSession ? args.selector : null;
  const factory: SelectorFactory =
    args.selector instanceof SelectionSession ? args.selector.selectorFor.bind(args.selector) : args.selector;
  const selector = makeSelector(factory, run, task);
  if (labelsMatter(task, selector.signals)) await source.checkLabels?.(task, selector);
  const sampleWeight = await sampleWeights(args.sampleWeight, data.samples);
  const { resume } = args;
  if (resume !== undefined) {
    selector.loadStateDict(resume.selector);
    restoreModel(model, resume);
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
    const validate = validator(model, internals, validation?.tensors ?? args.validationData, batchSize);
    const callbacks = await Callbacks.create(model, internals, args, {
      epochs: args.epochs,
      initialEpoch: resume?.epoch ?? args.initialEpoch ?? 0,
      samples: source.size,
      batchSize,
      doValidation: validate !== null,
      metrics: validate === null ? labels : [...labels, ...labels.map((label) => `val_${label}`)],
    });
    // On a tf.Sequential, TensorFlow.js sets the history of the model inside only.
    given.history = internals.history = callbacks.history;
    loop = new TrainingLoop({
      trained: {
        model,
        internals,
        tap,
        task,
        trainFunction: internals.makeTrainFunction(),
        labels,
        validate,
      },
      data: { source, dataset, sampleWeight, batchSize },
      chooser: {
        selector,
        scorer: new ModelScorer(model, tap, source, task, selector, batchSize),
        beginEpoch: (epoch) => {
          if (session === null) selector.beginEpoch(epoch);
          else session.beginEpoch();
        },
      },
      callbacks,
      args,
    });
    await loop.run();
    if (session === null && resume === undefined) {
      warnOfOneEpochCalls(given, {
        from: args.initialEpoch ?? 0,
        to: args.epochs,
        size: source.size,
        learns: selector.signals.length > 0,
      });
    }
    return callbacks.history;
  } catch (error) {
    await loop?.abandon();
    throw error;
  } finally {
    tap.remove();
    if (validation !== null) tf.dispose(validation.owned);
  }
}

/** Computes losses and metrics on prepared tensors or on a data set; null without any. */
function validator(
  model: tf.LayersModel,
  internals: CompiledModel['internals'],
  data: tf.Tensor[] | FitArgs['validationData'],
  batchSize: number,
): (() => tf.Scalar[] | Promise<tf.Scalar[]>) | null {
  if (data === undefined) return null;
  if (!isTfDataset(data)) {
    return () => internals.testLoop(internals.testFunction, data as tf.Tensor[], batchSize);
  }
  return async () => {
    const batches = data as unknown as Parameters<typeof model.evaluateDataset>[0];
    const values = await model.evaluateDataset(batches, {});
    return Array.isArray(values) ? values : [values];
  };
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
