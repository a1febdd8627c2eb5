import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { onCpuWithoutLeaks } from '../../test/support/leaks.js';
import {
  binaryMlp,
  customRegression,
  disposeProblem,
  inputs,
  oneHotCnn,
  sequenceModel,
  sparseMlp,
  twoInTwoOut,
  type Problem,
} from '../../test/support/models.js';
import { probe } from '../../test/support/selectors.js';
import type { Observation } from '../core/selector.js';
import { onlineBatch } from '../selectors/online-batch.js';
import { withBatchLoss } from '../selectors/with-batch-loss.js';
import { fit } from './fit.js';
import type { FitArgs } from './types.js';

onCpuWithoutLeaks();

const ALL = [
  'loss',
  'batchLoss',
  'predictedLabel',
  'margin',
  'trueClassProbability',
  'gradNormBound',
  'boundaryDistance',
] as const;

function rowsOf(tensor: tf.Tensor): number[][] {
  return tf.tidy(() => tensor.reshape([tensor.shape[0], -1]).arraySync() as number[][]);
}

/** The observation of the first step, and the outputs of the model before it, row by row. */
async function firstStep(
  problem: Problem,
  extra: Partial<FitArgs> = {},
  output = 0,
): Promise<{ seen: Observation; outputs: number[][]; targets: number[][] }> {
  const { model, xs, ys } = problem;
  const { outputs, targets } = tf.tidy(() => ({
    outputs: [model.predict(xs)].flat()[output]!.arraySync() as number[][],
    targets: rowsOf([ys].flat()[output]!),
  }));
  const selector = probe({ signals: ALL });
  await fit(model, xs, ys, { epochs: 1, batchSize: 64, ...extra, selector });
  return { seen: selector.made[0]!.observations[0]!, outputs, targets };
}

const softmax = (row: number[]): number[] => {
  const exp = row.map((value) => Math.exp(value));
  const sum = exp.reduce((a, b) => a + b);
  return exp.map((value) => value / sum);
};

/** Expects each signal to follow from probabilities and labels. */
function expectSignals(seen: Observation, probabilities: number[][], own: number[]): void {
  probabilities.forEach((p, i) => {
    const label = own[i]!;
    expect(seen.predictedLabel[i]).toBe(p.indexOf(Math.max(...p)));
    expect(seen.trueClassProbability[i]).toBeCloseTo(p[label]!, 5);
    const distance = Math.hypot(...p.map((value, k) => value - (k === label ? 1 : 0)));
    expect(seen.gradNormBound[i]).toBeCloseTo(distance, 5);
    const deviation = Math.sqrt(p.reduce((sum, value) => sum + (value - 1 / p.length) ** 2, 0) / p.length);
    expect(seen.boundaryDistance[i]).toBeCloseTo(
      p.indexOf(Math.max(...p)) === label ? deviation : -deviation,
      5,
    );
    expect(seen.loss[i]).toBeCloseTo(-Math.log(p[label]!), 4);
    // Logits and log-probabilities differ by a constant of the sample, so that the margin is that of either.
    const others = p.filter((_, k) => k !== label);
    expect(seen.margin[i]).toBeCloseTo(Math.log(p[label]!) - Math.log(Math.max(...others)), 3);
  });
}

