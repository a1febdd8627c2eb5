import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADDRESS_FILE, backboneFolder } from '../../src/pretrained/backbone-cache.js';
import { DEFAULT_BACKBONE, publicBackbones } from '../../src/pretrained/known-backbones.js';
import { readComparison } from '../../src/records/read.js';
import { writeBackbone, writePhotos } from '../support/backbones.js';
import { runCli } from '../support/cli.js';

const ADDRESS = 'http://127.0.0.1:9/other/model.json';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'backbones-'));
  await writePhotos(join(dir, 'photos'));
  const cache = join(dir, 'cache');
  await writeBackbone(backboneFolder(publicBackbones.get(DEFAULT_BACKBONE)!, cache));
  await writeBackbone(backboneFolder(ADDRESS, cache));
  await writeFile(join(backboneFolder(ADDRESS, cache), ADDRESS_FILE), `${ADDRESS}\n`);
}, 60_000);
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

const cli = (...args: string[]): ReturnType<typeof runCli> => runCli([...args, '--cache', 'cache'], dir);

describe('backbones', () => {
  it('are listed: those with a name, and those that the cache holds', async () => {
    const { stdout, code } = await cli('backbones');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^mobilenet_v1_0\.25_224 {2}in the cache, .*B \(the default\)$/m);
    expect(stdout).toMatch(/^mobilenet_v1_1\.0_224 {2}fetched when it is first used$/m);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:9\/other\/model\.json {2}in the cache, .*B$/m);
  }, 60_000);

  it('that cannot be fetched are answered with what the cache holds', async () => {
    const given = ['finetune', 'photos', '--backbone', 'http://127.0.0.1:9/none/model.json'];
    const { stderr, code } = await cli(...given);
    expect(code).toBe(1);
    expect(stderr).toContain(
      `; the cache holds ${DEFAULT_BACKBONE}, ${ADDRESS}: give --backbone ${DEFAULT_BACKBONE}\n`,
    );
  }, 60_000);

  it('need not be named: the default is taken, whose new layer is trained first, then the upper part where that is asked for', async () => {
    const lengths = ['--freeze-until', 'auto', '--epochs', '4', '--batch-size', '8', '--backend', 'wasm'];
    const { stdout, stderr, code } = await cli('finetune', 'photos', ...lengths, '--out', 'probed');
    expect(stderr).not.toContain('failed');
    expect(code).toBe(0);
    expect(stdout).toContain(`backbone ${DEFAULT_BACKBONE}, cut after dropout`);
    expect(stdout).toContain('frozen up to');
    const { warmups, runs } = await readComparison(join(dir, 'probed'));
    const rates = [...warmups, ...runs].flatMap(({ epochs }) =>
      epochs.map(({ learningRate }) => learningRate),
    );
    expect(rates).toHaveLength(4);
    expect([0.003, 0.001, 0.0003]).toContain(rates[0]);
    expect(rates[2]).toBe(0.002);
    expect(existsSync(join(dir, 'cache/features'))).toBe(true);
  }, 120_000);
});

describe('recency-bias data clear', () => {
  it('deletes one part of the cache, or all that this program put there and nothing else', async () => {
    await writeFile(join(dir, 'cache/mine.txt'), 'x');
    expect((await cli('data', 'clear', 'nothing')).stderr).toContain(
      'expected decoded, features, backbones or',
    );
    expect((await cli('data', 'clear', 'decoded')).stdout).toMatch(/^decoded +\S+ .*B deleted from /);
    expect(existsSync(join(dir, 'cache/decoded'))).toBe(false);
    expect(existsSync(join(dir, 'cache/backbones'))).toBe(true);
    expect((await cli('data', 'clear')).code).toBe(0);
    expect(existsSync(join(dir, 'cache/backbones'))).toBe(false);
    expect(existsSync(join(dir, 'cache/features'))).toBe(false);
    expect(existsSync(join(dir, 'cache/mine.txt'))).toBe(true);
  }, 60_000);
});
