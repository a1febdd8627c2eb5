import * as tf from '@tensorflow/tfjs';
import 'tfjs-wasm-training';

/**
 * The cost of a convolution's gradients on the wasm backend next to its forward pass, in one process and taking
 * turns, and where the time of a training step goes. The targets are ratios, as the machine's speed is not ours.
 */
const BATCH = 128;
const TURNS = 15;
const INPUT_TARGET = 1.5;
const FILTER_TARGET = 3;

interface Layer {
  size: number;
  channels: number;
  filters: number;
  kernel: number;
  strides: number;
}

const layer = (size: number, channels: number, filters: number, kernel = 3, strides = 1): Layer => ({
  size,
  channels,
  filters,
  kernel,
  strides,
});

const layers: readonly Layer[] = [
  layer(28, 1, 16),
  layer(14, 16, 32),
  layer(32, 16, 16),
  layer(16, 32, 32),
  layer(8, 64, 64),
  layer(32, 3, 16),
  layer(32, 16, 32, 3, 2),
  layer(32, 16, 32, 1, 2),
];

/** The turn that other programs disturbed least. */
const fastest = (values: readonly number[]): number => Math.min(...values);

function milliseconds(f: () => tf.Tensor): number {
  const from = performance.now();
  const result = f();
  const elapsed = performance.now() - from;
  result.dispose();
  return elapsed;
}

function measureLayer({ size, channels, filters, kernel, strides }: Layer): void {
  const x = tf.randomNormal<tf.Rank.R4>([BATCH, size, size, channels], 0, 1, 'float32', 1);
  const w = tf.randomNormal<tf.Rank.R4>([kernel, kernel, channels, filters], 0, 1, 'float32', 2);
  const dy = tf.tidy(() => tf.conv2d(x, w, strides, 'same').mul<tf.Tensor4D>(0.1));
  const attrs = { strides, pad: 'same', dataFormat: 'NHWC' };
  const run = (name: string, inputs: Record<string, tf.Tensor>, more: object): tf.Tensor =>
    tf.engine().runKernel(name, inputs, { ...attrs, ...more });
  const passes = {
    // The backend keeps the packed filter of a tensor that it knows; in training the filter is always a new one.
    forward: () => tf.tidy(() => tf.conv2d(x, w.add<tf.Tensor4D>(0), strides, 'same')),
    input: () => run('Conv2DBackpropInput', { dy, filter: w }, { inputShape: x.shape }),
    filter: () => run('Conv2DBackpropFilter', { x, dy }, { filterShape: w.shape }),
  };
  const times: Record<keyof typeof passes, number[]> = { forward: [], input: [], filter: [] };
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [name, pass] of Object.entries(passes)) {
      times[name as keyof typeof passes].push(milliseconds(pass));
    }
  }
  tf.dispose([x, w, dy]);
  const forward = fastest(times.forward);
  const gigaflops = (2 * dy.size * kernel * kernel * channels) / forward / 1e6;
  const ratio = (name: 'input' | 'filter', target: number): string => {
    const value = fastest(times[name]) / forward;
    return `${name} ${value.toFixed(2)}x${value <= target ? '' : ` (target ${target}x missed)`}`;
  };
  const title = `${size}x${size}x${channels} -> ${filters}, ${kernel}x${kernel}, stride ${strides}`;
  console.log(
    `${title.padEnd(32)} forward ${forward.toFixed(1).padStart(5)} ms (${gigaflops.toFixed(0)} GFLOP/s), ` +
      `${ratio('input', INPUT_TARGET)}, ${ratio('filter', FILTER_TARGET)}`,
  );
}

function smallCnn(): tf.Sequential {
  const model = tf.sequential();
  [16, 32, 64].forEach((filters, block) => {
    const first = block === 0 ? { inputShape: [28, 28, 1] } : {};
    model.add(tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', useBias: false, ...first }));
    model.add(tf.layers.batchNormalization());
    model.add(tf.layers.reLU());
    if (block < 2) model.add(tf.layers.maxPooling2d({ poolSize: 2 }));
  });
  model.add(tf.layers.globalAveragePooling2d({}));
  model.add(tf.layers.dense({ units: 10, activation: 'softmax' }));
  model.compile({ optimizer: tf.train.momentum(0.01, 0.9), loss: 'sparseCategoricalCrossentropy' });
  return model;
}

/** Milliseconds that each kernel takes while `f` runs, without those it calls. */
async function profile(f: () => Promise<unknown>): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  const kernels = tf.getKernelsForBackend('wasm');
  const originals = kernels.map(({ kernelFunc }) => kernelFunc);
  let inner = 0;
  for (const [i, kernel] of kernels.entries()) {
    kernel.kernelFunc = (args) => {
      const outer = inner;
      inner = 0;
      const from = performance.now();
      const result = originals[i]!(args);
      const elapsed = performance.now() - from;
      times.set(kernel.kernelName, (times.get(kernel.kernelName) ?? 0) + elapsed - inner);
      inner = outer + elapsed;
      return result;
    };
  }
  await f();
  for (const [i, kernel] of kernels.entries()) kernel.kernelFunc = originals[i]!;
  return times;
}

async function measureStep(): Promise<void> {
  const model = smallCnn();
  const xs = tf.randomUniform([BATCH, 28, 28, 1], 0, 1, 'float32', 1);
  const ys = tf.tidy(() => tf.randomUniform([BATCH], 0, 10, 'float32', 2).floor());
  const steps: number[] = [];
  for (let step = 0; step < 25; step++) {
    const from = performance.now();
    await model.trainOnBatch(xs, ys);
    steps.push(performance.now() - from);
  }
  const ms = fastest(steps.slice(5));
  console.log(
    `\nOne step of a batch-normalised CNN (28x28x1, conv 16-32-64, batch ${BATCH}): ${ms.toFixed(0)} ms, ` +
      `${((BATCH / ms) * 1000).toFixed(0)} images/s`,
  );
  const rounds = 5;
  const times = await profile(async () => {
    for (let round = 0; round < rounds; round++) await model.trainOnBatch(xs, ys);
  });
  const largest = [...times].sort(([, a], [, b]) => b - a).slice(0, 12);
  for (const [name, total] of largest) console.log(`  ${name.padEnd(24)} ${(total / rounds).toFixed(1)} ms`);
  model.dispose();
  tf.dispose([xs, ys]);
}

export async function run(): Promise<void> {
  await tf.setBackend('wasm');
  console.log(
    `Batch ${BATCH}; gradients as multiples of the forward pass, the fastest of ${TURNS} turns each`,
  );
  for (const each of layers) measureLayer(each);
  await measureStep();
}
