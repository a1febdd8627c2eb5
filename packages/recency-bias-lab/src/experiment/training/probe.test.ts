import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { uniform } from 'recency-bias';
import { captureModel, fit } from 'recency-bias/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeBackbone, writePhotos } from '../../../test/support/backbones.js';
import { readRun } from '../../records/read.js';
import type { Run } from '../../records/run.js';
import { runTasks } from '../document/tasks.js';
import { prepareExperiment } from '../prepare/prepare.js';
import { modelContext, readRunModel } from '../prepare/trained-model.js';
import { prepareRunData } from '../prepare/run-data.js';
import { softmaxCrossentropy } from './crossentropy.js';
import { createOptimizer } from './optimizer.js';
import { TrainingSession } from './session.js';
import { trainRun } from './train-run.js';

let dir: string;
beforeAll(async () => {
  await tf.setBackend('cpu');
  dir = await mkdtemp(join(tmpdir(), 'probe-'));
  await writePhotos(join(dir, 'photos'), 8);
  await writeBackbone(join(dir, 'net'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

const PROBE = { epochs: 2, learningRates: [0.05, 1e-6] };

function experiment(fields: object = {}): object {
  return {
    dataset: { name: 'folder', path: join(dir, 'photos') },
    model: { name: 'pretrained', options: { backbone: join(dir, 'net'), freezeUntil: 'stem-relu' } },
    augmentation: { name: 'none', flip: true },
    learningRate: 0.01,
    batchSize: 8,
    epochs: 4,
    probe: PROBE,
    selectors: { 'recency-bias': { name: 'recency-bias', options: { warmupEpochs: 1, window: 2 } } },
    backend: 'cpu',
    ...fields,
  };
}

async function prepare(fields: object = {}): ReturnType<typeof prepareExperiment> {
  return prepareExperiment(
    { input: experiment(fields) },
    { cache: join(dir, 'cache'), purpose: 'train', inputs: new Map() },
  );
}

/** Trains a run, or dies at the end of an epoch, before it is saved. */
async function train(out: string, fields: object = {}, dieAfter = Infinity): Promise<void> {
  const prepared = await prepare(fields);
  await trainRun({
    ...prepared,
    task: runTasks(prepared.experiment)[0]!,
    out: join(dir, out),
    saveEverySeconds: 0,
    stop: new AbortController().signal,
    onEpoch: ({ epoch }) => {
      if (epoch === dieAfter) throw new Error('died');
    },
  });
}

const record = (out: string): Promise<Run> => readRun(join(dir, out, 'recency-bias-seed1'));
const best = (out: string): Promise<Buffer> => readFile(join(dir, out, 'recency-bias-seed1', 'best.bin'));

/** The weights at the end of a run by their names. */
async function lastWeights(out: string): Promise<ReadonlyMap<string, Float32Array>> {
  const context = modelContext({ cache: join(dir, 'cache') });
  const files = await readRunModel(join(dir, out, 'recency-bias-seed1'), 'last', context);
  let at = 0;
  return new Map(
    files.weightSpecs.map(({ name, shape }) => {
      const values = new Float32Array(
        files.weightData,
        at,
        shape.reduce((product, side) => product * side, 1),
      );
      at += values.byteLength;
      return [name, values];
    }),
  );
}

describe('a run that begins with a probe', () => {
  it('goes on from any death to the same weights and the same record', async () => {
    await train('whole');
    const { epochs } = await record('whole');
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    for (const died of [1, 2, 3]) {
      const out = `died${died}`;
      await expect(train(out, {}, died)).rejects.toThrow('died');
      await train(out);
      const { epochs: again } = await record(out);
      expect(again.map(({ testLoss, trainLoss }) => [testLoss, trainLoss])).toEqual(
        epochs.map(({ testLoss, trainLoss }) => [testLoss, trainLoss]),
      );
      expect(await best(out)).toEqual(await best('whole'));
    }
  }, 180_000);

  it('takes the rate with the lowest loss on the held-out photos, wherever it stands in the list', async () => {
    for (const [i, learningRates] of [[0.05, 1e-6], [1e-6, 0.05], [0.05]].entries()) {
      await train(`rates${i}`, { probe: { ...PROBE, learningRates }, epochs: 2 });
      const { epochs } = await record(`rates${i}`);
      expect(epochs.map(({ learningRate }) => learningRate)).toEqual([0.05, 0.05]);
    }
    const [first, second, third] = await Promise.all(['rates0', 'rates1', 'rates2'].map(best));
    expect(second).toEqual(first);
    expect(third).toEqual(first);
  });

  it('trains the classification layer alone, then what comes after the frozen layers', async () => {
    const prepared = await prepare();
    const { weights: before } = await captureModel(
      (await TrainingSession.open({ ...prepared, seed: 1 })).network,
    );
    const changed = async (out: string, epochs: number): Promise<string[]> => {
      await train(out, { epochs });
      const saved = await lastWeights(out);
      const names = before.flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
      return names.filter((name, i) => !isDeepStrictEqual(saved.get(name), before[i]!.values));
    };
    expect(await changed('head', 2)).toEqual(['classes/kernel', 'classes/bias']);
    const both = await changed('both', 4);
    expect(both).toContain('project/kernel');
    expect(both.filter((name) => name.startsWith('stem'))).toEqual([]);
  });

  it('keeps features in the cache, from which the next run takes them', async () => {
    await train('first');
    const folder = join(dir, 'cache', 'features');
    const files = (await readdir(folder, { recursive: true })).sort();
    expect(files.length).toBeGreaterThan(0);
    await train('second', { learningRate: 0.02 });
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(files);
  });
});

describe('features of frozen layers', () => {
  it('train the same weights as images do', async () => {
    const options = { backbone: join(dir, 'net'), freezeUntil: 'stem-relu', cut: 'average' }; // without dropout
    const model = { name: 'pretrained', options };
    const fields = {
      model,
      probe: undefined,
      augmentation: 'none',
      epochs: 2,
      selectors: { random: 'uniform' },
    };
    const prepared = await prepare(fields);
    const session = await TrainingSession.open({ ...prepared, seed: 1 });
    expect(session.model).not.toBe(session.network);
    const stop = new AbortController().signal;
    await session.train({ selector: uniform(), save: () => Promise.resolve(), stop });

    const { experiment, dataset, opened } = prepared;
    const { imageShape, classes } = dataset;
    const { weightDecay, optimizer } = experiment;
    const network = await opened.create({ imageShape, classes, weightDecay, seed: 1 });
    network.compile({ optimizer: createOptimizer(optimizer, 0.01), loss: softmaxCrossentropy });
    const { train: images } = await prepareRunData(experiment, dataset, 1, opened.scaling);
    await fit(network, images, { selector: uniform(), epochs: 2, batchSize: 8, seed: 1 });

    const [fromFeatures, fromImages] = await Promise.all([session.network, network].map(captureModel));
    for (const [i, { values }] of fromImages!.weights.entries()) {
      const own = fromFeatures!.weights[i]!.values as Float32Array;
      (values as Float32Array).forEach((value, j) => {
        expect(own[j]).toBeCloseTo(value, 4);
      });
    }
  });
});
