import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Run } from '../records/run.js';
import { firstSamples } from './first-samples.js';

it('Of each method the first run in the order of the seeds keeps its samples, whatever the order of reading', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'first-samples-'));
  try {
    await writeFile(join(dir, 'experiment.json'), JSON.stringify({ seeds: [7, 3, 5] }));
    const run = (selector: string, seed: number, samples: number): Run =>
      ({
        header: { selector, seed },
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
    const read = await firstSamples(dir, (at) => Promise.resolve(runs[Number(at)]));
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
