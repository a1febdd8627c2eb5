import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { writeSyntheticComparison } from '../support/synthetic-comparison.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'report-cli-'));
  const setting = { epochs: 6, warmupEpochs: 2 };
  await writeSyntheticComparison(join(root, 'early'), { ...setting, seeds: [1, 2] });
  await writeSyntheticComparison(join(root, 'late'), { ...setting, seeds: [3] });
  await writeSyntheticComparison(join(root, 'longer'), { ...setting, epochs: 8, seeds: [1], name: 'longer' });
  // Seed 1 of other selectors in the same order comes out differently: made-up errors depend on the place in it.
  await writeSyntheticComparison(join(root, 'other'), {
    ...setting,
    seeds: [1],
    selectors: ['recency-bias', 'uniform'],
  });
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

describe('recency-bias report', () => {
  it('merges directories, prints the paper’s table over all experiments, and writes page and figures', async () => {
    const { code, stdout, stderr } = await runCli(
      ['report', 'early', 'late', 'longer', '--out', 'all.html', '--figures', 'images'],
      root,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('6 epochs, 2 of warm-up · 3 seeds');
    expect(stdout).toContain('8 epochs, 2 of warm-up · 1 seed');
    expect(stdout).toMatch(/^Best test error, % +Random +Online Batch +Active Bias +Recency Bias$/m);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('Report: all.html');
    for (const line of stdout.split('\n')) {
      if (!line.startsWith('Figures: ')) expect(line.length).toBeLessThanOrEqual(100);
    }
    expect((await readdir(root)).filter((name) => name.startsWith('all'))).toEqual([
      'all.csv',
      'all.html',
      'all.json',
    ]);
    expect(await readdir(join(root, 'images'))).toContain('longer-figure-3.svg');
  });

  it('names the runs of which two directories hold different results, and writes nothing', async () => {
    const { code, stdout, stderr } = await runCli(['report', 'early', 'other', '--out', 'none.html'], root);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^early and other: hold different results of the same runs \(.*uniform seed 1.*\); leave .*\n$/,
    );
    expect(await readdir(root)).not.toContain('none.html');
  });
});
