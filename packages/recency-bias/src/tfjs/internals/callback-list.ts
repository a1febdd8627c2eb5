/**
 * The callback list that `model.fit` would use: its epoch averages, callbacks registered with TensorFlow.js (the
 * progress bar of tfjs-node, say), the user's, and its `History`.
 */
import * as tf from '@tensorflow/tfjs';
import type { StateDict, StateValue } from '../../core/selector.js';
import type { ModelInternals } from './model-internals.js';

/** Logs as callbacks see them: numbers, or scalars that nobody has read yet. */
export type StepLogs = Record<string, number | tf.Scalar>;

/** TensorFlow.js's own running sums of the logs over an epoch (its class BaseLogger, which it does not export). */
interface EpochSums {
  seen: number;
  totals: Record<string, number | tf.Tensor>;
}

/** The facts of the run that `createCallbacks` needs. */
export interface CallbackParams {
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly samples: number;
  readonly batchSize: number;
  readonly doValidation: boolean;
  readonly metrics: string[];
}

/** Thrown to end `fitLoop` early; made once, since an error costs a stack trace. */
const CAPTURED = new Error('the list of callbacks is complete');

/** As TensorFlow.js does it: instances of its callback classes as they are, plain objects wrapped. */
function standardizeCallbacks(args: Pick<tf.ModelFitArgs, 'callbacks' | 'yieldEvery'>): unknown[] {
  const callbacks: unknown = args.callbacks ?? {};
  const list: unknown[] = Array.isArray(callbacks) ? callbacks : [callbacks];
  const base = Object.getPrototypeOf(tf.History) as abstract new () => unknown;
  const instances = list.filter((callback) => callback instanceof base).length;
  if (instances > 0 && instances < list.length) {
    throw new TypeError(
      'fit: args.callbacks holds instances of tf.Callback and plain objects; give instances or plain objects, not both.',
    );
  }
  if (instances > 0) return list;
  return list.map((callback) => new tf.CustomCallback(callback as tf.CustomCallbackArgs, args.yieldEvery));
}

function anotherCopy(): TypeError {
  return new TypeError(
    'fit: the model was made by another copy of @tensorflow/tfjs than the one recency-bias/tfjs imports; install one version only.',
  );
}

/** The callbacks of one training run, driven in the way of `model.fit`. */
export class Callbacks {
  readonly history: tf.History;
  private readonly sums: EpochSums;

  private constructor(readonly list: tf.CallbackList) {
    const all: readonly unknown[] = list.callbacks;
    this.sums = all[0] as EpochSums;
    this.history = all[all.length - 1] as tf.History;
  }

  /**
   * TensorFlow.js makes the list inside `fitLoop` and shows it to nobody, so `fitLoop` is started and stopped at the
   * point where the list is complete and no callback has been called: its `setModel`. All of this is synchronous.
   */
  static async create(
    model: tf.LayersModel,
    internals: ModelInternals,
    args: Pick<tf.ModelFitArgs, 'callbacks' | 'yieldEvery' | 'verbose'>,
    params: CallbackParams,
  ): Promise<Callbacks> {
    if (!(model instanceof tf.LayersModel)) throw anotherCopy();
    const prototype = tf.CallbackList.prototype;
    // eslint-disable-next-line @typescript-eslint/unbound-method -- put back as it was, never called unbound
    const original = prototype.setModel;
    let list: tf.CallbackList | undefined;
    const callbacks = standardizeCallbacks(args);
    let started: Promise<unknown>;
    try {
      prototype.setModel = function (this: tf.CallbackList) {
        // eslint-disable-next-line @typescript-eslint/no-this-alias -- the list is what we came for
        list = this;
        throw CAPTURED;
      };
      started = internals.fitLoop(
        () => [],
        [{ shape: [params.samples] }],
        params.metrics,
        params.batchSize,
        params.epochs,
        args.verbose,
        callbacks,
        params.doValidation ? () => [] : null,
        [],
        false,
        params.metrics,
        params.initialEpoch,
        null,
        null,
      );
    } finally {
      prototype.setModel = original;
    }
    // A callback that refuses its parameters ends it before the list is complete.
    await started.catch((error: unknown) => {
      if (error !== CAPTURED) throw error;
    });
    if (list === undefined) throw anotherCopy();
    list.setModel(model);
    return new Callbacks(list);
  }

  /** The sums of the epoch under way, to be saved. */
  async captureSums(): Promise<StateDict> {
    const names = Object.keys(this.sums.totals);
    const values: StateValue[] = [];
    for (const name of names) {
      const total = this.sums.totals[name]!;
      values.push(typeof total === 'number' ? total : Float32Array.from(await total.data()));
    }
    return { version: 1, seen: this.sums.seen, names, values };
  }

  /** Puts saved sums in the place of those that `onEpochBegin` has just set to zero. */
  restoreSums(state: StateDict): void {
    const names = state.names as readonly string[];
    const values = state.values as readonly (number | Float32Array)[];
    this.sums.seen = state.seen as number;
    this.sums.totals = Object.fromEntries(
      names.map((name, i) => {
        const value = values[i]!;
        return [name, typeof value === 'number' ? value : tf.scalar(value[0]!)];
      }),
    );
  }

  /**
   * After an error: frees what an unfinished epoch holds and makes the finished epochs of `history` readable, so
   * that nothing computed is lost.
   */
  async abandon(): Promise<void> {
    const totals = (this.sums as Partial<EpochSums>).totals ?? {};
    for (const total of Object.values(totals)) if (typeof total !== 'number') total.dispose();
    if ((this.history as Partial<tf.History>).history !== undefined) await this.history.syncData();
  }
}
