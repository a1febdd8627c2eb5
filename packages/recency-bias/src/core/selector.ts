/**
 * The contract between a trainer and a batch-selection method.
 *
 * The trainer measures, the selector learns: after each step the trainer hands over what the model said about
 * the samples of that step, and before each step it asks which samples come next.
 *
 * ```
 * selector.beginEpoch(epoch)
 *   select(batchSize, score) -> Selection {indices, weights?}
 *     -> batch: gather, augment, upload
 *     -> train step: forward, weighted loss, gradients, update
 *     -> Observation {indices, only selector.signals}
 *   observe(observation)
 * ```
 */

import type { Signal, Signals } from './signals.js';

export type { Signal, Signals } from './signals.js';

/** The model's answers on the samples at `indices`; row i of every column belongs to `indices[i]`. */
export type Observation<S extends Signal = Signal> = { readonly indices: Int32Array } & {
  readonly [K in S]: Signals[K];
};

/** Scores samples by a forward pass, without training on them. */
export type Scorer<S extends Signal = Signal> = (indices: Int32Array) => Promise<Observation<S>>;

/** The next mini-batch. Its training loss is `sum(weights[i] * loss[i]) / indices.length`; no weights means all ones. */
export interface Selection {
  /** Sample indices, distinct within the batch; owned by the receiver until the next call of `select`. */
  readonly indices: Int32Array;
  /** One positive finite weight a sample. */
  readonly weights?: Float32Array;
}

/** A batch-selection method at work in one training run. */
export interface Selector<S extends Signal = Signal> {
  /** Registry name, e.g. `'recency-bias'`. */
  readonly name: string;
  /** The signals that `observe` needs; the trainer measures no others. */
  readonly signals: readonly S[];
  /** Starts epoch `epoch` (1-based): anneal, prune, reshuffle, rebuild. */
  beginEpoch(epoch: number): void;
  /** The next batch of at most `batchSize` samples, or null once the epoch is exhausted. */
  select(batchSize: number, score: Scorer<S>): Selection | null | Promise<Selection | null>;
  /** Learns from a measurement. Observations may arrive late, in any order, and for samples that were not drawn. */
  observe(observation: Observation<S>): void;
  /** The distribution of the next draw over all samples (sums to 1), where one exists. */
  probabilities?(): Float64Array;
  /** Everything needed to continue identically, in mid-epoch too, as plain data; options are never part of it. */
  stateDict(): StateDict;
  /** Restores what `stateDict` returned. Throws a RangeError or TypeError when the state does not fit this run. */
  loadStateDict(state: StateDict): void;
}

/** A selector whose `select` needs no scorer and answers at once. */
export interface OneStageSelector<S extends Signal = Signal> extends Selector<S> {
  select(batchSize: number): Selection | null;
}

/** Facts of one training run, known to the trainer. */
export interface TrainingRun {
  /** Number of training samples, at least 1. */
  readonly size: number;
  /** Number of classes; 0 when the task has none (regression). */
  readonly classes: number;
  /** Number of epochs of the whole run, at least 1. */
  readonly epochs: number;
  /** Seed of all randomness of the run, an integer in [0, 2^32). */
  readonly seed: number;
}

/** Makes a selector for a run. `recencyBias({ window: 10 })` is such a factory. */
export type SelectorFactory<S extends Signal = Signal, R extends Selector<S> = Selector<S>> = (
  run: TrainingRun,
) => R;

/** Values a state may hold: plain data, typed arrays and nested states. */
export type StateValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | readonly StateValue[]
  | StateDict;

/** A versioned snapshot. */
export interface StateDict {
  readonly version: number;
  readonly [key: string]: StateValue;
}
