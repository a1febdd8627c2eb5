/** Checks of a training state that comes from outside, and its way back from bytes. */
import { decodeState } from '../../core/state-codec.js';
import { readInteger, readState, readVersion } from '../../core/state-fields.js';
import type { StateDict } from '../../core/selector.js';
import { show } from '../../core/validate.js';
import { readTensor } from './tensor-state.js';

/** Version of `TrainingState`. */
export const TRAINING_STATE_VERSION = 1;

/** A resumable snapshot of a training run: parameters, optimizer, selector, history, position; plain data. */
export interface TrainingState extends StateDict {
  /** Completed epochs. */
  readonly epoch: number;
  /** Steps done in the epoch under way; 0 between epochs. */
  readonly step: number;
  /** Model weights in the order of `model.getWeights()`. */
  readonly weights: readonly StateDict[];
  /** Optimizer state: its iteration count and slots by name. */
  readonly optimizer: StateDict;
  /** The selector's `stateDict()`. Replace it to continue with another selector from the end of an epoch. */
  readonly selector: StateDict;
  /** The data set's `stateDict()`; null where it has none. */
  readonly dataset: StateDict | null;
  /** Sums of the logs of the epoch under way; null between epochs. */
  readonly logs: StateDict | null;
  /** A measurement that the selector has not seen yet; null between epochs and on synchronous backends. */
  readonly pending: StateDict | null;
  /** Samples trained since the run began. */
  readonly trainedSamples: number;
  /** Samples scored by extra forward passes since the run began. */
  readonly scoredSamples: number;
}

/**
 * A training state out of the bytes that `encodeState` made of it.
 *
 * @throws RangeError or TypeError when the bytes are damaged, or hold no training state; the message names the field.
 */
export function decodeTrainingState(bytes: Uint8Array): TrainingState {
  const state = decodeState(bytes);
  checkTrainingState('the training state', state);
  return state;
}

/** @throws TypeError or RangeError when `state` is no state that `checkpoint.save` received; `owner` names it. */
export function checkTrainingState(owner: string, state: StateDict): asserts state is TrainingState {
  readVersion(owner, state, TRAINING_STATE_VERSION);
  for (const field of ['epoch', 'step', 'trainedSamples', 'scoredSamples']) readInteger(state, field, 0);
  if (!Array.isArray(state.weights)) {
    throw new TypeError(`${owner}: state.weights is ${show(state.weights)}; it must be a list of tensors.`);
  }
  (state.weights as unknown[]).forEach((weight, i) => {
    readTensor(`${owner}: state.weights[${i}]`, weight);
  });
  readState(state, 'optimizer');
  readState(state, 'selector');
  for (const field of ['dataset', 'logs', 'pending']) if (state[field] !== null) readState(state, field);
}
