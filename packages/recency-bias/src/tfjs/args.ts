/** Checks the arguments of `fit`. One clear line for each mistake. */
import * as tf from '@tensorflow/tfjs';
import { checkInteger, checkNumber, suggestion } from '../core/validate.js';
import { SelectionSession } from './session.js';
import { checkTrainingState } from './state/training-state.js';
import type { RandomAccessDataset, TensorData } from './data/data.js';
import type { FitArgs } from './types.js';

/** All keys of `FitArgs`; the compiler holds the list complete. */
const KEYS: Record<keyof FitArgs, true> = {
  selector: true,
  epochs: true,
  batchSize: true,
  seed: true,
  watch: true,
  sampleWeight: true,
  checkpoint: true,
  resume: true,
  onSelector: true,
  onStep: true,
  verbose: true,
  callbacks: true,
  validationSplit: true,
  validationData: true,
  classWeight: true,
  initialEpoch: true,
  yieldEvery: true,
  shuffle: true,
};

/** Arguments of `model.fit` that do not apply, and what to do instead. */
const REFUSED: Record<string, string> = {
  stepsPerEpoch: 'the selector ends the epoch; leave it out',
  validationSteps: 'validation data are used whole; leave it out',
  batchesPerEpoch: 'the selector ends the epoch; leave it out',
};

/** `args` without what is not given: undefined, null, and empty validation data, as `model.fit` takes them. */
export function givenArgs(args: FitArgs): FitArgs {
  if (typeof args !== 'object' || (args as unknown) === null) return args;
  const given = Object.entries(args as unknown as Record<string, unknown>).filter(
    ([key, value]) =>
      value !== undefined && value !== null && !(key === 'validationData' && isEmptyList(value)),
  );
  return Object.fromEntries(given) as unknown as FitArgs;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** @throws TypeError or RangeError when `args` holds something that `fit` does not understand. */
export function checkArgs(args: FitArgs): void {
  if (typeof args !== 'object' || (args as unknown) === null) {
    throw new TypeError('fit: args is missing; give at least {selector, epochs}.');
  }
  for (const key of Object.keys(args)) {
    if (key in KEYS) continue;
    const reason = REFUSED[key];
    if (reason !== undefined) throw new TypeError(`fit: args.${key} is not supported: ${reason}.`);
    throw new TypeError(`fit: unknown argument args.${key}.${suggestion(key, Object.keys(KEYS))}`);
  }
  const session = args.selector instanceof SelectionSession ? args.selector : null;
  if (session === null && typeof args.selector !== 'function') {
    throw new TypeError('fit: args.selector must be a selector factory such as recencyBias({ window: 10 }).');
  }
  if ((args.epochs as unknown) === undefined) {
    throw new TypeError('fit: args.epochs is missing; give the number of epochs of the whole run.');
  }
  checkOptional('epochs', args.epochs, 1);
  checkOptional('batchSize', args.batchSize, 1);
  checkOptional('seed', args.seed, 0, 2 ** 32 - 1);
  checkOptional('initialEpoch', args.initialEpoch, 0, args.epochs);
  checkOptional('checkpoint.everySteps', args.checkpoint?.everySteps, 1);
  if (args.checkpoint?.everySeconds !== undefined) {
    checkNumber('fit: args.checkpoint.everySeconds', args.checkpoint.everySeconds, 0);
  }
  if (args.checkpoint !== undefined && typeof args.checkpoint.save !== 'function') {
    throw new TypeError('fit: args.checkpoint.save must be a function that stores the state.');
  }
  if (args.shuffle !== undefined && (args.shuffle as unknown) !== true) {
    throw new TypeError(
      `fit: args.shuffle is ${String(args.shuffle)}, but the selector decides the order; use uniform({ order: 'sequential' }).`,
    );
  }
  const split = args.validationSplit;
  if (split !== undefined && !(split >= 0 && split < 1)) {
    throw new RangeError(`fit: args.validationSplit is ${split}; expected a number in [0, 1).`);
  }
  if (session !== null) checkSession(session, args);
  checkResume(args);
}

/** A session's state is taken between calls, with that of the model. */
function checkSession(session: SelectionSession, args: FitArgs): void {
  for (const key of ['resume', 'checkpoint', 'seed'] as const) {
    if (args[key] === undefined) continue;
    const way =
      key === 'seed'
        ? 'give the seed to selection(...)'
        : 'save and restore session.stateDict() and captureModel(model) between calls';
    throw new TypeError(`fit: args.${key} does not go with a selection that lives across calls; ${way}.`);
  }
  session.checkLeft(args.epochs - (args.initialEpoch ?? 0));
}

function checkResume({ resume, epochs, initialEpoch }: FitArgs): void {
  if (resume === undefined) return;
  if (typeof resume !== 'object' || (resume as unknown) === null || resume.version !== 1) {
    throw new TypeError('fit: args.resume must be a state that checkpoint.save received (version 1).');
  }
  if (initialEpoch !== undefined && initialEpoch !== resume.epoch) {
    throw new RangeError(
      `fit: args.initialEpoch is ${initialEpoch}, but the resumed run has ${resume.epoch} complete epochs; leave initialEpoch out.`,
    );
  }
  if (resume.epoch > epochs) {
    throw new RangeError(
      `fit: args.epochs is ${epochs}, but the resumed run has ${resume.epoch} complete epochs already.`,
    );
  }
  checkTrainingState('fit: args.resume', resume);
}

function checkOptional(name: string, value: number | undefined, min: number, max?: number): void {
  if (value !== undefined) checkInteger(`fit: args.${name}`, value, min, max);
}

/** @throws TypeError or RangeError when `dataset` is no random-access data set. */
export function checkDataset(dataset: RandomAccessDataset, args: FitArgs): void {
  if (typeof dataset.batch !== 'function') {
    throw new TypeError('fit: dataset.batch must be a function of sample indices.');
  }
  if (!Number.isInteger(dataset.size) || dataset.size < 1) {
    throw new RangeError(`fit: dataset.size is ${String(dataset.size)}; expected an integer of at least 1.`);
  }
  const { classes } = dataset;
  if (classes !== undefined && (!Number.isInteger(classes) || classes < 0)) {
    throw new RangeError(`fit: dataset.classes is ${String(classes)}; expected a non-negative integer.`);
  }
  if ((args.validationSplit ?? 0) > 0) {
    throw new TypeError('fit: args.validationSplit needs tensors; with a data set give validationData.');
  }
}

/** @throws TypeError when `data` holds no tensors. */
export function checkTensors(name: string, data: TensorData): void {
  const all: unknown[] =
    data instanceof tf.Tensor || typeof data !== 'object' || (data as unknown) === null
      ? [data]
      : Object.values(data);
  if (all.length > 0 && all.every((tensor) => tensor instanceof tf.Tensor)) return;
  throw new TypeError(
    `fit: ${name} must be a tensor, or a list or map of tensors, or numbers (or give a data set with batch).`,
  );
}

/** `args.sampleWeight` as one number for each of `size` samples, or null. */
export async function sampleWeights(
  given: FitArgs['sampleWeight'],
  size: number,
): Promise<Float32Array | null> {
  if (given === undefined) return null;
  const values = given instanceof tf.Tensor ? await given.data() : given;
  const weights = Float32Array.from(values);
  if (weights.length !== size) {
    throw new RangeError(`fit: args.sampleWeight has ${weights.length} weights for ${size} samples.`);
  }
  const bad = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (bad >= 0) {
    throw new RangeError(
      `fit: args.sampleWeight[${bad}] is ${weights[bad]!}; expected a finite number of at least 0.`,
    );
  }
  return weights;
}
