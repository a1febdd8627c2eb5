import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallExperiment } from '../../../test/support/small-experiment.js';
import { readRun } from '../../records/read.js';
import type { PreparedExperiment } from '../prepare/prepare.js';
import { runTasks } from '../document/tasks.js';
import type { RunTask } from '../document/tasks.js';
import { trainRun } from '../training/train-run.js';
import { RunDirectory } from './run-directory.js';

let out: string;
beforeAll(async () => {
  await tf.setBackend('cpu');
  out = await mkdtemp(join(tmpdir(), 'run-directory-'));
});
afterAll(async () => {
  await rm(out, { recursive: true, force: true });
});

/** The experiment on data of a fingerprint. */
function on(prepared: PreparedExperiment, fingerprint: string): PreparedExperiment {
  const { experiment } = prepared;
  return { ...prepared, experiment: { ...experiment, dataset: { ...experiment.dataset, fingerprint } } };
}

describe('a run that forks from a warm-up', () => {
  it('forks from a warm-up on the same data, and is refused where the data changed since', async () => {
    const prepared = await smallExperiment({ warmupEpochs: 1 });
    const [warmup, run] = runTasks(prepared.experiment) as [RunTask, RunTask];
    const before = on(prepared, 'a'.repeat(64));
    expect(
      await trainRun({
        ...before,
        task: warmup,
        out,
        saveEverySeconds: 10,
        stop: new AbortController().signal,
      }),
    ).toBe(true);

    expect(await new RunDirectory(out, run, before.experiment).status()).toMatchObject({ kind: 'forks' });
    const after = on(prepared, 'b'.repeat(64)).experiment;
    await expect(new RunDirectory(out, run, after).status()).rejects.toThrow(
      `${join(out, warmup.id)}: was trained on other data than this experiment's; delete it to train it anew`,
    );
  });
});

describe('a run whose patience ended', () => {
  it('is complete with the epochs that it trained', async () => {
    const prepared = await smallExperiment({
      epochs: 9,
      patience: 2,
      learningRate: { initial: 1e-9, steps: [] },
    });
    const [task] = runTasks(prepared.experiment) as [RunTask];
    const dir = join(out, 'patience');
    const options = { ...prepared, task, out: dir, saveEverySeconds: 10, stop: new AbortController().signal };
    expect(await trainRun(options)).toBe(true);
    const { epochs } = await readRun(join(dir, task.id));
    expect(epochs.length).toBeLessThan(9);
    expect(await new RunDirectory(dir, task, prepared.experiment).status()).toEqual({ kind: 'complete' });
    expect(await trainRun(options)).toBe(true);
  });
});
