/**
 * A selection method of one's own: each epoch trains every sample once, those of high loss early. `npm run example
 * custom-selector` trains with it; `selectorContract` of `recency-bias/testing` tests it (test/examples).
 */
import * as tf from '@tensorflow/tfjs';
import { Random } from 'recency-bias';
import type { Observation, OneStageSelector, SelectorFactory, StateDict, TrainingRun } from 'recency-bias';
import { fit } from 'recency-bias/tfjs';

/** Options of `hardFirst`. */
export interface HardFirstOptions {
  /** How strongly the loss decides the order; 0 is a plain permutation. Default 1. */
  readonly strength?: number;
}

/** Deals each epoch in an order drawn without replacement in proportion to (latest loss)^strength. */
export function hardFirst({ strength = 1 }: HardFirstOptions = {}): SelectorFactory<'loss'> {
  if (!(strength >= 0 && strength < Infinity)) throw new RangeError(`hardFirst: strength is ${strength}.`);
  return (run) => new HardFirst(run, strength);
}

class HardFirst implements OneStageSelector<'loss'> {
  readonly name = 'hard-first';
  readonly signals = ['loss'] as const;
  private readonly losses: Float32Array;
  private order: Int32Array = new Int32Array(0);
  private epoch = 0;
  private next = 0;

  constructor(
    private readonly run: TrainingRun,
    private readonly strength: number,
  ) {
    const { size, classes, epochs, seed } = run;
    const whole = [size, classes, epochs, seed].every(Number.isInteger);
    if (!whole || size < 1 || classes < 0 || epochs < 1 || seed < 0) {
      throw new RangeError(`hardFirst: no run is like ${JSON.stringify(run)}.`);
    }
    this.losses = new Float32Array(size).fill(1);
  }

  beginEpoch(epoch: number): void {
    if (!(Number.isInteger(epoch) && epoch >= 1 && epoch <= this.run.epochs)) {
      throw new RangeError(`hardFirst: epoch ${epoch} is not in 1 to ${this.run.epochs}.`);
    }
    // A stream of its own for each epoch: what was drawn before changes nothing.
    const random = new Random(this.run.seed).split(`hard-first ${epoch}`);
    // Exponential variates over weights, ascending, are successive weighted draws (Efraimidis & Spirakis 2006).
    const keys = Float64Array.from(
      this.losses,
      (loss) => -Math.log(1 - random.float()) / Math.max(loss, 1e-6) ** this.strength,
    );
    this.order = Int32Array.from(keys.keys()).sort((a, b) => keys[a]! - keys[b]!);
    this.epoch = epoch;
    this.next = 0;
  }

  select(batchSize: number): { indices: Int32Array } | null {
    if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
      throw new RangeError(`hardFirst: batchSize is ${batchSize}; it must be an integer of at least 1.`);
    }
    if (this.epoch === 0) throw new Error('hardFirst: call beginEpoch(1) before select.');
    const indices = this.order.slice(this.next, this.next + batchSize);
    this.next += indices.length;
    return indices.length === 0 ? null : { indices };
  }

  observe({ indices, loss }: Observation<'loss'>): void {
    // Everything is checked before anything is learnt.
    const inside = indices.every((index) => index >= 0 && index < this.run.size);
    if (!(
      loss instanceof Float32Array &&
      loss.length === indices.length &&
      loss.every(Number.isFinite) &&
      inside
    )) {
      throw new RangeError('hardFirst: an observation needs one finite loss for each index of a sample.');
    }
    indices.forEach((index, row) => (this.losses[index] = loss[row]!));
  }

  stateDict(): StateDict {
    const { epoch, next } = this;
    return { version: 1, epoch, next, order: this.order.slice(), losses: this.losses.slice() };
  }

  loadStateDict({ version, epoch, next, order, losses }: StateDict): void {
    const fits =
      version === 1 &&
      typeof epoch === 'number' &&
      typeof next === 'number' &&
      order instanceof Int32Array &&
      losses instanceof Float32Array &&
      losses.length === this.run.size;
    if (!fits) throw new RangeError('hardFirst: the state is of another run or version.');
    this.epoch = epoch;
    this.next = next;
    this.order = order.slice();
    this.losses.set(losses);
  }
}

/** Trains a small classifier of noisy points with it. */
export async function run(): Promise<void> {
  const xs = tf.randomNormal([240, 2], 0, 1, 'float32', 1);
  const ys = tf.tidy(() => tf.greater(tf.sum(xs, 1), 0).cast('float32'));
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 2, activation: 'softmax', inputShape: [2] })],
  });
  model.compile({
    optimizer: tf.train.sgd(0.5),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const { history } = await fit(model, xs, ys, {
    epochs: 5,
    batchSize: 16,
    selector: hardFirst(),
  });
  console.log(JSON.stringify(history));
}
