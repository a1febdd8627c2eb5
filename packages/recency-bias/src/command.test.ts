import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);

let dir: string;
let command: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'command-'));
  command = join(dir, 'node_modules/recency-bias/bin/recency-bias.mjs');
  await cp(fileURLToPath(new URL('../bin/recency-bias.mjs', import.meta.url)), command);
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('the command of the library', () => {
  it('says what to install where the lab is not', async () => {
    await expect(run(process.execPath, [command], { cwd: dir })).rejects.toMatchObject({
      code: 1,
      stderr:
        'recency-bias: the command is part of recency-bias-lab; install it with `npm install recency-bias-lab`.\n',
    });
  });

  it('runs the lab where it is installed', async () => {
    const lab = join(dir, 'node_modules/recency-bias-lab');
    await mkdir(join(lab, 'bin'), { recursive: true });
    await writeFile(join(lab, 'package.json'), '{ "name": "recency-bias-lab" }');
    await writeFile(join(lab, 'bin/recency-bias.mjs'), "console.log('lab', ...process.argv.slice(2));");
    const { stdout } = await run(process.execPath, [command, 'finetune', 'photos'], { cwd: dir });
    expect(stdout).toBe('lab finetune photos\n');
  });
});
