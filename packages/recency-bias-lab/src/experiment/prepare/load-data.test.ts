import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeIdxFolder } from '../../../test/support/idx-data.js';
import { parseExperimentData } from '../document/resolve.js';
import { loadExperimentData } from './load-data.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'load-data-'));
  await writeIdxFolder(join(dir, 'data'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

const load = (dataset: object) =>
  loadExperimentData(parseExperimentData({ dataset: { name: 'idx', path: join(dir, 'data'), ...dataset } }), {
    cache: dir,
  });
const counts = (labels: Int32Array, classes: number): number[] =>
  Array.from({ length: classes }, (_, c) => labels.filter((label) => label === c).length);

describe('loadExperimentData', () => {
  it('takes classes, then a long tail of them, then copies, then wrong labels, as many samples as are asked for', async () => {
    const plain = { classes: 3, imbalance: 4, copies: 2, trainSize: 28 };
    const { dataset, size } = await load(plain);
    expect(size).toMatchObject({ trainSize: 28, classes: 3 });
    expect(counts(dataset.train.labels, 3)).toEqual([16, 8, 4]);
    expect(Math.max(...dataset.test.labels)).toBe(2);
    const noisy = await load({ ...plain, labelNoise: { share: 0.25, seed: 1, to: [1, 2, 0] } });
    const changed = dataset.train.labels.filter((label, i) => noisy.dataset.train.labels[i] !== label);
    expect(changed).toHaveLength(7);
    expect(noisy.dataset.train.images).toEqual(dataset.train.images);
  });

  it('gives the same data when the size that came out is asked for, as a run that goes on does', async () => {
    const wanted = { imbalance: 3, copies: { count: 3, shift: 1 } };
    const first = await load(wanted);
    const again = await load({ ...wanted, trainSize: first.size.trainSize });
    expect(again.dataset.train).toEqual(first.dataset.train);
    expect(again.identity).toEqual(first.identity);
  });

  it.each([
    [{ copies: 3, trainSize: 40 }, /trainSize: is 40; expected a multiple of the 3 copies/],
    [{ imbalance: 10, trainSize: 10_000 }, /trainSize: 10000 is more than the \d+ samples/],
    [{ classes: 50 }, /classes: 50 is more than the \d+ classes that idx has/],
    [{ labelNoise: { share: 0.1, to: 'confusable' } }, /labelNoise\.to: is confusable, which is known of/],
    [{ imbalance: 1 }, /dataset\.imbalance: is 1; expected/],
    [{ copies: 1 }, /dataset\.copies\.count: .*expected at least 2/],
    [
      { labelNoise: { share: 0.1, to: 'others' } },
      /dataset\.labelNoise\.to: .*expected any, confusable, or a list/,
    ],
  ])('refuses %j in one line', async (dataset, message) => {
    await expect((async () => load(dataset))()).rejects.toThrow(message);
  });
});
