import * as tf from '@tensorflow/tfjs';
import { torchStatus } from 'tfjs-backend-torch';
import 'tfjs-wasm-training';
import { softmaxCrossentropy } from '../packages/recency-bias-lab/src/experiment/training/crossentropy.js';
import { networkRegistry } from '../packages/recency-bias-lab/src/models/registry.js';

/**
 * How long one epoch of CIFAR's 50,000 training images takes with each of the lab's models, from a few training steps: on the
 * torch backend where it is installed, else on wasm. MODELS_BENCH_BACKEND names another.
 */
const IMAGES = 50_000;
const BATCH = 64;
const STEPS = 3;
const SHAPE = [32, 32, 3] as const;
const CLASSES = 10;

const models: readonly (readonly [
  title: string,
  name: string,
  options: Readonly<Record<string, unknown>>,
])[] = [
  ['small-cnn', 'small-cnn', {}],
  ['ResNet-8', 'resnet', { depth: 8 }],
  ['ResNet-20', 'resnet', { depth: 20 }],
  ['ResNet-56', 'resnet', { depth: 56 }],
  ['ResNet-50', 'resnet', { depth: 50 }],
  ['WRN-16-2', 'wide-resnet', { depth: 16, widenFactor: 2 }],
  ['WRN-16-8', 'wide-resnet', { depth: 16, widenFactor: 8 }],
  ['DenseNet-13-12', 'densenet', { depth: 13 }],
  ['DenseNet-25-12', 'densenet', { depth: 25 }],
  ['DenseNet-40-12', 'densenet', { depth: 40 }],
  ['DenseNet-BC-100-12', 'densenet', { depth: 100, bottleneck: true }],
];

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

async function measure(
  title: string,
  name: string,
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  const entry = networkRegistry.get(name)!;
  const input = { imageShape: SHAPE, classes: CLASSES, weightDecay: 5e-4, seed: 1 };
  const model = entry.create(input, entry.options.parse(options));
  model.compile({ optimizer: tf.train.momentum(0.1, 0.9), loss: softmaxCrossentropy });
  const xs = tf.randomNormal([BATCH, ...SHAPE], 0, 1, 'float32', 1);
  const labels = Int32Array.from({ length: BATCH }, (_, i) => i % CLASSES);
  const ys = tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), CLASSES));
  let fastest = Infinity;
  for (let step = 0; step < STEPS; step++) {
    const from = performance.now();
    await model.trainOnBatch(xs, ys);
    fastest = Math.min(fastest, performance.now() - from);
  }
  tf.dispose([xs, ys]);
  const learned = model.trainableWeights.reduce((sum, weight) => sum + weight.read().size, 0);
  model.dispose();
  const epoch = ((fastest / 1000) * IMAGES) / BATCH;
  console.log(
    `${title.padEnd(18)} ${(learned / 1e6).toFixed(2).padStart(6)} M parameters, ${(fastest / BATCH).toFixed(2).padStart(7)} ms an image, ` +
      `${duration(epoch).padStart(7)} an epoch`,
  );
}

export async function run(): Promise<void> {
  const backend = process.env.MODELS_BENCH_BACKEND ?? (torchStatus().available ? 'torch' : 'wasm');
  await tf.setBackend(backend);
  console.log(`${backend}, batch ${BATCH}, the fastest of ${STEPS} steps`);
  for (const model of models) await measure(...model);
}
