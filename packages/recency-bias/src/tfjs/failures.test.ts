import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { onCpuWithoutLeaks } from '../../test/support/leaks.js';
import { customRegression, disposeProblem, sparseMlp, twoInTwoOut } from '../../test/support/models.js';
import { probe, returning } from '../../test/support/selectors.js';
import { fit } from './fit.js';
import { NonFiniteLossError } from './measuring/non-finite-loss.js';
import type { LossFunction } from './internals/model-internals.js';
import type { TrainingState } from './state/training-state.js';
import type { FitArgs } from './types.js';

const leaks = onCpuWithoutLeaks();

describe('a loss that is not finite', () => {
  const poisoned = async (): Promise<{ problem: ReturnType<typeof customRegression>; xs: tf.Tensor }> => {
    const problem = customRegression(20);
    const values = await (problem.xs as tf.Tensor).data();
    values[4 * 13] = NaN;
    return { problem, xs: tf.tensor(values.slice(), [20, 4]) };
  };

  it('stops training with the epoch, the step and the first bad sample, and keeps what was computed', async () => {
    for (const signals of [[], ['loss']] as const) {
      const problem = sparseMlp(20);
      const states: TrainingState[] = [];
      const bad = tf.tidy(() => {
        const buffer = (problem.xs as tf.Tensor).bufferSync();
        return { xs: buffer.toTensor() };
      });
      let steps = 0;
      const dataset = {
        size: 20,
        batch: (at: Int32Array) =>
          tf.tidy(() => {
            const rows = Array.from(at);
            const xs = tf.gather(bad.xs, rows);
            // In the second epoch, sample 13 goes bad.
            const spoilt = ++steps > 3 && rows.includes(13);
            const mask = tf.tensor1d(rows.map((i) => (i === 13 && spoilt ? NaN : 1)));
            return { xs: xs.mul(mask.expandDims(1)), ys: tf.gather(problem.ys as tf.Tensor, rows) };
          }),
      };
      const selector = probe({ signals });
      const error: unknown = await fit(problem.model, dataset, {
        epochs: 3,
        batchSize: 8,
        selector,
        checkpoint: { save: (state) => void states.push(state) },
      }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(NonFiniteLossError);
      expect(error).toMatchObject({ epoch: 2, step: 2, index: 13, loss: NaN });
      expect((error as Error).message).toContain(
        'the loss of sample 13 is NaN in epoch 2, step 2; training stopped. Lower the learning rate or look at that sample. The state saved last is the end of epoch 1.',
      );
      expect(states).toHaveLength(1);
      expect(problem.model.history.history.loss).toEqual([expect.closeTo(1.1, 0)]);
      expect(selector.made[0]!.events.at(-1)).toBe('select 8,9,10,11,12,13,14,15');
      bad.xs.dispose();
      disposeProblem(problem);
    }
  });

  it('is found under a loss function that returns the mean, too', async () => {
    const { problem, xs } = await poisoned();
    problem.model.compile({
      optimizer: problem.model.optimizer,
      loss: (yTrue, yPred) => tf.losses.meanSquaredError(yTrue, yPred),
    });
    await expect(
      fit(problem.model, xs, problem.ys, { epochs: 1, batchSize: 5, selector: probe() }),
    ).rejects.toThrow('is NaN in epoch 1, step 3');
    xs.dispose();
    disposeProblem(problem);
  });

  it('is found in any output, watched or not', async () => {
    const problem = twoInTwoOut(10);
    const [kind, amount] = problem.ys as [tf.Tensor, tf.Tensor];
    const bad = tf.tensor2d(Array.from({ length: 10 }, (_, i) => [i === 7 ? Infinity : 0]));
    await expect(
      fit(problem.model, problem.xs, [kind, bad], {
        epochs: 1,
        watch: 'kind',
        selector: probe({ signals: ['loss'] }),
      }),
    ).rejects.toThrow('the loss of sample 7 is Infinity in epoch 1, step 1');
    bad.dispose();
    amount.dispose();
    disposeProblem(problem);
  });
});

describe('after an error', () => {
  it('anywhere, the model has its own loss functions and can be trained again', async () => {
    const boom = (): never => {
      throw new Error('boom');
    };
    const problem = sparseMlp(20);
    const inner = (problem.model as unknown as { model: { lossFunctions: LossFunction[] } }).model;
    const { lossFunctions } = inner;
    // The first step makes the optimizer's slots, which stay.
    await fit(problem.model, problem.xs, problem.ys, { epochs: 1, selector: probe() });
    const failing: Partial<FitArgs>[] = [
      ...(
        ['onTrainBegin', 'onTrainEnd', 'onEpochBegin', 'onEpochEnd', 'onBatchBegin', 'onBatchEnd'] as const
      ).map((hook) => ({ callbacks: { [hook]: boom } })),
      { onStep: boom },
      { onSelector: boom },
      { checkpoint: { save: boom } },
      { checkpoint: { everySteps: 2, save: boom } },
      { selector: boom },
      { selector: returning(boom) },
      { callbacks: { onBatchEnd: (batch) => (batch === 1 ? boom() : undefined) } },
    ];
    for (const extra of failing) {
      const tensors = tf.memory().numTensors;
      await expect(
        fit(problem.model, problem.xs, problem.ys, {
          epochs: 2,
          batchSize: 8,
          validationSplit: 0.2,
          selector: probe({ signals: ['loss'] }),
          ...extra,
        }),
      ).rejects.toThrow('boom');
      expect(inner.lossFunctions).toBe(lossFunctions);
      expect(tf.memory().numTensors).toBe(tensors);
    }
    const tensors = tf.memory().numTensors;
    await fit(problem.model, problem.xs, problem.ys, { epochs: 1, selector: probe() });
    expect(tf.memory().numTensors).toBe(tensors);
    disposeProblem(problem);
  });

  it('of the loss function itself, no more tensors are lost than by model.fit', async () => {
    const lost = async (
      train: (problem: ReturnType<typeof sparseMlp>) => Promise<tf.History>,
    ): Promise<number> => {
      const problem = sparseMlp(20);
      let calls = 0;
      problem.model.compile({
        optimizer: 'sgd',
        loss: (yTrue, yPred) => {
          if (++calls === 3) throw new Error('boom');
          return tf.mean(tf.squaredDifference(yTrue, yPred), -1);
        },
      });
      tf.dispose(problem.ys);
      const ys = tf.zeros([20, 3]);
      const tensors = tf.memory().numTensors;
      await expect(train({ ...problem, ys })).rejects.toThrow('boom');
      const count = tf.memory().numTensors - tensors;
      disposeProblem({ ...problem, ys });
      return count;
    };
    const theirs = await lost(({ model, xs, ys }) => model.fit(xs, ys, { batchSize: 4 }));
    const ours = await lost(({ model, xs, ys }) =>
      fit(model, xs, ys, { epochs: 1, batchSize: 4, selector: probe() }),
    );
    expect(ours).toBeLessThanOrEqual(theirs);
    leaks.accept();
  });

  it('of a data set, the run ends with that error', async () => {
    const problem = sparseMlp(20);
    const dataset = { size: 20, batch: () => Promise.reject(new Error('disk on fire')) };
    await expect(fit(problem.model, dataset, { epochs: 1, selector: probe() })).rejects.toThrow(
      'disk on fire',
    );
    disposeProblem(problem);
  });
});
