/** The selectors of this package in `fit`, on the cpu and the wasm backend. */
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { customRegression, disposeProblem, sparseMlp, weightsOf } from '../../test/support/models.js';
import type { SelectorFactory } from '../core/selector.js';
import {
  activeBias,
  adaBoundary,
  alternate,
  decodeState,
  encodeState,
  importanceSampling,
  infoBatch,
  onlineBatch,
  randomPruning,
  seta,
  windowedProbability,
  recencyBias,
  rhoLoss,
  selectiveBackprop,
  selfPaced,
  uniform,
  withSmoothing,
  withWarmup,
} from '../index.js';
import { fit } from './fit.js';
import type { TrainingState } from './state/training-state.js';

const factories: [string, () => SelectorFactory][] = [
  ['uniform', () => uniform()],
  ['recencyBias', () => recencyBias({ window: 3, warmupEpochs: 1 })],
  ['onlineBatch', () => onlineBatch({ warmupEpochs: 1 })],
  ['activeBias by loss weights', () => activeBias({ warmupEpochs: 1 })],
  ['activeBias by sampling', () => activeBias({ form: 'sampling', warmupEpochs: 1 })],
  ['withWarmup(recencyBias)', () => withWarmup(recencyBias({ window: 2, warmupEpochs: 0 }), { epochs: 2 })],
];

/** An irreducible loss for each of `size` samples. */
const irreducibleLosses = (size: number): number[] => Array.from({ length: size }, (_, i) => (i % 5) / 10);

/** Methods whose batches need what the others do not: a scorer, other signals, epochs of other lengths. */
const more: [string, (size: number) => SelectorFactory][] = [
  ['importanceSampling', () => importanceSampling({ threshold: 1.01, momentum: 0.5 })],
  ['selectiveBackprop', () => selectiveBackprop({ beta: 1, staleness: 2 })],
  ['infoBatch', () => infoBatch()],
  ['rhoLoss', (size) => rhoLoss({ irreducibleLosses: irreducibleLosses(size), candidates: 2 })],
  ['adaBoundary', () => adaBoundary({ warmupEpochs: 1 })],
  ['selfPaced', () => selfPaced()],
  ['windowedProbability', () => windowedProbability({ warmupEpochs: 1, window: 2 })],
  ['seta', () => seta({ groups: 2, windowScale: 0.5 })],
  ['randomPruning', () => randomPruning()],
  [
    'withSmoothing(rhoLoss)',
    (size) => withSmoothing(rhoLoss({ irreducibleLosses: irreducibleLosses(size) }), { uniformShare: 0.5 }),
  ],
  ['alternate(adaBoundary)', () => alternate(adaBoundary({ warmupEpochs: 0 }), { every: 2 })],
];

