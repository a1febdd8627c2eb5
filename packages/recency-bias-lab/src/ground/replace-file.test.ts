import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeTemporaries, replaceFile } from './replace-file.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'replace-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('replaceFile', () => {
  it('writes text and bytes, and leaves nothing else behind', async () => {
    const path = join(dir, 'file');
    await replaceFile(path, 'a long text');
    await replaceFile(path, Uint8Array.of(1, 2, 3));
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
    expect(await readdir(dir)).toEqual(['file']);
  });

  it.runIf(existsSync('/dev/full'))('keeps the old content when the disk is full', async () => {
    const path = join(dir, 'file');
    await replaceFile(path, 'old');
    // The temporary file is written through this link to a device that is always full.
    await symlink('/dev/full', `${path}.${process.pid}.tmp`);
    await expect(replaceFile(path, 'new')).rejects.toMatchObject({
      code: expect.stringMatching(/ENOSPC|EINVAL/) as string,
    });
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(dir)).toEqual(['file']);
  });
});

describe('removeTemporaries', () => {
  it('removes what a killed process left, and nothing of a living one or of the user', async () => {
    const dead = 2 ** 22 + 1; // more than the system gives
    const kept = ['experiment.json', `experiment.json.${process.pid}.tmp`, 'notes.tmp'];
    for (const name of [...kept, `experiment.json.${dead}.tmp`]) await writeFile(join(dir, name), 'half');
    await removeTemporaries(dir);
    expect((await readdir(dir)).sort()).toEqual(kept);
  });
});
