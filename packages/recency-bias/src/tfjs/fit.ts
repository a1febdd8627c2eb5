/** `fit`: `model.fit` with a batch-selection method. */
import * as tf from '@tensorflow/tfjs';
import type { Selector, SelectorFactory, Signal, TrainingRun } from '../core/selector.js';
import { checkArgs, checkDataset, checkTensors, sampleWeights } from './args.js';
import { DatasetSource } from './batch-source.js';
import { Callbacks } from './callback-list.js';
import { restoreModel } from './checkpoint.js';
import { LossTap } from './loss-tap.js';
import { compiledModel, type CompiledModel } from './model-internals.js';
import { ModelScorer } from './scorer.js';
import { batchSizeOf, prepareTensors, prepareValidation, type TrainingData } from './prepare.js';
import { checkSignals, describeTask, type Task } from './task.js';
import { TrainingLoop } from './training-loop.js';
import type { FitArgs, RandomAccessDataset, TensorData } from './types.js';

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
  const compiled = compiledModel(given);
  const { model, internals } = compiled;
  if (internals.isTraining) throw new Error('fit: the model is being trained by another call of fit.');
  internals.isTraining = true;
  try {
    if (isDataset(data)) {
      const args = second as FitArgs;
      checkArgs(args);
      checkDataset(data, args);
      const task = describeTask(model, internals, args.watch, data.classes);
      const source = new DatasetSource(model, internals, data, args.classWeight, task);
      return await train(compiled, { source, dataset: data, samples: data.size, validation: [] }, task, args);
    }
    const args = third!;
    checkArgs(args);
    checkTensors('xs', data);
    checkTensors('ys', second as TensorData);
    const task = describeTask(model, internals, args.watch, undefined);
    const prepared = await prepareTensors(internals, data, second as TensorData, args);
    try {
      await prepared.source.checkLabels(task);
      return await train(compiled, { ...prepared, dataset: null }, task, args);
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
  const selector = makeSelector(args.selector, run, task);
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
    // On a tf.Sequential, TensorFlow.js sets the history of the model inside only.
    given.history = internals.history = callbacks.history;
    loop = new TrainingLoop({
      model,
      internals,
      tap,
      task,
      source,
      dataset,
      selector,
      scorer: new ModelScorer(model, tap, source, task, selector.signals, batchSize),
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
