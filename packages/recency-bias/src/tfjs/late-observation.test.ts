import * as tf from '@tensorflow/tfjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { disposeProblem, sparseMlp, weightsOf } from '../../test/support/models.js';
import { probe } from '../../test/support/selectors.js';
import { fit } from './fit.js';
import type { TrainingState } from './state/training-state.js';

// The rule goes by the backend's name, so the cpu backend under the name of a GPU backend runs that path in Node.
beforeAll(() => {
  tf.copyRegisteredKernels('cpu', 'webgpu');
  tf.registerBackend('webgpu', () => new tf.MathBackendCPU());
});
afterEach(async () => {
  await tf.setBackend('cpu');
});
afterAll(() => {
  tf.removeBackend('webgpu');
});

const args = { epochs: 2, batchSize: 4, seed: 3 };

describe('observations', () => {
  it('come at once on a synchronous backend', async () => {
    await tf.setBackend('cpu');
    const problem = sparseMlp(10);
    const selector = probe({ signals: ['predictedLabel'] });
    await fit(problem.model, problem.xs, problem.ys, { ...args, epochs: 1, selector });
    expect(selector.made[0]!.events).toEqual([
      'epoch 1',
      'select 0,1,2,3',
      'observe 0,1,2,3',
      'select 4,5,6,7',
      'observe 4,5,6,7',
      'select 8,9',
      'observe 8,9',
    ]);
    disposeProblem(problem);
  });

  it('come exactly one step late on an asynchronous backend, and all before the next epoch', async () => {
    await tf.setBackend('webgpu');
    const tensors = tf.memory().numTensors;
    const problem = sparseMlp(10);
    const selector = probe({ signals: ['predictedLabel'] });
    await fit(problem.model, problem.xs, problem.ys, { ...args, selector });
    const epoch = [
      'select 0,1,2,3',
      'select 4,5,6,7',
      'observe 0,1,2,3',
      'select 8,9',
      'observe 4,5,6,7',
      'observe 8,9',
    ];
    expect(selector.made[0]!.events).toEqual(['epoch 1', ...epoch, 'epoch 2', ...epoch]);
    disposeProblem(problem);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('that are still on their way are part of the state, so that saving changes nothing', async () => {
    await tf.setBackend('webgpu');
    const tensors = tf.memory().numTensors;
    const options = { signals: ['loss', 'gradNormBound'] as const, shuffled: true };
    const plain = sparseMlp(22);
    await fit(plain.model, plain.xs, plain.ys, { ...args, selector: probe(options) });
    const expected = await weightsOf(plain.model);
    const states: TrainingState[] = [];
    const saving = sparseMlp(22);
    const whole = probe(options);
    await fit(saving.model, saving.xs, saving.ys, {
      ...args,
      selector: whole,
      checkpoint: { everySteps: 1, save: (state) => void states.push(structuredClone(state)) },
    });
    expect(await weightsOf(saving.model)).toEqual(expected);
    expect(states.filter(({ step }) => step > 0).every(({ pending }) => pending !== null)).toBe(true);
    for (const resume of states) {
      const part = sparseMlp(22);
      const selector = probe(options);
      await fit(part.model, part.xs, part.ys, { ...args, selector, resume });
      expect(await weightsOf(part.model)).toEqual(expected);
      const done = resume.epoch * 6 + resume.step;
      expect(selector.made[0]!.selections).toEqual(whole.made[0]!.selections.slice(done));
      disposeProblem(part);
    }
    disposeProblem(plain);
    disposeProblem(saving);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('find a loss that is not finite one step late, naming the step in which it arose, and lose no tensor', async () => {
    await tf.setBackend('webgpu');
    const tensors = tf.memory().numTensors;
    const problem = sparseMlp(12);
    const values = (await (problem.xs as tf.Tensor).data()).slice();
    values[6 * 5] = NaN;
    const xs = tf.tensor(values, [12, 6]);
    const selector = probe();
    await expect(fit(problem.model, xs, problem.ys, { ...args, selector })).rejects.toThrow(
      'the loss of sample 5 is NaN in epoch 1, step 2',
    );
    expect(selector.made[0]!.selections).toHaveLength(3);
    await expect(
      fit(problem.model, problem.xs, problem.ys, {
        ...args,
        selector: probe(),
        callbacks: {
          onBatchBegin: (batch) => {
            if (batch === 1) throw new Error('boom');
          },
        },
      }),
    ).rejects.toThrow('boom');
    xs.dispose();
    disposeProblem(problem);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('that are still on their way belong to one kind of selector, so it can change between epochs only', async () => {
    await tf.setBackend('webgpu');
    const problem = sparseMlp(10);
    let state: TrainingState | undefined;
    await fit(problem.model, problem.xs, problem.ys, {
      ...args,
      selector: probe({ signals: ['loss'] }),
      checkpoint: { everySteps: 2, save: (saved) => void (state ??= saved) },
    });
    await expect(
      fit(problem.model, problem.xs, problem.ys, {
        ...args,
        selector: probe({ signals: ['predictedLabel'] }),
        resume: state!,
      }),
    ).rejects.toThrow('change the selector between epochs only');
    disposeProblem(problem);
  });
});
