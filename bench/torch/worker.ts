import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs';
import { setThreads } from 'tfjs-backend-torch';
import { networks } from './networks.js';

/** The line that a worker prints for each step. */
export interface Step {
  /** Milliseconds by the clock. */
  readonly wall: number;
  /** Milliseconds of processor time, of all threads. */
  readonly cpu: number;
  /** The process's largest size so far. */
  readonly peakMb: number;
  readonly parameters: number;
}

/** Runs one step of a network for each line of the standard input. */
export async function work(name: string, mode: string, threads: number, backend: string): Promise<void> {
  await tf.setBackend(backend);
  if (backend === 'torch') setThreads(threads);
  const network = networks[name]!;
  const { batch, size } = network;
  const model = network.build();
  model.compile({
    optimizer: tf.train.momentum(0.01, 0.9),
    loss: (labels: tf.Tensor, logits: tf.Tensor) => tf.losses.softmaxCrossEntropy(labels, logits),
  });
  const xs = tf.randomNormal([batch, size, size, 3], 0, 1, 'float32', 1);
  const ys = tf.tidy(() => tf.oneHot(tf.randomUniform([batch], 0, 10, 'int32', 2), 10).toFloat());
  const step = async (): Promise<void> => {
    if (mode === 'train') await model.trainOnBatch(xs, ys);
    else tf.tidy(() => (model.predict(xs, { batchSize: batch }) as tf.Tensor).dataSync());
  };
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  while ((await lines.next()).done !== true) {
    const cpu = process.cpuUsage();
    const from = performance.now();
    await step();
    const wall = performance.now() - from;
    const { user, system } = process.cpuUsage(cpu);
    const line: Step = {
      wall,
      cpu: (user + system) / 1000,
      peakMb: process.resourceUsage().maxRSS / 1024,
      parameters: model.countParams(),
    };
    console.log(JSON.stringify(line));
  }
}
