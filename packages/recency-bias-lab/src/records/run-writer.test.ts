import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEvents } from './read.js';
import { readCheckpoint, RunWriter, writeProblem } from './run-writer.js';
import type { RunEvent } from './schema.js';

const start = (epoch: number): RunEvent => ({ type: 'start', time: '2026-01-01T00:00:00.000Z', epoch });

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'writer-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('RunWriter', () => {
  it('appends events across processes and cuts off a line that a killed one left torn', async () => {
    const run = join(dir, 'a', 'run');
    const first = await RunWriter.open(run);
    await first.append(start(0));
    await first.close();
    await appendFile(join(run, 'events.jsonl'), '{"type":"start","ti');
    const second = await RunWriter.open(run);
    await second.append(start(3));
    await second.close();
    expect(await readEvents(run)).toEqual([start(0), start(3)]);
  });

  it('keeps a second writer out', async () => {
    const writer = await RunWriter.open(dir);
    const second = RunWriter.open(dir);
    const waiting = setTimeout(300, 'still waiting');
    expect(await Promise.race([second, waiting])).toBe('still waiting');
    await writer.close();
    await (await second).close();
  });

  it('gives back the checkpoint written last', async () => {
    const writer = await RunWriter.open(dir);
    expect(await readCheckpoint(dir)).toBeUndefined();
    await writer.writeCheckpoint({ version: 1, weights: Float32Array.of(1, 2), step: 4 });
    const state = { version: 1, weights: Float32Array.of(3, Math.PI), labels: Uint8Array.of(7), step: 5 };
    await writer.writeCheckpoint(state);
    await writer.close();
    expect(await readCheckpoint(dir)).toMatchObject(state);
  });

  it('says of every truncated checkpoint that it is damaged and what to do', async () => {
    const writer = await RunWriter.open(dir);
    await writer.writeCheckpoint({ version: 1, weights: Float32Array.of(1, 2, 3) });
    await writer.close();
    const path = join(dir, 'checkpoint.bin');
    const bytes = await readFile(path);
    for (let length = 0; length < bytes.length; length += 5) {
      await writeFile(path, bytes.subarray(0, length));
      await expect(readCheckpoint(dir)).rejects.toThrow(
        /checkpoint\.bin: is damaged .*delete .* to train this run anew/,
      );
    }
  });

  it('says that a file is in the way of the directory', async () => {
    await writeFile(join(dir, 'file'), '');
    await expect(RunWriter.open(join(dir, 'file'))).rejects.toThrow(/is in the way.*--out/);
    await expect(RunWriter.open(join(dir, 'file', 'run'))).rejects.toThrow(/is in the way.*--out/);
  });
});

describe('writeProblem', () => {
  it.each([
    ['ENOSPC', /^out: no space left on the device; make room and go on with --resume$/],
    ['EACCES', /^out: cannot be written \(EACCES\); choose another directory with --out$/],
    ['ENOENT', /^out: cannot be written \(ENOENT\)/],
    ['EROFS', /^out: cannot be written \(EROFS\)/],
  ])('explains %s', (code, message) => {
    expect(writeProblem(Object.assign(new Error('raw'), { code }), 'out').message).toMatch(message);
  });
});
