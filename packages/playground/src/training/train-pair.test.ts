import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { Random } from 'recency-bias';
import 'tfjs-wasm-training';
import { beforeAll, describe, expect, it } from 'vitest';
import { INK, PIXELS, type Digits } from '../digits/packed-digits.js';
import { digitNetwork } from './digit-network.js';
import type { EpochMessage, PairSettings, StepMessage } from './messages.js';
import { trainPair } from './train-pair.js';

/** Made-up digits: a bright line at a height of the label's own, in noise. */
function digits(size: number, seed: number): Digits {
  const random = new Random(seed);
  const images = new Uint8Array(size * PIXELS);
  const labels = Uint8Array.from({ length: size }, () => random.int(10));
  for (let i = 0; i < size; i++) {
    for (let p = 0; p < PIXELS; p++) {
      const onLine = Math.floor(p / 28) === 4 + 2 * labels[i]!;
      images[i * PIXELS + p] = onLine ? INK : random.int(6);
    }
  }
  return { size, images, labels };
}

const DATA = { train: digits(300, 1), test: digits(50, 2) };
const SETTINGS: PairSettings = { seed: 3, pressure: 100, warmupEpochs: 2, epochs: 4 };

async function train(changes: Partial<PairSettings> = {}) {
  const told: (StepMessage | EpochMessage)[] = [];
  await trainPair(
    DATA,
    { ...SETTINGS, ...changes },
    {
      turn: () => Promise.resolve(),
      tell: (message) => {
        told.push(message);
      },
    },
  );
  const steps = (racer: string): StepMessage[] =>
    told.filter((message) => message.kind === 'step' && message.racer === racer) as StepMessage[];
  return { told, steps };
}

describe('a pair of trainings', () => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
  });

  it('shares a warm-up, then takes its steps in turns', async () => {
    const { told, steps } = await train();
    expect(steps('recency-bias').map(({ epoch, step }) => `${epoch}.${step}`)).toEqual(
      [1, 2, 3, 4].flatMap((epoch) => [1, 2, 3].map((step) => `${epoch}.${step}`)),
    );
    expect(steps('random').map(({ epoch, step }) => `${epoch}.${step}`)).toEqual(
      [3, 4].flatMap((epoch) => [1, 2, 3].map((step) => `${epoch}.${step}`)),
    );
    let ahead = 0;
    for (const message of told) {
      if (message.kind !== 'step' || message.epoch <= 2) continue;
      ahead += message.racer === 'random' ? 1 : -1;
      expect(Math.abs(ahead)).toBeLessThanOrEqual(1);
    }
  });

  it('tells the predicted labels of both, and random batches hold every digit once an epoch', async () => {
    const { steps } = await train();
    for (const { indices, predictedLabel } of [...steps('random'), ...steps('recency-bias')]) {
      expect(predictedLabel).toHaveLength(indices.length);
      expect(predictedLabel.every((label) => label >= 0 && label < 10)).toBe(true);
    }
    const third = steps('random').filter(({ epoch }) => epoch === 3);
    expect(new Set(third.flatMap(({ indices }) => [...indices])).size).toBe(300);
    const chosen = steps('recency-bias').filter(({ epoch }) => epoch === 3);
    expect(new Set(chosen.flatMap(({ indices }) => [...indices])).size).toBeLessThan(300);
  });

  it('comes out the same for the same seed, and leaves no tensor of its own behind', async () => {
    const before = tf.memory().numTensors;
    const errors = ({ told }: Awaited<ReturnType<typeof train>>) =>
      told.filter(({ kind }) => kind === 'epoch');
    const first = await train();
    expect(errors(await train())).toEqual(errors(first));
    // TensorFlow.js's momentum optimizer keeps its learning rate, a scalar, when it is disposed: four networks were trained.
    expect(tf.memory().numTensors).toBeLessThanOrEqual(before + 4);
    expect(errors(await train({ seed: 4 }))).not.toEqual(errors(first));
  });

  it('uses a network of 5,386 parameters', () => {
    expect(digitNetwork(1).countParams()).toBe(5386);
  });
});