describe.each(['cpu', 'wasm'])('on the %s backend', (backend) => {
  let before = 0;
  beforeEach(async () => {
    await tf.setBackend(backend);
    before = tf.memory().numTensors;
  });
  afterEach(() => {
    expect(tf.memory().numTensors).toBe(before);
  });

  it('uniform in sequential order trains to the weights and History of model.fit', async () => {
    const ours = sparseMlp(50);
    const theirs = sparseMlp(50);
    const args = { epochs: 3, batchSize: 16, validationSplit: 0.2 };
    const history = await fit(ours.model, ours.xs, ours.ys, {
      ...args,
      selector: uniform({ order: 'sequential' }),
    });
    const expected = await theirs.model.fit(theirs.xs, theirs.ys, { ...args, shuffle: false });
    expect(history.history).toEqual(expected.history);
    expect(await weightsOf(ours.model)).toEqual(await weightsOf(theirs.model));
    disposeProblem(ours);
    disposeProblem(theirs);
  });

  it.each(factories)('%s learns, and gives the same weights for the same seed only', async (_, make) => {
    const run = async (seed: number): Promise<{ loss: number[]; weights: number[][] }> => {
      const problem = sparseMlp(60);
      const history = await fit(problem.model, problem.xs, problem.ys, {
        epochs: 5,
        batchSize: 10,
        seed,
        selector: make(),
      });
      const weights = await weightsOf(problem.model);
      disposeProblem(problem);
      return { loss: history.history.loss as number[], weights };
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect((await run(2)).weights).not.toEqual(first.weights);
    expect(first.loss).toHaveLength(5);
  });

  it.each(factories)('%s goes on to the same bits from a state encoded in mid-epoch', async (_, make) => {
    const args = { epochs: 4, batchSize: 10, seed: 4 };
    const states: Uint8Array[] = [];
    const whole = sparseMlp(45);
    const history = await fit(whole.model, whole.xs, whole.ys, {
      ...args,
      selector: make(),
      checkpoint: { everySteps: 3, save: (state) => void states.push(encodeState(state)) },
    });
    const expected = await weightsOf(whole.model);
    disposeProblem(whole);
    for (const bytes of states) {
      const resume = decodeState(bytes) as TrainingState;
      const part = sparseMlp(45);
      const rest = await fit(part.model, part.xs, part.ys, { ...args, selector: make(), resume });
      expect(await weightsOf(part.model)).toEqual(expected);
      expect(rest.history.loss ?? []).toEqual(history.history.loss!.slice(resume.epoch));
      disposeProblem(part);
    }
  });
});

describe.each(more)('%s', (_, make) => {
  it('learns, and goes on to the same bits from a state encoded in mid-epoch', async () => {
    await tf.setBackend('cpu');
    const before = tf.memory().numTensors;
    const args = { epochs: 4, batchSize: 10, seed: 4 };
    const states: Uint8Array[] = [];
    const counted: [number, number][] = [];
    const whole = sparseMlp(45);
    const history = await fit(whole.model, whole.xs, whole.ys, {
      ...args,
      selector: make(45),
      checkpoint: { everySteps: 2, save: (state) => void states.push(encodeState(state)) },
      onStep: ({ trainedSamples, scoredSamples }) => void counted.push([trainedSamples, scoredSamples]),
    });
    const losses = history.history.loss as number[];
    expect(losses).toHaveLength(4);
    expect(Number.isFinite(losses[3])).toBe(true);
    const expected = await weightsOf(whole.model);
    disposeProblem(whole);
    for (const bytes of states) {
      const resume = decodeState(bytes) as TrainingState;
      const part = sparseMlp(45);
      const again: [number, number][] = [];
      await fit(part.model, part.xs, part.ys, {
        ...args,
        selector: make(45),
        resume,
        onStep: ({ trainedSamples, scoredSamples }) => void again.push([trainedSamples, scoredSamples]),
      });
      expect(await weightsOf(part.model)).toEqual(expected);
      expect(again).toEqual(counted.slice(counted.length - again.length));
      disposeProblem(part);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('samples scored in fit', () => {
  it('are counted: all candidates of each batch', async () => {
    await tf.setBackend('cpu');
    const problem = sparseMlp(45);
    const counted: [number, number][] = [];
    await fit(problem.model, problem.xs, problem.ys, {
      epochs: 2,
      batchSize: 10,
      selector: rhoLoss({ irreducibleLosses: irreducibleLosses(45), candidates: 3 }),
      onStep: ({ trainedSamples, scoredSamples }) => void counted.push([trainedSamples, scoredSamples]),
    });
    disposeProblem(problem);
    const trained = [10, 20, 30, 40, 45, 55, 65, 75, 85, 90];
    expect(counted).toEqual(trained.map((samples) => [samples, 3 * samples]));
  });
});

describe('recencyBias in a comparison', () => {
  it('takes over after a warm-up that another run trained: same weights, its own choice from then on', async () => {
    await tf.setBackend('cpu');
    const args = { epochs: 6, batchSize: 10, seed: 1 };
    const states: TrainingState[] = [];
    const warmup = sparseMlp(40);
    const method = recencyBias({ window: 3, warmupEpochs: 3 });
    await fit(warmup.model, warmup.xs, warmup.ys, {
      ...args,
      selector: method,
      checkpoint: { save: (state) => void states.push(state) },
    });
    const forked = sparseMlp(40);
    const other = uniform();
    const run = { size: 40, classes: 3, epochs: 6, seed: 1 };
    const history = await fit(forked.model, forked.xs, forked.ys, {
      ...args,
      selector: other,
      resume: { ...states[2]!, selector: other(run).stateDict() },
    });
    expect(history.epoch).toEqual([3, 4, 5]);
    expect(await weightsOf(forked.model)).not.toEqual(await weightsOf(warmup.model));
    disposeProblem(warmup);
    disposeProblem(forked);
  });

  it('refuses a regression by a line that says which selectors fit', async () => {
    await tf.setBackend('cpu');
    const problem = customRegression(10);
    await expect(
      fit(problem.model, problem.xs, problem.ys, { epochs: 20, selector: recencyBias() }),
    ).rejects.toThrow(
      /selector "recency-bias" needs predictedLabel.*selectors that need no signal, or only loss, batchLoss, fit/,
    );
    await fit(problem.model, problem.xs, problem.ys, {
      epochs: 1,
      selector: onlineBatch({ warmupEpochs: 0 }),
    });
    disposeProblem(problem);
  });
});

describe('a model with seeded dropout', () => {
  it('trains as in model.fit', async () => {
    await tf.setBackend('cpu');
    const make = (): ReturnType<typeof sparseMlp> => {
      const problem = sparseMlp(30);
      disposeProblem({ ...problem, xs: [], ys: [] });
      const model = tf.sequential({
        layers: [
          tf.layers.dense({
            units: 9,
            inputShape: [6],
            kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }),
          }),
          tf.layers.dropout({ rate: 0.3, seed: 7 }),
          tf.layers.dense({
            units: 3,
            activation: 'softmax',
            kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }),
          }),
        ],
      });
      model.compile({ optimizer: tf.train.sgd(0.1), loss: 'sparseCategoricalCrossentropy' });
      return { ...problem, model };
    };
    const ours = make();
    const theirs = make();
    const history = await fit(ours.model, ours.xs, ours.ys, {
      epochs: 2,
      selector: uniform({ order: 'sequential' }),
    });
    const expected = await theirs.model.fit(theirs.xs, theirs.ys, { epochs: 2, shuffle: false });
    expect(history.history).toEqual(expected.history);
    expect(await weightsOf(ours.model)).toEqual(await weightsOf(theirs.model));
    disposeProblem(ours);
    disposeProblem(theirs);
  });
});

describe('the sources of recency-bias/tfjs', () => {
  it('import TensorFlow.js and the core only, never a selector', () => {
    const folder = new URL('.', import.meta.url);
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
    );
    expect(sources.length).toBeGreaterThan(10);
    for (const name of sources) {
      const text = readFileSync(new URL(name, folder), 'utf8');
      for (const [, from] of text.matchAll(/^(?:import|export|\}).* from '([^']+)';$/gm)) {
        expect(`${name}: ${from!}`).toMatch(
          /: (@tensorflow\/tfjs$|(\.\.\/)+core\/|\.\.\/(data|internals|measuring|state)\/|\.\/)/,
        );
      }
    }
  });
});
