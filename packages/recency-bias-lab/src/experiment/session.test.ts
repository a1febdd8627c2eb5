import * as tf from '@tensorflow/tfjs';
import { decodeState, encodeState, Random, uniform } from 'recency-bias';
import type { TrainingState } from 'recency-bias/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ImageDataset, ImageSplit } from '../data/image-dataset.js';
import { openModel } from './open-model.js';
import { parseExperiment, resolveExperiment } from './resolve.js';
import { modelContext } from './run-model.js';
import { optimizerNames } from './schema.js';
import { TrainingSession } from './session.js';

function split(size: number, random: Random): ImageSplit {
  const labels = Int32Array.from({ length: size }, (_, i) => i % 2);
  // The classes differ in brightness.
  const images = Uint8Array.from({ length: size * 64 }, (_, i) => random.int(100) + 120 * labels[i >>> 6]!);
  return { size, images, labels };
}

const random = new Random(1);
const dataset: ImageDataset = {
  name: 'made',
  imageShape: [8, 8, 1],
  classes: 2,
  classNames: ['dark', 'light'],
  train: split(32, random),
  test: split(8, random),
};

async function openSession(optimizer: string): Promise<TrainingSession> {
  const parsed = parseExperiment({
    dataset: 'mnist',
    model: { name: 'small-cnn', options: { channels: [2] } },
    optimizer,
    learningRate: { initial: 0.01, steps: [[1, 0.1]] },
    batchSize: 8,
    epochs: 2,
    selectors: { random: 'uniform' },
    backend: 'cpu',
  });
  const experiment = resolveExperiment(parsed, { trainSize: 32, testSize: 8, classes: 2 });
  const opened = await openModel(experiment.model, modelContext({ cache: 'none' }));
  return TrainingSession.open({ experiment, opened, dataset, seed: 1 });
}

interface Trained {
  readonly weights: Float32Array[];
  readonly states: TrainingState[];
}

async function train(optimizer: string, resume?: TrainingState): Promise<Trained> {
  const session = await openSession(optimizer);
  const states: TrainingState[] = [];
  const { stopped, time } = await session.train({
    selector: uniform(),
    timeBefore: { seconds: 100, processorSeconds: 100 },
    saveEverySeconds: 0,
    stop: new AbortController().signal,
    save: (state) => {
      states.push(decodeState(encodeState(state)) as TrainingState);
      return Promise.resolve();
    },
    ...(resume !== undefined && { resume }),
  });
  expect(stopped).toBe(false);
  expect(time.seconds).toBeGreaterThan(100);
  const weights = session.model.getWeights().map((weight) => weight.dataSync() as Float32Array);
  session.dispose();
  return { weights, states };
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('a training session', () => {
  it.each(optimizerNames)(
    'trains with %s under a changing rate, and goes on from any save to the same weights',
    async (optimizer) => {
      const whole = await train(optimizer);
      expect(whole.weights.every((weight) => weight.every(Number.isFinite))).toBe(true);
      for (const at of [1, 4, 6]) {
        const { weights } = await train(optimizer, whole.states[at]);
        expect(weights).toEqual(whole.weights);
      }
    },
  );

  it('saves and says that it was stopped when it is told to', async () => {
    const session = await openSession('sgd');
    const stop = new AbortController();
    const saved: number[] = [];
    stop.abort();
    const { stopped } = await session.train({
      selector: uniform(),
      epochs: 200,
      stop: stop.signal,
      save: ({ epoch }) => {
        saved.push(epoch);
        return Promise.resolve();
      },
    });
    expect(stopped).toBe(true);
    expect(saved.at(-1)).toBeLessThan(200);
  });
});
