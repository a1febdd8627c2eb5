import * as tf from '@tensorflow/tfjs';
import 'tfjs-wasm-training';
import { beforeAll, describe, expect, it } from 'vitest';
import { disposeProblem, oneHotCnn, weightsOf } from '../../test/support/models.js';
import { recencyBias, uniform } from '../index.js';
import { fit } from './fit.js';
import type { TrainingState } from './state/training-state.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe('a CNN with batch norm on the wasm backend, with tfjs-wasm-training', () => {
  it('trains in sequential order as in model.fit', async () => {
    const before = tf.memory().numTensors;
    const ours = oneHotCnn();
    const theirs = oneHotCnn();
    const args = { epochs: 3, batchSize: 16 };
    const history = await fit(ours.model, ours.xs, ours.ys, {
      ...args,
      selector: uniform({ order: 'sequential' }),
    });
    const expected = await theirs.model.fit(theirs.xs, theirs.ys, { ...args, shuffle: false });
    expect(history.history).toEqual(expected.history);
    expect(await weightsOf(ours.model)).toEqual(await weightsOf(theirs.model));
    disposeProblem(ours);
    disposeProblem(theirs);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('goes on to the same bits from any saved step', async () => {
    const args = { epochs: 3, batchSize: 16, seed: 2 };
    const selector = recencyBias({ window: 2, warmupEpochs: 1 });
    const states: TrainingState[] = [];
    const whole = oneHotCnn();
    await fit(whole.model, whole.xs, whole.ys, {
      ...args,
      selector,
      checkpoint: { everySteps: 2, save: (state) => void states.push(state) },
    });
    const expected = await weightsOf(whole.model);
    for (const resume of states) {
      const part = oneHotCnn();
      await fit(part.model, part.xs, part.ys, { ...args, selector, resume });
      expect(await weightsOf(part.model)).toEqual(expected);
      disposeProblem(part);
    }
    disposeProblem(whole);
  });
});
