import * as tf from '@tensorflow/tfjs';
import { recencyBias, uniform } from 'recency-bias';
import { fit } from 'recency-bias/tfjs';
import 'tfjs-wasm-training';

/**
 * What `fit` adds to a training step: selection, measurement, read-back, observation and bookkeeping, as a share of the
 * step of a small batch-normalised CNN on 28 x 28 images at batch 128 on the wasm backend.
 *
 * The time between the end of one call of TensorFlow.js's training function and the start of the next is all that is not
 * training: gathering the batch, callbacks, and, in `fit`, the selection. `model.fit` has the first two as well, so the
 * difference of the two is the cost of the selection. Medians over the steps of one process; the three ways take turns.
 */
const BATCH = 128;
const STEPS = 12;
const ROUNDS = 5;
const WARM_ROUNDS = 6;
const SIZE = BATCH * STEPS;
const CLASSES = 10;
const WINDOW = 10;

type TrainFunction = (data: unknown) => unknown;

/** The part of a model that makes the training function; `tf.Sequential` keeps a model inside. */
interface Trained {
  makeTrainFunction(): TrainFunction;
}

function smallCnn(channels: readonly number[]): tf.Sequential {
  const model = tf.sequential();
  channels.forEach((filters, block) => {
    const first = block === 0 ? { inputShape: [28, 28, 1] } : {};
    model.add(tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', useBias: false, ...first }));
    model.add(tf.layers.batchNormalization());
    model.add(tf.layers.reLU());
    if (block < 2) model.add(tf.layers.maxPooling2d({ poolSize: 2 }));
  });
  model.add(tf.layers.globalAveragePooling2d({}));
  model.add(tf.layers.dense({ units: CLASSES, activation: 'softmax' }));
  model.compile({ optimizer: tf.train.momentum(0.01, 0.9), loss: 'sparseCategoricalCrossentropy' });
  return model;
}

/** Milliseconds of each call of the training function, and of each gap between two calls within an epoch. */
class Clock {
  readonly training: number[] = [];
  readonly between: number[] = [];
  private last: number | null = null;

  constructor(model: tf.Sequential) {
    const trained = (model as unknown as { model: Trained }).model;
    const original = trained.makeTrainFunction.bind(trained);
    trained.makeTrainFunction = () => {
      const train = original();
      this.last = null;
      return (data) => {
        const from = performance.now();
        if (this.last !== null) this.between.push(from - this.last);
        const result = train(data);
        this.last = performance.now();
        this.training.push(this.last - from);
        return result;
      };
    };
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

export async function run(): Promise<void> {
  await tf.setBackend('wasm');
  const xs = tf.randomNormal([SIZE, 28, 28, 1], 0, 1, 'float32', 1);
  const ys = tf.tensor1d(Array.from({ length: SIZE }, (_, i) => (i * 7) % CLASSES));
  const common = { batchSize: BATCH, yieldEvery: 'never' as const, epochs: 1 };
  const ways: [string, (model: tf.Sequential) => Promise<unknown>][] = [
    ['model.fit', (model) => model.fit(xs, ys, common)],
    ['fit, uniform', (model) => fit(model, xs, ys, { ...common, selector: uniform() })],
    [
      'fit, recencyBias',
      (model) =>
        fit(model, xs, ys, { ...common, selector: recencyBias({ window: WINDOW, warmupEpochs: 0 }) }),
    ],
  ];
  // A narrow network lets the engine compile the code between the steps before anything is measured.
  const narrow = smallCnn([1, 1, 1]);
  for (let round = 0; round < WARM_ROUNDS; round++) for (const [, train] of ways) await train(narrow);
  narrow.dispose();

  const runs = ways.map(([name, train]) => {
    const model = smallCnn([16, 32, 64]);
    return { name, train, model, clock: new Clock(model) };
  });
  for (let round = 0; round < ROUNDS; round++) for (const { train, model } of runs) await train(model);

  const step = median(runs.flatMap(({ clock }) => clock.training));
  const own = median(runs[0]!.clock.between);
  console.log(`small CNN, batch ${BATCH}, wasm: training function ${step.toFixed(1)} ms a step`);
  for (const { name, clock } of runs) {
    const gap = median(clock.between);
    const share = ((100 * gap) / (step + gap)).toFixed(2);
    const added = ((100 * (gap - own)) / (step + gap)).toFixed(2);
    console.log(
      `${name.padEnd(17)} outside the training function ${gap.toFixed(3)} ms = ${share} % of the step` +
        (clock === runs[0]!.clock ? '' : `; more than model.fit: ${added} % (target below 1 %)`),
    );
  }
  for (const { model } of runs) model.dispose();
  tf.dispose([xs, ys]);
}
