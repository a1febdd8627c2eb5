import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  binaryMlp,
  disposeProblem,
  inputs,
  labels,
  sparseMlp,
  weightsOf,
  type Problem,
} from '../../test/support/models.js';
import { probe } from '../../test/support/selectors.js';
import { uniform } from '../selectors/uniform.js';
import { fit } from './fit.js';
import type { StateDict } from '../core/selector.js';
import { captureModel, restoreModel } from './state/checkpoint.js';
import type { TrainingState } from './state/training-state.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const optimizers: [string, () => tf.Optimizer][] = [
  ['SGD', () => tf.train.sgd(0.1)],
  ['momentum', () => tf.train.momentum(0.05, 0.9)],
  ['Nesterov momentum', () => tf.train.momentum(0.05, 0.9, true)],
  ['Adam', () => tf.train.adam(0.01)],
  ['Adamax', () => tf.train.adamax(0.01)],
  ['Adagrad', () => tf.train.adagrad(0.1)],
  ['Adadelta', () => tf.train.adadelta(0.5)],
  ['RMSProp', () => tf.train.rmsprop(0.01, 0.9, 0.5, 1e-7, true)],
];

function problem(optimizer: tf.Optimizer): Problem {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({
        units: 7,
        activation: 'relu',
        inputShape: [4],
        kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }),
      }),
      tf.layers.batchNormalization(),
      tf.layers.dense({
        units: 3,
        activation: 'softmax',
        kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }),
      }),
    ],
  });
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return { model, xs: inputs([26, 4]), ys: labels(26, 3) };
}

