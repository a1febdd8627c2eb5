import * as tf from '@tensorflow/tfjs';
import { Random } from 'recency-bias';
import { torchStatus } from 'tfjs-backend-torch';
import 'tfjs-wasm-training';
import { ImagePreparation } from '../packages/recency-bias-lab/src/augment/image-preparation.js';
import { policyNames, resolveAugmentation } from '../packages/recency-bias-lab/src/augment/policies.js';
import { softmaxCrossentropy } from '../packages/recency-bias-lab/src/experiment/training/crossentropy.js';
import { networkRegistry } from '../packages/recency-bias-lab/src/models/registry.js';

/**
 * The cost of augmentation for a batch of CIFAR images, as a share of a training step of ResNet-20 on the same batch: on the
 * wasm backend, and on the torch backend where it is installed. The fastest of several turns, as other programs disturb both.
 */
const BATCH = 128;
const SHAPE = [32, 32, 3] as const;
const LENGTH = 32 * 32 * 3;
const IMAGES = 2000;
const LABELS = Int32Array.from({ length: BATCH }, (_, i) => i % 10);
const TURNS = 40;
const STEPS = 6;
const TARGET = 0.05;

/** Milliseconds a batch, by policy. */
function measurePolicies(): Map<string, number> {
  const random = new Random(1);
  const bytes = Uint8Array.from({ length: IMAGES * LENGTH }, () => random.int(256));
  const moments = { mean: [0.49, 0.48, 0.45], std: [0.25, 0.24, 0.26] };
  const indices = Int32Array.from({ length: BATCH }, () => random.int(IMAGES));
  const out = new Float32Array(BATCH * LENGTH);
  const preparations = policyNames.map((name) => {
    const settings = resolveAugmentation({ name });
    return [name, new ImagePreparation(SHAPE, settings, moments, random.split(name))] as const;
  });
  const times = new Map<string, number>();
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [name, preparation] of preparations) {
      const from = performance.now();
      preparation.prepare(bytes, indices, out);
      times.set(name, Math.min(times.get(name) ?? Infinity, performance.now() - from));
    }
  }
  return times;
}

/** Milliseconds of a training step on the backend in use. */
async function measureStep(): Promise<number> {
  const entry = networkRegistry.get('resnet')!;
  const input = { imageShape: SHAPE, classes: 10, weightDecay: 1e-4, seed: 1 };
  const model = entry.create(input, entry.options.parse({ depth: 20 }));
  model.compile({ optimizer: tf.train.momentum(0.1, 0.9), loss: softmaxCrossentropy });
  const xs = tf.randomNormal([BATCH, ...SHAPE], 0, 1, 'float32', 1);
  const ys = tf.tidy(() => tf.oneHot(tf.tensor1d(LABELS, 'int32'), 10));
  let fastest = Infinity;
  for (let step = 0; step < STEPS; step++) {
    const from = performance.now();
    await model.trainOnBatch(xs, ys);
    fastest = Math.min(fastest, performance.now() - from);
  }
  tf.dispose([xs, ys]);
  model.dispose();
  return fastest;
}

export async function run(): Promise<void> {
  const policies = measurePolicies();
  const backends = torchStatus().available ? ['wasm', 'torch'] : ['wasm'];
  for (const backend of backends) {
    await tf.setBackend(backend);
    const step = await measureStep();
    console.log(`${backend}: a training step of ResNet-20 at batch ${BATCH} takes ${step.toFixed(0)} ms`);
    for (const [name, ms] of policies) {
      const share = ms / step;
      console.log(
        `  ${name.padEnd(8)} ${ms.toFixed(2).padStart(6)} ms, ${(100 * share).toFixed(2)} % of the step${share > TARGET ? ` (target ${100 * TARGET} % missed)` : ''}`,
      );
    }
  }
}
