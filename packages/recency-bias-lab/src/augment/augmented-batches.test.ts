import * as tf from '@tensorflow/tfjs';
import { decodeState, encodeState, Random, recencyBias, uniform } from 'recency-bias';
import { fit } from 'recency-bias/tfjs';
import type { TrainingState } from 'recency-bias/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { pixelMoments } from '../data/image-batches.js';
import type { ImageDataset, ImageSplit } from '../data/image-dataset.js';
import { softmaxCrossentropy } from '../experiment/training/crossentropy.js';
import { networkRegistry } from '../models/registry.js';
import { AugmentedBatches } from './augmented-batches.js';
import { resolveAugmentation } from './policies.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const random = new Random(4);
const train: ImageSplit = {
  size: 24,
  images: Uint8Array.from({ length: 24 * 48 }, () => random.int(256)),
  labels: Int32Array.from({ length: 24 }, (_, i) => i % 3),
};
const dataset: ImageDataset = {
  name: 'noise',
  imageShape: [4, 4, 3],
  classes: 3,
  classNames: ['a', 'b', 'c'],
  train,
  test: train,
};
const augmentation = resolveAugmentation({ name: 'authors', padding: 1 });

const batches = (seed = 1): AugmentedBatches =>
  new AugmentedBatches(train, dataset, pixelMoments(train, 3), augmentation, new Random(seed));

function read(data: AugmentedBatches): Float32Array {
  return tf.tidy(() => data.images(Int32Array.of(0, 1, 2)).dataSync<'float32'>());
}

function network(): tf.LayersModel {
  const model = networkRegistry
    .get('small-cnn')!
    .create({ imageShape: [4, 4, 3], classes: 3, weightDecay: 1e-3, seed: 2 }, { channels: [4] });
  model.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss: softmaxCrossentropy });
  return model;
}

const weightsOf = (model: tf.LayersModel): number[][] => model.getWeights().map((w) => [...w.dataSync()]);

describe('AugmentedBatches', () => {
  it('differ each time that they are read', () => {
    const data = batches();
    expect(read(data)).not.toEqual(read(data));
  });

  it('go on where their state was saved', () => {
    const data = batches();
    read(data);
    const state = decodeState(encodeState(data.stateDict()));
    const next = read(data);
    const other = batches(77);
    other.loadStateDict(state);
    expect(read(other)).toEqual(next);
  });

  it('refuse a state that is not theirs', () => {
    expect(() => {
      batches().loadStateDict({ version: 1 });
    }).toThrow('no state of the augmentation');
    expect(() => {
      batches().loadStateDict({ version: 2, random: new Random(0).stateDict() });
    }).toThrow('no state of the augmentation');
  });

  it.each([
    ['uniform', uniform()],
    ['recency-bias', recencyBias({ window: 2, warmupEpochs: 1 })],
  ] as const)('train with %s to the same bits from any saved step', async (_, selector) => {
    const args = { epochs: 3, batchSize: 6, seed: 8, selector };
    const states: TrainingState[] = [];
    const whole = network();
    await fit(whole, batches(), {
      ...args,
      checkpoint: { everySteps: 3, save: (state) => void states.push(state) },
    });
    const expected = weightsOf(whole);
    expect(states.length).toBeGreaterThan(4);
    for (const resume of states) {
      const part = network();
      // The seed given here must not matter: the state has the stream's position.
      await fit(part, batches(99), { ...args, resume });
      expect(weightsOf(part)).toEqual(expected);
      part.dispose();
    }
    whole.dispose();
  });
});
