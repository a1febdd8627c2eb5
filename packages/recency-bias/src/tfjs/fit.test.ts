import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  binaryMlp,
  customRegression,
  disposeProblem,
  oneHotCnn,
  sequenceModel,
  sparseMlp,
  twoInTwoOut,
  weightsOf,
  type Problem,
} from '../../test/support/models.js';
import { probe } from '../../test/support/selectors.js';
import { fit } from './fit.js';
import type { FitArgs } from './types.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function expectClose(actual: number[][], expected: number[][], tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((values, t) => {
    values.forEach((value, i) => {
      expect(Math.abs(value - expected[t]![i]!)).toBeLessThanOrEqual(tolerance);
    });
  });
}

const problems: [string, () => Problem, Partial<FitArgs>][] = [
  ['a softmax MLP on sparse labels with Adam', sparseMlp, {}],
  ['a CNN with batch norm, an L2 penalty and momentum on one-hot labels', oneHotCnn, {}],
  ['a sigmoid MLP with Nesterov momentum', binaryMlp, {}],
  ['a regression with a loss function and SGD', customRegression, {}],
  ['two inputs and two outputs with RMSProp', twoInTwoOut, { watch: 'kind' }],
  ['a sequence output with Adagrad', sequenceModel, {}],
];

describe('fit with batches in order', () => {
  it.each(problems)('trains %s to the weights and History of model.fit', async (_, make, extra) => {
    const before = tf.memory().numTensors;
    const ours = make();
    const theirs = make();
    const common = { epochs: 3, batchSize: 16, validationSplit: 0.2 };
    const theirHistory = await theirs.model.fit(theirs.xs, theirs.ys, { ...common, shuffle: false });
    const history = await fit(ours.model, ours.xs, ours.ys, { ...common, ...extra, selector: probe() });
    expectClose(await weightsOf(ours.model), await weightsOf(theirs.model));
    expect(history.epoch).toEqual(theirHistory.epoch);
    expect(Object.keys(history.history)).toEqual(Object.keys(theirHistory.history));
    for (const [key, values] of Object.entries(theirHistory.history)) {
      expectClose([history.history[key] as number[]], [values as number[]]);
    }
    disposeProblem(ours);
    disposeProblem(theirs);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('takes maps by input and output name as well as lists', async () => {
    const lists = twoInTwoOut();
    const maps = twoInTwoOut();
    const args = { epochs: 2, batchSize: 16, watch: 'amount', validationSplit: 0.2 };
    const [a, b] = maps.xs as [tf.Tensor, tf.Tensor];
    const [kind, amount] = maps.ys as [tf.Tensor, tf.Tensor];
    const expected = await fit(lists.model, lists.xs, lists.ys, { ...args, selector: probe() });
    const history = await fit(maps.model, { b, a }, { amount, kind }, { ...args, selector: probe() });
    expect(history.history).toEqual(expected.history);
    expect(await weightsOf(maps.model)).toEqual(await weightsOf(lists.model));
    disposeProblem(lists);
    disposeProblem(maps);
  });

  it('ends an epoch when the selector does, after more or fewer batches than the data have', async () => {
    for (const batches of [1, 2, 6]) {
      const { model, xs, ys } = sparseMlp(64);
      const sizes: number[] = [];
      const history = await fit(model, xs, ys, {
        epochs: 2,
        batchSize: 16,
        selector: probe({ batches, shuffled: true, rows: 16 }),
        callbacks: { onBatchEnd: (_, logs) => void sizes.push(logs!.size!) },
      });
      expect(history.epoch).toEqual([0, 1]);
      expect(sizes).toEqual(Array.from({ length: 2 * batches }, () => 16));
    }
  });
});