describe('signals of the training pass', () => {
  it('are those of the model before the step, for sparse labels', async () => {
    const problem = sparseMlp(20);
    const { seen, outputs, targets } = await firstStep(problem);
    expect([...seen.indices]).toEqual(outputs.map((_, i) => i));
    expectSignals(
      seen,
      outputs,
      targets.map((row) => row[0]!),
    );
    disposeProblem(problem);
  });

  it('are those of the batch statistics for a model with batch norm, since training uses them', async () => {
    const problem = oneHotCnn(20);
    const outputs = tf.tidy(() => {
      let x = problem.xs as tf.Tensor;
      for (const layer of problem.model.layers) x = layer.apply(x, { training: true }) as tf.Tensor;
      return x.arraySync() as number[][];
    });
    const targets = (await (problem.ys as tf.Tensor).array()) as number[][];
    const selector = probe({ signals: ALL });
    await fit(problem.model, problem.xs, problem.ys, { epochs: 1, batchSize: 64, selector });
    expectSignals(
      selector.made[0]!.observations[0]!,
      outputs,
      targets.map((row) => row.indexOf(1)),
    );
    disposeProblem(problem);
  });

  it('treat one sigmoid unit as two classes', async () => {
    const problem = binaryMlp(20);
    const { seen, outputs, targets } = await firstStep(problem);
    const p = outputs.map(([positive]) => [1 - positive!, positive!]);
    expectSignals(
      seen,
      p,
      targets.map((row) => row[0]!),
    );
    disposeProblem(problem);
  });

  it('take the softmax of linear outputs under a loss on logits', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({
          units: 3,
          inputShape: [4],
          kernelInitializer: tf.initializers.glorotUniform({ seed: 3 }),
        }),
      ],
    });
    const loss = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor =>
      tf.losses.softmaxCrossEntropy(yTrue, yPred, undefined, 0, tf.Reduction.NONE);
    model.compile({ optimizer: tf.train.sgd(0.1), loss });
    const own = [0, 1, 2, 1, 0, 2];
    const ys = tf.tidy(() => tf.oneHot(tf.tensor1d(own, 'int32'), 3).toFloat());
    const problem = { model, xs: inputs([6, 4]), ys };
    const { seen, outputs } = await firstStep(problem);
    expectSignals(seen, outputs.map(softmax), own);
    disposeProblem(problem);
  });

  it('come from the watched output of several, by name or index', async () => {
    for (const watch of ['kind', 0]) {
      const problem = twoInTwoOut(20);
      const { seen, outputs, targets } = await firstStep(problem, { watch });
      expectSignals(
        seen,
        outputs,
        targets.map((row) => row[0]!),
      );
      disposeProblem(problem);
    }
    const problem = twoInTwoOut(20);
    const outputs = tf.tidy(() => (problem.model.predict(problem.xs) as tf.Tensor[])[1]!.dataSync());
    const targets = (problem.ys as tf.Tensor[])[1]!.dataSync();
    const selector = probe({ signals: ['loss'] });
    await fit(problem.model, problem.xs, problem.ys, { epochs: 1, batchSize: 20, watch: 'amount', selector });
    selector.made[0]!.observations[0]!.loss.forEach((loss, i) => {
      expect(loss).toBeCloseTo((outputs[i]! - targets[i]!) ** 2, 4);
    });
    disposeProblem(problem);
  });

  it('give a sequence the mean loss over its steps', async () => {
    const problem = sequenceModel(12);
    const predicted = problem.model.predict(problem.xs) as tf.Tensor;
    const p = (await predicted.array()) as number[][][];
    const y = (await (problem.ys as tf.Tensor).array()) as number[][][];
    predicted.dispose();
    const selector = probe({ signals: ['loss'] });
    await fit(problem.model, problem.xs, problem.ys, { epochs: 1, batchSize: 12, selector });
    selector.made[0]!.observations[0]!.loss.forEach((loss, i) => {
      const steps = p[i]!.map((row, t) => -Math.log(row[y[i]![t]!.indexOf(1)]!));
      expect(loss).toBeCloseTo(steps.reduce((a, b) => a + b) / 5, 4);
    });
    disposeProblem(problem);
  });

  it('are measured only as far as the selector asks', async () => {
    const problem = sparseMlp(20);
    const selector = probe({ signals: ['trueClassProbability'] });
    await fit(problem.model, problem.xs, problem.ys, { epochs: 1, selector });
    expect(Object.keys(selector.made[0]!.observations[0]!).sort()).toEqual([
      'indices',
      'trueClassProbability',
    ]);
    const none = probe();
    await fit(problem.model, problem.xs, problem.ys, { epochs: 1, selector: none });
    expect(none.made[0]!.observations).toEqual([]);
    disposeProblem(problem);
  });

  it('tell the selector the number of classes: outputs, 2 for one sigmoid unit, 0 for a regression', async () => {
    for (const [make, classes] of [
      [sparseMlp, 3],
      [oneHotCnn, 4],
      [binaryMlp, 2],
      [customRegression, 0],
      [sequenceModel, 0],
    ] as const) {
      const problem = make(10);
      const selector = probe();
      await fit(problem.model, problem.xs, problem.ys, { epochs: 2, seed: 9, selector });
      expect(selector.made[0]!.run).toEqual({ size: 10, classes, epochs: 2, seed: 9 });
      disposeProblem(problem);
    }
  });

  it('that a regression does not have are an error that names the selector and what fits', async () => {
    const problem = customRegression(10);
    const weights = await problem.model.getWeights()[0]!.data();
    await expect(
      fit(problem.model, problem.xs, problem.ys, {
        epochs: 1,
        selector: probe({ signals: ['predictedLabel', 'loss'] }),
      }),
    ).rejects.toThrow(
      /selector "probe" needs predictedLabel, but output "\w+" is no classification.*only loss, batchLoss, fit/,
    );
    expect(await problem.model.getWeights()[0]!.data()).toEqual(weights);
    disposeProblem(problem);
  });

  it('that need the loss of each sample are an error under a loss function that returns the mean', async () => {
    const problem = customRegression(10);
    problem.model.compile({
      optimizer: problem.model.optimizer,
      loss: (yTrue, yPred) => tf.losses.meanSquaredError(yTrue, yPred),
    });
    const plain = await fit(problem.model, problem.xs, problem.ys, { epochs: 1, selector: probe() });
    expect(plain.history.loss).toHaveLength(1);
    await expect(
      fit(problem.model, problem.xs, problem.ys, { epochs: 1, selector: probe({ signals: ['loss'] }) }),
    ).rejects.toThrow(
      'the selector needs the loss of each sample, but a loss function of the model returns the mean',
    );
    await expect(
      fit(problem.model, problem.xs, problem.ys, { epochs: 1, selector: probe({ weight: () => 2 }) }),
    ).rejects.toThrow(
      'weights need the loss of each sample, but a loss function of the model returns the mean',
    );
    disposeProblem(problem);
  });

  it('tell the mean of the batch under a loss function that returns it, and of any other loss', async () => {
    const means: number[] = [];
    for (const reduced of [true, false]) {
      const problem = customRegression(10);
      const losses = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor =>
        tf.mean(tf.squaredDifference(yTrue, yPred), 1);
      problem.model.compile({
        optimizer: problem.model.optimizer,
        loss: (yTrue, yPred) => (reduced ? tf.mean(losses(yTrue, yPred)) : losses(yTrue, yPred)),
      });
      const selector = probe({ signals: ['batchLoss'] });
      const history = await fit(problem.model, problem.xs, problem.ys, {
        epochs: 1,
        batchSize: 10,
        selector,
      });
      const seen = selector.made[0]!.observations;
      expect(seen).toHaveLength(1);
      expect(new Set(seen[0]!.batchLoss).size).toBe(1);
      expect(seen[0]!.batchLoss).toHaveLength(10);
      expect(seen[0]!.batchLoss[0]).toBeCloseTo(history.history.loss![0] as number, 5);
      means.push(seen[0]!.batchLoss[0]!);
      disposeProblem(problem);
    }
    expect(means[0]).toBeCloseTo(means[1]!, 5);
  });

  it('let withBatchLoss train a selector of losses under a loss function that returns the mean', async () => {
    const problem = customRegression(20);
    problem.model.compile({
      optimizer: problem.model.optimizer,
      loss: (yTrue, yPred) => tf.losses.meanSquaredError(yTrue, yPred),
    });
    const { history } = await fit(problem.model, problem.xs, problem.ys, {
      epochs: 4,
      batchSize: 5,
      selector: withBatchLoss(onlineBatch({ warmupEpochs: 1 })),
    });
    expect(history.loss![3]).toBeLessThan(history.loss![0] as number);
    disposeProblem(problem);
  });
});

