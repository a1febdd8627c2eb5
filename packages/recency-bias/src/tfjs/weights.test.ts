import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { onCpuWithoutLeaks } from '../../test/support/leaks.js';
import {
  disposeProblem,
  inputs,
  sequenceModel,
  sparseMlp,
  twoInTwoOut,
  weightsOf,
} from '../../test/support/models.js';
import { probe } from '../../test/support/selectors.js';
import { fit } from './fit.js';
import type { FitArgs } from './types.js';

onCpuWithoutLeaks();

const args = { epochs: 2, batchSize: 8 };
const classWeight = { 0: 0.5, 1: 2, 2: 1.25 };

/** Weights and losses after training `sparseMlp`. */
async function trained(extra: Partial<FitArgs>): Promise<{ weights: number[][]; loss: number[] }> {
  const problem = sparseMlp(20);
  const history = await fit(problem.model, problem.xs, problem.ys, { ...args, selector: probe(), ...extra });
  const weights = await weightsOf(problem.model);
  disposeProblem(problem);
  return { weights, loss: history.history.loss as number[] };
}

function expectClose(actual: number[][], expected: number[][]): void {
  actual.forEach((values, t) => {
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[t]![i]!, 5);
    });
  });
}

describe('weights', () => {
  it('of classes train as in model.fit', async () => {
    const problem = sparseMlp(20);
    const history = await problem.model.fit(problem.xs, problem.ys, { ...args, shuffle: false, classWeight });
    const ours = await trained({ classWeight });
    expectClose(ours.weights, await weightsOf(problem.model));
    expectClose([ours.loss], [history.history.loss as number[]]);
    disposeProblem(problem);
  });

  it('of samples, of the selection and of classes are one and the same factor of the loss', async () => {
    const problem = sparseMlp(20);
    const own = [...(problem.ys as tf.Tensor).dataSync()] as (0 | 1 | 2)[];
    disposeProblem(problem);
    const each = own.map((label) => classWeight[label]);
    const byClass = await trained({ classWeight });
    const tensor = tf.tensor1d(each);
    for (const sampleWeight of [each, Float32Array.from(each), tensor]) {
      const bySample = await trained({ sampleWeight });
      expectClose(bySample.weights, byClass.weights);
      expectClose([bySample.loss], [byClass.loss]);
    }
    tensor.dispose();
    expectClose((await trained({ selector: probe({ weight: (i) => each[i]! }) })).weights, byClass.weights);
    const split = await trained({
      selector: probe({ weight: (i) => each[i]! / 4 }),
      sampleWeight: each.map((_, i) => 2 ** (i % 3)),
      classWeight: { 0: 4, 1: 4, 2: 4 },
    });
    const product = await trained({ sampleWeight: each.map((weight, i) => weight * 2 ** (i % 3)) });
    expectClose(split.weights, product.weights);
  });

  it('of zero leave a sample out: the loss is the sum over the others by the size of the batch', async () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 1, inputShape: [1], useBias: false, kernelInitializer: 'ones' })],
    });
    model.compile({ optimizer: tf.train.sgd(1), loss: 'meanSquaredError' });
    const xs = tf.tensor2d([[1], [2]]);
    const ys = tf.tensor2d([[0], [5]]);
    const history = await fit(model, xs, ys, { epochs: 1, sampleWeight: [0, 0.5], selector: probe() });
    // Sample 1: loss (2 - 5)^2 = 9; gradient 2 (2 - 5) 2 = -12; both by weight 1/2 and batch size 2.
    expect(history.history.loss).toEqual([2.25]);
    expect(await weightsOf(model)).toEqual([[4]]);
    disposeProblem({ model, xs, ys });
  });

  it('hold for every step of a sequence and every output', async () => {
    const sequence = sequenceModel(12);
    const double = sequenceModel(12);
    double.model.optimizer.dispose();
    const rate = (value: number): tf.Optimizer => tf.train.sgd(value);
    sequence.model.compile({ optimizer: rate(0.1), loss: 'categoricalCrossentropy' });
    double.model.compile({ optimizer: rate(0.05), loss: 'categoricalCrossentropy' });
    await fit(sequence.model, sequence.xs, sequence.ys, { ...args, selector: probe() });
    await fit(double.model, double.xs, double.ys, { ...args, selector: probe({ weight: () => 2 }) });
    expectClose(await weightsOf(double.model), await weightsOf(sequence.model));
    disposeProblem(sequence);
    disposeProblem(double);

    const one = twoInTwoOut(12);
    const two = twoInTwoOut(12);
    one.model.compile({ optimizer: rate(0.1), loss: ['sparseCategoricalCrossentropy', 'meanSquaredError'] });
    two.model.compile({ optimizer: rate(0.05), loss: ['sparseCategoricalCrossentropy', 'meanSquaredError'] });
    await fit(one.model, one.xs, one.ys, { ...args, watch: 0, selector: probe() });
    await fit(two.model, two.xs, two.ys, { ...args, watch: 0, selector: probe({ weight: () => 2 }) });
    expectClose(await weightsOf(two.model), await weightsOf(one.model));
    disposeProblem(one);
    disposeProblem(two);
  });

  it('do not enter the loss that the selector sees', async () => {
    const problem = sparseMlp(8);
    const plain = probe({ signals: ['loss'] });
    const weighted = probe({ signals: ['loss'], weight: () => 3 });
    const reference = sparseMlp(8);
    await fit(problem.model, problem.xs, problem.ys, { epochs: 1, selector: plain });
    await fit(reference.model, reference.xs, reference.ys, { epochs: 1, selector: weighted });
    expect(weighted.made[0]!.observations).toEqual(plain.made[0]!.observations);
    disposeProblem(problem);
    disposeProblem(reference);
  });

  it('that are negative, not finite or too few are an error', async () => {
    const problem = { ...sparseMlp(4), extra: inputs([1]) };
    const run = (sampleWeight: number[]): Promise<tf.History> =>
      fit(problem.model, problem.xs, problem.ys, { epochs: 1, sampleWeight, selector: probe() });
    await expect(run([1, 1, -1, 1])).rejects.toThrow('args.sampleWeight[2] is -1; expected a finite number');
    await expect(run([1, NaN, 1, 1])).rejects.toThrow('args.sampleWeight[1] is NaN');
    await expect(run([1, 1])).rejects.toThrow('args.sampleWeight has 2 weights for 4 samples');
    for (const weight of [0, -1, Infinity, NaN]) {
      await expect(
        fit(problem.model, problem.xs, problem.ys, { epochs: 1, selector: probe({ weight: () => weight }) }),
      ).rejects.toThrow(
        `selector "probe" returned weight ${weight} for sample 0; expected a positive number`,
      );
    }
    problem.extra.dispose();
    disposeProblem(problem);
  });
});
