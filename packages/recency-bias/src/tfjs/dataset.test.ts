import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { onCpuWithoutLeaks } from '../../test/support/leaks.js';
import {
  customRegression,
  disposeProblem,
  oneHotCnn,
  sparseMlp,
  twoInTwoOut,
  weightsOf,
} from '../../test/support/models.js';
import { probe } from '../../test/support/selectors.js';
import type { StateDict } from '../core/selector.js';
import { fit } from './fit.js';
import type { Batch, RandomAccessDataset } from './data/data.js';
import type { TrainingState } from './state/training-state.js';

onCpuWithoutLeaks();

const rows = (tensor: tf.Tensor, indices: Int32Array): tf.Tensor => tf.gather(tensor, Array.from(indices));

describe('fit with a data set', () => {
  it('trains to the same weights as with the tensors, sync or async, single or a list or a map', async () => {
    const args = { epochs: 2, batchSize: 8, watch: 'kind' };
    const reference = twoInTwoOut(20);
    await fit(reference.model, reference.xs, reference.ys, { ...args, selector: probe({ shuffled: true }) });
    const expected = await weightsOf(reference.model);
    const [a, b] = reference.xs as [tf.Tensor, tf.Tensor];
    const [kind, amount] = reference.ys as [tf.Tensor, tf.Tensor];
    const list = (at: Int32Array): Batch => ({
      xs: [rows(a, at), rows(b, at)],
      ys: [rows(kind, at), rows(amount, at)],
    });
    const map = (at: Int32Array): Batch => ({
      xs: { b: rows(b, at), a: rows(a, at) },
      ys: { amount: rows(amount, at), kind: rows(kind, at) },
    });
    for (const batch of [
      list,
      map,
      async (at: Int32Array): Promise<Batch> => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        return list(at);
      },
    ]) {
      const { model, ...data } = twoInTwoOut(20);
      await fit(model, { size: 20, batch }, { ...args, selector: probe({ shuffled: true }) });
      expect(await weightsOf(model)).toEqual(expected);
      disposeProblem({ model, ...data });
    }
    disposeProblem(reference);
  });

  it('saves and restores the state of the data set', async () => {
    const problem = sparseMlp(20);
    const noisy = (): RandomAccessDataset & { stateDict(): StateDict } => {
      let draws = 0;
      return {
        size: 20,
        classes: 3,
        batch: (at) => {
          draws++;
          return tf.tidy(() => ({
            xs: rows(problem.xs as tf.Tensor, at).add<tf.Tensor>(draws / 10),
            ys: rows(problem.ys as tf.Tensor, at),
          }));
        },
        stateDict: () => ({ version: 1, draws }),
        loadStateDict: (state) => {
          draws = state.draws as number;
        },
      };
    };
    const args = { epochs: 2, batchSize: 6 };
    const states: TrainingState[] = [];
    await fit(problem.model, noisy(), {
      ...args,
      selector: probe({ shuffled: true }),
      checkpoint: { everySteps: 3, save: (state) => void states.push(state) },
    });
    const expected = await weightsOf(problem.model);
    for (const resume of states) {
      const again = sparseMlp(20);
      await fit(again.model, noisy(), { ...args, selector: probe({ shuffled: true }), resume });
      expect(await weightsOf(again.model)).toEqual(expected);
      disposeProblem(again);
    }
    disposeProblem(problem);
  });

  it('takes the number of classes from the output, and from the data set where the output does not tell', async () => {
    const regression = customRegression(10);
    const data = (classes?: number): RandomAccessDataset => ({
      size: 10,
      ...(classes === undefined ? {} : { classes }),
      batch: (at) => ({ xs: rows(regression.xs as tf.Tensor, at), ys: rows(regression.ys as tf.Tensor, at) }),
    });
    for (const [declared, classes] of [
      [undefined, 0],
      [2, 2],
      [0, 0],
    ] as const) {
      const selector = probe();
      await fit(regression.model, data(declared), { epochs: 1, selector });
      expect(selector.made[0]!.run.classes).toBe(classes);
    }
    await expect(fit(regression.model, data(5), { epochs: 1, selector: probe() })).rejects.toThrow(
      /dataset.classes is 5, but output "\w+" has 2 classes/,
    );
    disposeProblem(regression);
  });

  const cases: [string, (xs: tf.Tensor, ys: tf.Tensor) => unknown, string][] = [
    [
      'too few rows',
      (xs, ys) => ({ xs: xs.slice(0, 3), ys: ys.slice(0, 4) }),
      'of shape [3, 6, 6, 1] for 4 indices',
    ],
    [
      'labels of another length',
      (xs, ys) => ({ xs: xs.slice(0, 4), ys: ys.slice(0, 5) }),
      'of shape [5, 4] for 4 indices',
    ],
    [
      'inputs of another shape',
      (xs, ys) => ({ xs: xs.slice(0, 4).reshape([4, 36]), ys: ys.slice(0, 4) }),
      'to have 4 dimension(s)',
    ],
    [
      'sparse labels for a one-hot loss',
      (xs, ys) => ({ xs: xs.slice(0, 4), ys: ys.slice(0, 4).argMax(1) }),
      'example has shape [4]',
    ],
    ['no tensors', () => ({ xs: 1, ys: [2] }), 'dataset.batch must return {xs, ys} of tensors, but xs is 1'],
    ['nothing', () => undefined, 'dataset.batch returned undefined; expected { xs, ys }'],
    [
      'too many inputs',
      (xs, ys) => ({ xs: [xs.slice(0, 4), xs.slice(0, 4)], ys: ys.slice(0, 4) }),
      'dataset.batch returned 2 values as xs; expected 1 tensors',
    ],
    [
      'a map without the output',
      (xs, ys) => ({ xs: xs.slice(0, 4), ys: { other: ys.slice(0, 4) } }),
      'dataset.batch returned no tensor ys.dense',
    ],
  ];
  it.each(cases)('refuses a batch with %s', async (_, batch, message) => {
    const problem = oneHotCnn(8);
    const inner = tf.memory().numTensors;
    const dataset = {
      size: 8,
      batch: () =>
        tf.tidy(() => batch(problem.xs as tf.Tensor, problem.ys as tf.Tensor) as tf.TensorContainer),
    } as unknown as RandomAccessDataset;
    await expect(fit(problem.model, dataset, { epochs: 1, batchSize: 4, selector: probe() })).rejects.toThrow(
      message,
    );
    expect(tf.memory().numTensors).toBe(inner);
    disposeProblem(problem);
  });
});
