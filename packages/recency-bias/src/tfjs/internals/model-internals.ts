/**
 * The parts of `tf.LayersModel` that are not in its public types and that `fit` builds on. They are
 * those of TensorFlow.js 4.22, the latest release; `compiledModel` checks at run time that they are there.
 */
import type * as tf from '@tensorflow/tfjs';

/** A compiled loss: targets and outputs to a loss per sample (or per element, or a scalar). */
export type LossFunction = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;

/** The `loss` that `model.compile` was given. */
export type CompiledLoss =
  string | LossFunction | (string | LossFunction)[] | Record<string, string | LossFunction>;

/** Anything with a shape stands for a tensor where only the number of samples is read. */
interface Shaped {
  readonly shape: readonly number[];
}

/** The internals of `tf.LayersModel` used here. */
export interface ModelInternals {
  lossFunctions: LossFunction[];
  readonly loss: CompiledLoss;
  isTraining: boolean;
  stopTraining_: boolean;
  history: tf.History;
  readonly testFunction: TrainFunction;
  standardizeUserData(
    x: tf.Tensor | tf.Tensor[] | tf.NamedTensorMap,
    y: tf.Tensor | tf.Tensor[] | tf.NamedTensorMap,
    sampleWeight: null,
    classWeight: tf.ModelFitArgs['classWeight'] | null,
    checkBatchAxis: boolean,
    batchSize: number,
  ): Promise<[tf.Tensor[], tf.Tensor[], (tf.Tensor | null)[] | null]>;
  checkTrainableWeightsConsistency(): void;
  makeTrainFunction(): TrainFunction;
  makeTestFunction(): void;
  testLoop(f: TrainFunction, ins: tf.Tensor[], batchSize: number): tf.Scalar[];
  getDedupedMetricsNames(): string[];
  fitLoop(
    f: TrainFunction,
    ins: readonly Shaped[],
    outLabels: string[],
    batchSize: number,
    epochs: number,
    verbose: number | undefined,
    callbacks: unknown[],
    valF: TrainFunction | null,
    valIns: tf.Tensor[],
    shuffle: boolean,
    callbackMetrics: string[],
    initialEpoch: number,
    stepsPerEpoch: null,
    validationSteps: null,
  ): Promise<tf.History>;
}

/** Inputs, targets and class weights of a batch to the loss and the metrics of that batch. */
export type TrainFunction = (data: (tf.Tensor | null)[]) => tf.Scalar[];

const METHODS = [
  'standardizeUserData',
  'checkTrainableWeightsConsistency',
  'makeTrainFunction',
  'makeTestFunction',
  'testLoop',
  'getDedupedMetricsNames',
  'fitLoop',
] as const satisfies readonly (keyof ModelInternals)[];

/** A compiled model and its internals. */
export interface CompiledModel {
  /** The model as the user has it. */
  readonly given: tf.LayersModel;
  /** The model that TensorFlow.js trains: the one given, or the one that a `tf.Sequential` keeps inside. */
  readonly model: tf.LayersModel;
  readonly internals: ModelInternals;
}

/**
 * The internals of a compiled model.
 *
 * @throws TypeError when `given` is no `tf.LayersModel` of a supported TensorFlow.js version.
 * @throws Error when it is not compiled.
 */
export function compiledModel(given: tf.LayersModel): CompiledModel {
  if (typeof given !== 'object' || (given as unknown) === null || typeof given.getWeights !== 'function') {
    throw new TypeError('fit: model must be a tf.LayersModel (tf.sequential or tf.model).');
  }
  const inside = (given as { model?: tf.LayersModel }).model;
  const model = typeof inside?.fitLoop === 'function' ? inside : given;
  const internals = model as unknown as ModelInternals;
  const missing = METHODS.filter((name) => typeof internals[name] !== 'function');
  if (missing.length > 0) {
    throw new TypeError(
      `fit: this version of TensorFlow.js is not supported: tf.LayersModel has no ${missing.join(', ')}; use version 4.`,
    );
  }
  const optimizer = model.optimizer as tf.Optimizer | undefined;
  if (optimizer === undefined || !Array.isArray(internals.lossFunctions)) {
    throw new Error(
      'fit: the model is not compiled. You must compile a model before you train it: model.compile({ optimizer, loss }).',
    );
  }
  return { given, model, internals };
}
