import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeState } from 'recency-bias';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeBackbone, writePhotos } from '../support/backbones.js';
import { runCli } from '../support/cli.js';

/** Leaves a file for each process of the program. */
const COUNTER = `
const { writeFileSync } = require('node:fs');
if (require('node:worker_threads').isMainThread) writeFileSync(process.env.COUNTED + '/' + process.pid, '');
`;

/** When the photos were taken; in whole seconds, as it can be set again. */
const TAKEN = new Date('2026-03-01T12:00:00Z');

describe('training the new layer again', () => {
  let dir: string;
  let files: string[];
  const cache = ['--cache', 'cache'];

  const best = async (run: string): Promise<unknown> => {
    const state = decodeState(await readFile(join(dir, run, 'recency-bias-seed1/best.bin')));
    return { weights: state.weights, epoch: state.epoch, answers: state.answers };
  };
  const heldOut = async (run: string): Promise<{ photos: readonly { file: string; predicted: number }[] }> =>
    JSON.parse(await readFile(join(dir, run, 'held-out.json'), 'utf8')) as {
      photos: readonly { file: string; predicted: number }[];
    };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'again-'));
    await writePhotos(join(dir, 'photos'), 10);
    const names = await readdir(join(dir, 'photos'), { recursive: true });
    files = names.filter((name) => name.endsWith('.png')).map((name) => join(dir, 'photos', name));
    for (const file of files) await utimes(file, TAKEN, TAKEN);
    await writeBackbone(join(dir, 'net'));
    await writeFile(join(dir, 'counter.cjs'), COUNTER);
    const flags = ['--epochs', '4', '--freeze', '--backend', 'wasm', '--out', 'run'];
    const result = await runCli(['finetune', 'photos', '--backbone', 'net', ...flags, ...cache], dir);
    expect(result.code, result.stderr).toBe(0);
  }, 120_000);
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('records the answers for the held-out photos that the saved model gives', async () => {
    const { photos } = await heldOut('run');
    const asked = photos.map(({ file }) => `photos/${file}`);
    const result = await runCli(['predict', 'run/model', ...asked, '--json', ...cache], dir);
    expect(result.code, result.stderr).toBe(0);
    const { classes } = JSON.parse(await readFile(join(dir, 'run/held-out.json'), 'utf8')) as {
      classes: string[];
    };
    const predicted = new Map(photos.map((photo) => [`photos/${photo.file}`, classes[photo.predicted]]));
    const answers = JSON.parse(result.stdout) as {
      image: string;
      predictions: readonly { label: string }[];
    }[];
    expect(answers).toHaveLength(photos.length);
    for (const { image, predictions } of answers) {
      expect(predictions[0]!.label, image).toBe(predicted.get(image));
    }
  });

  it('gives the same numbers without reading a photo as an image, in one process besides the command', async () => {
    for (const file of files) {
      const { size } = await stat(file);
      await writeFile(file, Buffer.alloc(size, 'no image')); // of the same size and time, so only reading it would show
      await utimes(file, TAKEN, TAKEN);
    }
    const counted = await mkdtemp(join(dir, 'counted-'));
    const env = { COUNTED: counted, NODE_OPTIONS: `--require ${join(dir, 'counter.cjs')}` };
    const result = await runCli(['finetune', '--like', 'run', '--out', 'run-2', ...cache], dir, env);
    expect(result.code, result.stderr).toBe(0);
    expect(await readdir(counted)).toHaveLength(2);
    expect(await best('run-2')).toEqual(await best('run'));
    expect(await heldOut('run-2')).toEqual(await heldOut('run'));
    const { probe } = JSON.parse(await readFile(join(dir, 'run-2/experiment.json'), 'utf8')) as {
      probe: { learningRates: readonly number[] };
    };
    expect(probe.learningRates, 'the rate that the run before chose').toHaveLength(1);

    await utimes(files[0]!, new Date(), new Date());
    const changed = await runCli(['finetune', '--like', 'run', '--out', 'run-3', ...cache], dir);
    expect(changed.code).toBe(1);
    expect(changed.stderr).toMatch(/\.png: /);
  }, 120_000);
});
