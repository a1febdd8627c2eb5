import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Run } from '../records/run.js';
import { reportedRuns } from './reported-runs.js';

it('Of each method the first run in the order of the seeds keeps its samples, whatever the order of reading', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'reported-runs-'));
  try {
    await writeFile(join(dir, 'experiment.json'), JSON.stringify({ seeds: [7, 3, 5] }));
    const run = (selector: string, seed: number, samples: number): Run =>
      ({
        header: { selector, seed, epochs: 10, warmupEpochs: 2 },
        epochs: [],
        uncertainSamples: Array.from({ length: samples }),
        ...(samples > 0 && { suspects: { samples: [], count: samples } }),
      }) as unknown as Run;
    const runs = [
      run('a', 5, 2),
      run('a', 3, 2),
      run('b', 5, 2),
      run('a', 7, 0),
      run('b', 7, 2),
      run('b', 3, 2),
    ];
    const read = await reportedRuns(dir, (at) => Promise.resolve(runs[Number(at)]));
    for (const at of runs.keys()) expect(await read(String(at))).toBe(runs[at]);
    expect(runs.map(({ uncertainSamples }) => uncertainSamples.length)).toEqual([0, 2, 0, 0, 2, 0]);
    expect(runs.map(({ suspects }) => suspects?.count)).toEqual([
      undefined,
      2,
      undefined,
      undefined,
      2,
      undefined,
    ]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

it('Of the losses of the selected samples a run keeps the counts that are shown: those of 30 % and 70 % of its epochs', async () => {
  const counts = [3, 4];
  const selection = { distinctShare: 0.5, selectedLossHistogram: counts };
  const epochs = Array.from({ length: 10 }, (_, i) => ({ epoch: i + 1, testError: 0.1, selection }));
  const run = { header: { epochs: 10, warmupEpochs: 2 }, epochs, uncertainSamples: [] } as unknown as Run;
  const read = await reportedRuns(tmpdir(), () => Promise.resolve(run));
  const shown = (await read('run'))!.epochs;
  expect(shown.map((event) => event.selection.selectedLossHistogram.length)).toEqual([
    0, 0, 2, 0, 0, 0, 2, 0, 0, 0,
  ]);
  expect(shown.map(({ epoch, testError }) => [epoch, testError])).toEqual(
    epochs.map(({ epoch, testError }) => [epoch, testError]),
  );
  expect(shown.every((event) => event.selection.distinctShare === 0.5)).toBe(true);
  expect(epochs.every((event) => event.selection.selectedLossHistogram === counts)).toBe(true);
});
