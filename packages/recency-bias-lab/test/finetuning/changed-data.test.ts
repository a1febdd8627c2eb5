import { copyFile, cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readComparison } from '../../src/records/read.js';
import { mergeComparisons } from '../../src/records/merge.js';
import { writePhotos } from '../support/backbones.js';
import { runCli } from '../support/cli.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'changed-'));
  await writePhotos(join(dir, 'original'), 8, 12);
  await cp(join(dir, 'original'), join(dir, 'photos'), { recursive: true });
  const flags = [
    ...['--dataset', 'folder:photos', '--image-size', '8', '--model', 'small-cnn:channels=[4]'],
    ...['--epochs', '2', '--warmup-epochs', '1', '--batch-size', '8', '--backend', 'cpu', '--cache', 'cache'],
  ];
  const { code, stderr } = await runCli(['train', ...flags, '--out', 'run'], dir);
  expect(stderr).not.toContain('failed');
  expect(code).toBe(0);
}, 120_000);
beforeEach(async () => {
  await rm(join(dir, 'photos'), { recursive: true });
  await cp(join(dir, 'original'), join(dir, 'photos'), { recursive: true });
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

const photo = (path: string): string => join(dir, 'photos', path);
const resumed = ['compare', '--resume', '--out', 'run', '--cache', 'cache'];

describe('data that changed since an experiment began', () => {
  it.each([
    [
      'a photo was renamed',
      () => rename(photo('blue/0.png'), photo('blue/z.png')),
      /1 renamed or moved \(blue\/0\.png is now blue\/z\.png\)/,
    ],
    [
      'a photo was added',
      () => copyFile(photo('red/1.png'), photo('blue/1a.png')),
      /1 added \(blue\/1a\.png\)/,
    ],
    ['a photo was removed', () => rm(photo('green/2.png')), /1 removed \(green\/2\.png\)/],
    [
      'a photo was changed',
      () => copyFile(photo('red/1.png'), photo('red/2.png')),
      /1 changed \(red\/2\.png\)/,
    ],
    [
      'two classes were swapped',
      async () => {
        await rename(photo('blue'), photo('swap'));
        await rename(photo('red'), photo('blue'));
        await rename(photo('swap'), photo('red'));
      },
      /16 changed .*held-out would become training data/,
    ],
  ])(
    'is refused by resume, by a further seed and by insights: %s',
    async (_, change, what) => {
      await change();
      const commands = [resumed, [...resumed, '--seeds', '1,2'], ['insights', 'run', '--cache', 'cache']];
      for (const command of commands) {
        const { code, stderr } = await runCli(command, dir);
        expect(stderr).toMatch(what);
        expect(stderr).toContain('photos: is not the data with which the experiment began');
        expect(stderr).toContain('Put it back as it was, or begin anew with another --out');
        expect(code).toBe(1);
      }
    },
    60_000,
  );

  it('is not said of the same photos, touched, moved elsewhere, or of a record of earlier versions', async () => {
    await cp(join(dir, 'original'), join(dir, 'elsewhere'), { recursive: true });
    for (const command of [resumed, ['insights', 'run', '--data-path', 'elsewhere', '--cache', 'cache']]) {
      expect(await runCli(command, dir)).toMatchObject({ code: 0 });
    }
    await cp(join(dir, 'run'), join(dir, 'old'), { recursive: true });
    for (const file of ['experiment.json', 'recency-bias-seed1/run.json', 'warmup-seed1/run.json']) {
      const text = await readFile(join(dir, 'old', file), 'utf8');
      await writeFile(join(dir, 'old', file), text.replace(/,\s*"fingerprint": "[0-9a-f]{64}"/, ''));
    }
    for (const run of ['recency-bias-seed1', 'warmup-seed1']) {
      const log = join(dir, 'old', run, 'events.jsonl');
      await writeFile(
        log,
        (await readFile(log, 'utf8')).replaceAll(/,"header":"\w+"|,"line":\d+,"check":"\w+"/g, ''),
      );
    }
    await copyFile(photo('red/1.png'), photo('red/2.png'));
    const old = await runCli(['compare', '--resume', '--out', 'old', '--cache', 'cache'], dir);
    expect(old).toMatchObject({ code: 0 });
  }, 60_000);

  it('keeps records of different data apart where they are merged', async () => {
    const comparison = await readComparison(join(dir, 'run'));
    const of = (fingerprint: string | undefined): typeof comparison => ({
      ...comparison,
      experiment: {
        ...comparison.experiment,
        dataset: { ...(comparison.experiment.dataset as object), fingerprint },
      },
    });
    expect(mergeComparisons([comparison, of('other')])).toHaveLength(2);
    expect(mergeComparisons([comparison, of(undefined)])).toHaveLength(1);
  });
});
