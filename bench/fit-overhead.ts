import * as tf from '@tensorflow/tfjs';
import { recencyBias, uniform } from 'recency-bias';
import { fit, selection } from 'recency-bias/tfjs';
import 'tfjs-wasm-training';

/**
 * The cost of `fit` on top of a training step: selection, measurement, read-back, observation and bookkeeping, as a share of the
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

/** Rows and width of the MLP whose step takes about 1 ms, steps of a long call, and rounds of all ways in turn. */
const SMALL_BATCH = 32;
const SMALL_WIDTH = 32;
const LONG_CALL = 60;
const SMALL_WARM_ROUNDS = 5;
const SMALL_ROUNDS = 40;

function smallMlp(): tf.Sequential {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: SMALL_WIDTH, activation: 'relu', inputShape: [SMALL_WIDTH] }));
  model.add(tf.layers.dense({ units: CLASSES, activation: 'softmax' }));
  model.compile({ optimizer: tf.train.momentum(0.01, 0.9), loss: 'sparseCategoricalCrossentropy' });
  return model;
}

/** Processor milliseconds that `work` takes. */
async function processorTime(work: () => Promise<unknown>): Promise<number> {
  const from = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}

/**
 * Processor time of whole calls on a small MLP against that of `model.fit`, as the median of the ratios of rounds in
 * which all ways take turns: a long call, and as many steps in calls of two. The selector lives across the calls.
 */
async function smallSteps(): Promise<void> {
  for (const [title, steps, calls] of [
    [`calls of ${LONG_CALL} steps`, LONG_CALL, 1],
    ['calls of two steps', 2, LONG_CALL / 2],
  ] as const) {
    const size = steps * SMALL_BATCH;
    const xs = tf.randomNormal([size, SMALL_WIDTH], 0, 1, 'float32', 1);
    const ys = tf.tensor1d(Array.from({ length: size }, (_, i) => (i * 7) % CLASSES));
    const common = { batchSize: SMALL_BATCH, yieldEvery: 'never' as const, epochs: 1 };
    const epochs = calls * (SMALL_WARM_ROUNDS + SMALL_ROUNDS);
    const model = smallMlp();
    const inner = selection(uniform(), { epochs });
    const learning = selection(recencyBias({ window: WINDOW, warmupEpochs: 0 }), { epochs });
    const ways: [string, () => Promise<unknown>][] = [
      ['model.fit', () => model.fit(xs, ys, common)],
      ['fit, uniform', () => fit(model, xs, ys, { ...common, selector: inner })],
      ['fit, recencyBias', () => fit(model, xs, ys, { ...common, selector: learning })],
    ];
    const times = ways.map((): number[] => []);
    for (let round = 0; round < SMALL_WARM_ROUNDS + SMALL_ROUNDS; round++) {
      for (let turn = 0; turn < ways.length; turn++) {
        // Each way comes first in turn, so that none always pays for the garbage of the one before.
        const way = (round + turn) % ways.length;
        const [, call] = ways[way]!;
        const time = await processorTime(async () => {
          for (let i = 0; i < calls; i++) await call();
        });
        if (round >= SMALL_WARM_ROUNDS) times[way]!.push(time);
      }
    }
    const theirs = times[0]!;
    console.log(
      `small MLP, batch ${SMALL_BATCH}, wasm, ${title}: model.fit ${(median(theirs) / (steps * calls)).toFixed(2)} ms of processor time a step`,
    );
    ways.slice(1).forEach(([name], i) => {
      const ratios = times[i + 1]!.map((time, round) => time / theirs[round]!).sort((a, b) => a - b);
      const [low, middle, high] = [0.25, 0.5, 0.75].map((share) =>
        ratios[Math.floor(share * ratios.length)]!.toFixed(3),
      );
      console.log(
        `${name.padEnd(17)} ${middle} times model.fit, half of the rounds from ${low} to ${high} (target ${i === 0 ? '1.05' : '1.10'})`,
      );
    });
    model.dispose();
    tf.dispose([xs, ys]);
  }
}

export async function run(): Promise<void> {
  await tf.setBackend('wasm');
  await smallSteps();
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
