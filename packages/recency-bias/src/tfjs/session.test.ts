import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { onCpuWithoutLeaks } from '../../test/support/leaks.js';
import { disposeProblem, sparseMlp, weightsOf } from '../../test/support/models.js';
import { probe } from '../../test/support/selectors.js';
import { recencyBias } from '../selectors/recency-bias.js';
import { fit } from './fit.js';
import { captureModel, restoreModel } from './state/checkpoint.js';
import { selection } from './session.js';

onCpuWithoutLeaks();

const factory = recencyBias({ window: 2, warmupEpochs: 2 });
const EPOCHS = 6;

/** Weights after all epochs, in one call or in calls that `train` makes. */
async function weightsAfter(
  train: (problem: ReturnType<typeof sparseMlp>) => Promise<unknown>,
): Promise<number[][]> {
  const problem = sparseMlp(20);
  await train(problem);
  const weights = await weightsOf(problem.model);
  disposeProblem(problem);
  return weights;
}

describe('a selection that lives across calls', () => {
  it('trains in calls of one epoch as one call does, to the bit', async () => {
    const whole = await weightsAfter(({ model, xs, ys }) =>
      fit(model, xs, ys, { epochs: EPOCHS, batchSize: 8, selector: factory }),
    );
    const each = await weightsAfter(async ({ model, xs, ys }) => {
      const session = selection(factory, { epochs: EPOCHS });
      for (let epoch = 0; epoch < EPOCHS; epoch++) {
        await fit(model, xs, ys, { epochs: 1, batchSize: 8, selector: session });
      }
      expect(session.epoch).toBe(EPOCHS);
      expect(session.selector!.name).toBe('recency-bias');
    });
    const counted = await weightsAfter(async ({ model, xs, ys }) => {
      const session = selection(factory, { epochs: EPOCHS });
      for (let epoch = 0; epoch < EPOCHS; epoch += 2) {
        await fit(model, xs, ys, { initialEpoch: epoch, epochs: epoch + 2, batchSize: 8, selector: session });
      }
    });
    expect(each).toEqual(whole);
    expect(counted).toEqual(whole);
  });

  it('goes on from its state and that of the model', async () => {
    const train = (restart: boolean): Promise<number[][]> =>
      weightsAfter(async ({ model, xs, ys }) => {
        let session = selection(factory, { epochs: EPOCHS, seed: 3 });
        for (let epoch = 0; epoch < EPOCHS; epoch++) {
          if (restart && epoch === 3) {
            const state = structuredClone({ session: session.stateDict(), model: await captureModel(model) });
            session = selection(factory, { epochs: EPOCHS, seed: 3 });
            session.loadStateDict(state.session);
            restoreModel(model, state.model);
          }
          await fit(model, xs, ys, { epochs: 1, batchSize: 8, selector: session });
        }
      });
    expect(await train(true)).toEqual(await train(false));
  });

  it('refuses more epochs than it was made for, other data, and what belongs to a run of its own', async () => {
    const problem = sparseMlp(20);
    const { model, xs, ys } = problem;
    const session = selection(probe(), { epochs: 2 });
    await expect(fit(model, xs, ys, { epochs: 3, selector: session })).rejects.toThrow(
      'the session is made for 2 epochs, of which 0 have begun, but this call has 3',
    );
    await expect(fit(model, xs, ys, { epochs: 1, seed: 1, selector: session })).rejects.toThrow(
      'give the seed to selection(...)',
    );
    await expect(
      fit(model, xs, ys, { epochs: 1, selector: session, checkpoint: { save: () => undefined } }),
    ).rejects.toThrow('args.checkpoint does not go with a selection that lives across calls');
    await fit(model, xs, ys, { epochs: 1, selector: session });
    const fewX = tf.slice(xs as tf.Tensor, 0, 5);
    const fewY = tf.slice(ys as tf.Tensor, 0, 5);
    await expect(fit(model, fewX, fewY, { epochs: 1, selector: session })).rejects.toThrow(
      'the session selects among 20 samples of 3 classes, but this call has 5 of 3',
    );
    expect(() => selection(probe(), { epochs: 0 })).toThrow('selection: epochs is 0');
    tf.dispose([fewX, fewY]);
    disposeProblem(problem);
  });
});