describe('two-stage selection', () => {
  it('scores in inference mode, without training, and counts the samples scored', async () => {
    const problem = oneHotCnn(20);
    const predicted = problem.model.predict(problem.xs) as tf.Tensor;
    const outputs = (await predicted.array()) as number[][];
    const targets = (await (problem.ys as tf.Tensor).array()) as number[][];
    predicted.dispose();
    const reports: [number, number, number][] = [];
    let scores: Observation | undefined;
    await fit(problem.model, problem.xs, problem.ys, {
      epochs: 1,
      batchSize: 8,
      selector: () => {
        let done = 0;
        return {
          name: 'scoring',
          signals: ALL,
          beginEpoch: () => undefined,
          select: async (batchSize, score) => {
            if (done++ === 2) return null;
            const all = await score(Int32Array.from({ length: 20 }, (_, i) => 19 - i));
            scores ??= all;
            return { indices: all.indices.slice(0, batchSize) };
          },
          observe: () => undefined,
          stateDict: () => ({ version: 1 }),
          loadStateDict: () => undefined,
        };
      },
      onStep: ({ step, trainedSamples, scoredSamples }) =>
        void reports.push([step, trainedSamples, scoredSamples]),
    });
    expectSignals(
      scores!,
      outputs.reverse(),
      targets.reverse().map((row) => row.indexOf(1)),
    );
    expect(reports).toEqual([
      [1, 8, 20],
      [2, 16, 40],
    ]);
    disposeProblem(problem);
  });

  it('sees the losses of the watched output', async () => {
    const problem = twoInTwoOut(20);
    const selector = probe({ signals: ['loss'], twoStage: true, shuffled: true });
    await fit(problem.model, problem.xs, problem.ys, { epochs: 2, batchSize: 4, watch: 'kind', selector });
    const { observations } = selector.made[0]!;
    expect(observations).toHaveLength(10);
    // The chosen samples are those with the highest losses, highest first; training changes nothing in between.
    const first = [...observations[0]!.loss];
    expect(first).toEqual([...first].sort((a, b) => b - a));
    disposeProblem(problem);
  });
});

describe('labels', () => {
  it('that are no class are an error naming the sample', async () => {
    const problem = sparseMlp(10);
    tf.dispose(problem.ys);
    for (const bad of [3, -1, 0.5]) {
      const values = [0, 1, 2, 0, bad, 2, 0, 1, 2, 0];
      const ys = tf.tensor1d(values);
      await expect(fit(problem.model, problem.xs, ys, { epochs: 1, selector: probe() })).rejects.toThrow(
        `the label of sample 4 is ${bad}; expected an integer in [0, 3)`,
      );
      const dataset = {
        size: 10,
        batch: (indices: Int32Array) => ({
          xs: tf.gather(problem.xs as tf.Tensor, Array.from(indices)),
          ys: tf.tensor1d(Array.from(indices, (i) => values[i]!)),
        }),
      };
      await expect(
        fit(problem.model, dataset, { epochs: 1, batchSize: 3, selector: probe() }),
      ).rejects.toThrow(`the label of sample 4 is ${bad}; expected an integer in [0, 3)`);
      ys.dispose();
    }
    disposeProblem({ ...problem, ys: [] });
  });
});