describe('checkpoint and resume', () => {
  it.each(optimizers)('continues with %s to the same bits from any step', async (_, optimizer) => {
    const tensors = tf.memory().numTensors;
    const common = { epochs: 3, batchSize: 8, seed: 5 };
    const options = { signals: ['loss', 'predictedLabel'] as const, shuffled: true };
    const states: TrainingState[] = [];
    const whole = problem(optimizer());
    const wholeSelector = probe(options);
    const wholeHistory = await fit(whole.model, whole.xs, whole.ys, {
      ...common,
      selector: wholeSelector,
      checkpoint: { everySteps: 1, save: (state) => void states.push(structuredClone(state)) },
    });
    const expected = await weightsOf(whole.model);
    disposeProblem(whole);
    // Steps 1 to 4 of three epochs, and the end of each epoch.
    expect(states.map(({ epoch, step }) => `${epoch}.${step}`).join(' ')).toBe(
      '0.1 0.2 0.3 0.4 1.0 1.1 1.2 1.3 1.4 2.0 2.1 2.2 2.3 2.4 3.0',
    );
    for (const at of [0, 3, 4, 6, 9, 13]) {
      const resume = states[at]!;
      const part = problem(optimizer());
      const selector = probe(options);
      const history = await fit(part.model, part.xs, part.ys, { ...common, selector, resume });
      expect(await weightsOf(part.model)).toEqual(expected);
      for (const [key, values] of Object.entries(wholeHistory.history)) {
        expect(history.history[key]).toEqual(values.slice(resume.epoch));
      }
      expect(history.epoch).toEqual(wholeHistory.epoch.slice(resume.epoch));
      const done = resume.epoch * 4 + resume.step;
      expect(selector.made[0]!.selections).toEqual(wholeSelector.made[0]!.selections.slice(done));
      disposeProblem(part);
    }
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it.each(optimizers)(
    'gives a second network of a process the state of the first with %s',
    async (_, optimizer) => {
      const [first, second] = await Promise.all(
        [1, 2].map(async () => {
          const model = tf.sequential({
            layers: [
              tf.layers.dense({
                name: 'classes',
                units: 3,
                activation: 'softmax',
                inputShape: [4],
                kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }),
              }),
            ],
          });
          model.compile({ optimizer: optimizer(), loss: 'sparseCategoricalCrossentropy' });
          const trained = { model, xs: inputs([26, 4]), ys: labels(26, 3) };
          await fit(model, trained.xs, trained.ys, { epochs: 1, batchSize: 8, seed: 5, selector: uniform() });
          const state = await captureModel(model);
          disposeProblem(trained);
          return state;
        }),
      );
      expect(second).toEqual(first);
    },
  );

  it('saves where a callback stops training in mid-epoch', async () => {
    const { model, xs, ys } = sparseMlp();
    const states: TrainingState[] = [];
    const history = await fit(model, xs, ys, {
      epochs: 3,
      batchSize: 10,
      selector: probe({ shuffled: true }),
      checkpoint: { save: (state) => void states.push(state) },
      callbacks: {
        onBatchEnd: (batch) => {
          if (batch === 2) model.stopTraining = true;
        },
      },
    });
    expect(history.epoch).toEqual([0]);
    expect(states.map(({ epoch, step }) => [epoch, step])).toEqual([[0, 3]]);
    expect(states[0]!.trainedSamples).toBe(30);
  });

  it('saves within an epoch when the time has come, without a change to the result', async () => {
    const run = async (everySeconds: number): Promise<{ at: number[]; weights: number[][] }> => {
      const { model, xs, ys } = sparseMlp();
      const at: number[] = [];
      await fit(model, xs, ys, {
        epochs: 1,
        batchSize: 10,
        selector: probe({ signals: ['loss'], shuffled: true }),
        checkpoint: { everySeconds, save: ({ step }) => void at.push(step) },
      });
      return { at, weights: await weightsOf(model) };
    };
    const often = await run(0);
    const never = await run(1e6);
    expect(often.at).toEqual([1, 2, 3, 4, 5, 0]);
    expect(never.at).toEqual([0]);
    expect(often.weights).toEqual(never.weights);
  });

  it('continues with another selector from the end of an epoch, whose state replaces the first', async () => {
    const first = sparseMlp();
    let saved: TrainingState | undefined;
    const warmup = probe({ shuffled: true });
    await fit(first.model, first.xs, first.ys, {
      epochs: 2,
      batchSize: 10,
      selector: warmup,
      checkpoint: { save: (state) => void (saved = state) },
    });
    const second = sparseMlp();
    const other = probe({ signals: ['loss'] });
    const fresh = other({ size: 50, classes: 3, epochs: 4, seed: 0 }).stateDict();
    const history = await fit(second.model, second.xs, second.ys, {
      epochs: 4,
      batchSize: 10,
      selector: other,
      resume: { ...saved!, selector: fresh },
    });
    expect(history.epoch).toEqual([2, 3]);
    expect(other.made[1]!.events.filter((event) => event.startsWith('epoch'))).toEqual([
      'epoch 3',
      'epoch 4',
    ]);
    expect(other.made[1]!.run.epochs).toBe(4);
  });

  it('trains nothing more when the state is the end of the run', async () => {
    const { model, xs, ys } = sparseMlp();
    let saved: TrainingState | undefined;
    await fit(model, xs, ys, { epochs: 1, selector: probe(), checkpoint: { save: (s) => void (saved = s) } });
    const before = await weightsOf(model);
    const history = await fit(model, xs, ys, { epochs: 1, selector: probe(), resume: saved! });
    expect(history.epoch).toEqual([]);
    expect(await weightsOf(model)).toEqual(before);
  });

  it('refuses the state of another architecture or optimizer, and leaves the model as it was', async () => {
    const { model, xs, ys } = sparseMlp();
    let saved: TrainingState | undefined;
    await fit(model, xs, ys, { epochs: 1, selector: probe(), checkpoint: { save: (s) => void (saved = s) } });
    const other = binaryMlp();
    const before = await weightsOf(other.model);
    await expect(
      fit(other.model, other.xs, other.ys, { epochs: 2, selector: probe(), resume: saved! }),
    ).rejects.toThrow("weight 0 of args.resume has shape [6, 12], but the model's has [5, 8]");
    expect(await weightsOf(other.model)).toEqual(before);
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    await expect(fit(model, xs, ys, { epochs: 2, selector: probe(), resume: saved! })).rejects.toThrow(
      "resume.optimizer is the state of 'Adam', but the model is compiled with SGD",
    );
  });

  it('refuses a damaged state, names the field, and leaves the model as it was', async () => {
    const { model, xs, ys } = sparseMlp();
    let saved: TrainingState | undefined;
    await fit(model, xs, ys, { epochs: 1, selector: probe(), checkpoint: { save: (s) => void (saved = s) } });
    const state = await captureModel(model);
    const before = await weightsOf(model);
    const scalars = state.optimizer.scalars as StateDict;
    const slots = state.optimizer.slots as Readonly<Record<string, readonly StateDict[]>>;
    const [field] = Object.keys(slots).filter((key) => key !== 'version');
    const [slot] = slots[field!]!;
    const damaged: readonly [object, string][] = [
      [{ iterations: -1 }, 'state.iterations is -1'],
      [{ scalars: null }, 'state.scalars is null; it must be a nested state'],
      [{ scalars: { ...scalars, accBeta1: { shape: [] } } }, 'scalars.accBeta1.values is undefined'],
      [{ slots: { ...slots, [field!]: 'none' } }, `slots.${field!} is 'none'; it must be a list of slots`],
      [{ slots: { ...slots, [field!]: [{ ...slot, name: 1 }] } }, `slots.${field!}[0] is`],
      [{ slots: { ...slots, [field!]: [{ ...slot, tensor: null }] } }, `slots.${field!}[0].tensor is null`],
    ];
    for (const [part, message] of damaged) {
      const optimizer = { ...state.optimizer, ...part };
      expect(() => {
        restoreModel(model, { ...state, optimizer });
      }).toThrow(message);
      expect(await weightsOf(model)).toEqual(before);
    }
    const [weight] = state.weights;
    const weights = [{ ...weight!, dtype: 'string' }, ...state.weights.slice(1)];
    await expect(
      fit(model, xs, ys, { epochs: 2, selector: probe(), resume: { ...saved!, weights } }),
    ).rejects.toThrow("state.weights[0].dtype is 'string'; it must be 'float32' or 'int32' or 'bool'");
  });
});
