/**
 * Watches every call of `LayersModel.fit` that the specs make, and puts the library's `fit` in its place if
 * TFJS_SUITE_FIT is 'recency-bias'. Data are trained in their order and random numbers are seeded anew for each spec, so that
 * what the two make of a spec can be compared to the bit.
 */
import * as tf from '@tensorflow/tfjs';
import { uniform } from '../../packages/recency-bias/src/selectors/uniform.js';
import { fit } from '../../packages/recency-bias/src/tfjs/index.js';
import type { FitCall } from './outcome.js';

declare function beforeEach(action: () => void): void;

/** Logs as callbacks see them. */
type StepLogs = Record<string, number | tf.Scalar>;

type Fit = tf.LayersModel['fit'];

const HOOKS = [
  'onTrainBegin',
  'onTrainEnd',
  'onEpochBegin',
  'onEpochEnd',
  'onBatchBegin',
  'onBatchEnd',
] as const;

/** Calls of `fit` since the spec began; the reporter takes them. */
const calls: FitCall[] = [];
(globalThis as { tfjsSuiteFitCalls?: FitCall[] }).tfjsSuiteFitCalls = calls;

let events: string[] = [];

/** A generator of the numbers of Math.random: mulberry32. */
function seededRandom(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Callbacks see numbers where somebody has read the logs, and tensors otherwise. */
function readable(logs: StepLogs | undefined): string {
  return Object.entries(logs ?? {})
    .map(([name, value]) => `${name}=${typeof value === 'number' ? value : value.dataSync()[0]!}`)
    .join(' ');
}

function recordCallbacks(): void {
  const list = tf.CallbackList.prototype as unknown as Record<string, (...args: unknown[]) => Promise<void>>;
  for (const hook of HOOKS) {
    const original = list[hook]!;
    list[hook] = function (...args) {
      const [at, logs] = typeof args[0] === 'number' ? args : [null, args[0]];
      events.push(`${hook} ${String(at)} ${readable(logs as StepLogs | undefined)}`);
      return original.apply(this, args);
    };
  }
}

const ours: Fit = function (this: tf.LayersModel, xs, ys, args = {}) {
  const selector = uniform({ order: 'sequential' });
  return fit(this, xs, ys, { ...args, shuffle: true, epochs: args.epochs ?? 1, selector });
};

function recordFit(): void {
  const prototype = tf.LayersModel.prototype;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the model as `this`
  const theirs = prototype.fit;
  const train = process.env.TFJS_SUITE_FIT === 'recency-bias' ? ours : theirs;
  prototype.fit = async function (this: tf.LayersModel, xs, ys, args = {}) {
    const outer = events;
    events = [];
    const before = tf.memory().numTensors;
    const call: FitCall = { outcome: 'under way', weights: [], events, tensors: 0 };
    calls.push(call);
    try {
      const history = await train.call(this, xs, ys, { ...args, shuffle: false });
      call.outcome = JSON.stringify({ history: history.history, epoch: history.epoch });
      return history;
    } catch (error) {
      call.outcome = 'throws';
      throw error;
    } finally {
      call.tensors = tf.memory().numTensors - before;
      call.weights = this.getWeights().map((tensor) => Array.from(tensor.dataSync()).join());
      events = outer;
    }
  };
}

recordCallbacks();
recordFit();
beforeEach(() => {
  calls.length = 0;
  // eslint-disable-next-line no-restricted-properties -- TensorFlow.js draws from it, which is to be repeatable
  Math.random = seededRandom();
});
