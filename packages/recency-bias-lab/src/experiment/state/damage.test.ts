import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DamagedRuns } from '../../../test/support/damaged-runs.js';
import { RUN_FILES } from '../../records/run-files.js';

/** `npm run torture` tries many more. */
const VARIANTS = 80;

let dir: string;
let runs: DamagedRuns;
beforeAll(async () => {
  await tf.setBackend('cpu');
  dir = await mkdtemp(join(tmpdir(), 'damage-'));
  runs = await DamagedRuns.make(dir);
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('a run that is resumed', { timeout: 600_000 }, () => {
  it('goes on where it died', async () => {
    await runs.copy('died', 'resumed');
    const torn = join(dir, 'resumed', runs.run.id, 'checkpoint.bin.4194305.tmp');
    await writeFile(torn, 'half');
    await runs.train('resumed');
    expect(await runs.results('resumed')).toEqual(runs.undisturbed);
    await expect(readFile(torn)).rejects.toThrow();
  });

  it('says what is missing, or records what an undisturbed one does, whatever happened to its files', async () => {
    let refused = 0;
    for (let variant = 0; variant < VARIANTS; variant++) {
      const { what, outcome, message } = await runs.resumed(variant);
      expect(['same', 'refused'], what).toContain(outcome);
      if (outcome === 'same') continue;
      refused++;
      expect(message, what).toContain(runs.run.id); // the file or the directory by name
    }
    expect(refused).toBeGreaterThan(VARIANTS / 4);
  });

  it('is refused, or read to the same numbers as far as it says that it went, whatever happened to its files after its end', async () => {
    for (let variant = 0; variant < VARIANTS; variant++) {
      const { what, outcome, message } = await runs.read(variant);
      expect(outcome, what).not.toBe('different');
      if (outcome === 'refused') expect(message, what).toContain(runs.run.id);
    }
  });

  it('names the epochs that records of earlier versions lack', async () => {
    await runs.copy('whole', 'old');
    const path = join(runs.dir, 'old', runs.run.id, RUN_FILES.events);
    const lines = (await readFile(path, 'utf8'))
      .replaceAll(/,"line":\d+,"check":"\w+"|,"header":"\w+"/g, '')
      .split('\n');
    await writeFile(path, lines.join('\n'));
    expect(await runs.results('old')).toEqual(runs.undisturbed);
    await writeFile(path, lines.filter((line) => !/"epoch":[34],/.test(line)).join('\n'));
    await expect(runs.results('old')).rejects.toThrow(
      /events\.jsonl: epochs 3 to 4 are missing; .*train this run anew/,
    );
    // Also where the end is lost, so that the run would go on.
    await writeFile(path, lines.filter((line) => !/"epoch":[34],|"type":"end"/.test(line)).join('\n'));
    await expect(runs.train('old')).rejects.toThrow(/epochs 3 to 4 are missing/);
  });
});
