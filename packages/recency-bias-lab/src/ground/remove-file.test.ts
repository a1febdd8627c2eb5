import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeFile } from './remove-file.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'remove-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

it('removes a file, and is content when it is gone already', async () => {
  await writeFile(join(dir, 'a'), '');
  await removeFile(join(dir, 'a'));
  await removeFile(join(dir, 'a'));
  expect(await readdir(dir)).toEqual([]);
});

it('never removes a folder or what is in it, even when the folder took the place of a file at the last moment', async () => {
  await mkdir(join(dir, 'lock'));
  await writeFile(join(dir, 'lock', 'claim'), '');
  await expect(removeFile(join(dir, 'lock'))).rejects.toThrow();
  expect(await readdir(join(dir, 'lock'))).toEqual(['claim']);
});
