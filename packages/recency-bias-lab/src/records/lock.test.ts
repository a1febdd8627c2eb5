import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDirectory } from './lock.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('lockDirectory', () => {
  it('refuses a second holder and names the process, until the first gives it back', async () => {
    const unlock = await lockDirectory(dir);
    await expect(lockDirectory(dir)).rejects.toThrow(`process ${process.pid} is writing there`);
    await unlock();
    expect(await readdir(dir)).toEqual([]);
    await (
      await lockDirectory(dir)
    )();
  });

  it('takes over the lock of a process that is no more, or that died while taking it', async () => {
    for (const content of ['4194305\n', '', 'nonsense']) {
      await writeFile(join(dir, 'lock'), content);
      await (
        await lockDirectory(dir)
      )();
    }
  });

  it('waits for a living process as long as it is told', async () => {
    const unlock = await lockDirectory(dir);
    const second = lockDirectory(dir, 10_000);
    await sleep(150);
    await unlock();
    await (
      await second
    )();
  });
});
