import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeIdxFolder } from '../../test/support/idx-data.js';
import { FASHION_MNIST, loadFashionMnist } from './fashion-mnist.js';
import { IDX_FILES } from './idx-folder.js';
import { idxDirectory } from './idx-sources.js';
import { checksumOf, fetchVerified } from './verified-folder.js';
import type { Checksum } from './verified-folder.js';

let dir: string;
const saved = { ...process.env };
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fashion-'));
});
afterEach(async () => {
  process.env = { ...saved };
  await rm(dir, { recursive: true, force: true });
});

// Locally the package may be missing; in CI it must not.
const installed = existsSync('/usr/share/datasets/fashion-mnist') || process.env.CI === 'true';

describe('Fashion-MNIST', () => {
  it.skipIf(!installed)("takes the official files from Debian's package where it is installed", async () => {
    process.env.npm_config_offline = 'true';
    const data = await loadFashionMnist({ cache: dir });
    expect(data).toMatchObject({ imageShape: [28, 28, 1], classes: 10 });
    expect(data.train.size).toBe(60_000);
    // The first training image is an ankle boot, as in the authors' readme.
    expect(data.classNames[data.train.labels[0]!]).toBe('Ankle boot');
  });

  it("says offline which sources it tried, Debian's package first", async () => {
    process.env.npm_config_offline = 'true';
    process.env.npm_config_cache = join(dir, 'empty');
    const [debian, ...addresses] = FASHION_MNIST.sources;
    const sources = [idxDirectory(join(dir, 'missing'), debian!.title), ...addresses];
    const failure = await fetchVerified({ ...FASHION_MNIST, sources }, { cache: dir }).catch(
      (error: unknown) => String(error),
    );
    expect(failure).toContain('Fashion-MNIST could not be fetched from any of its sources:');
    expect(failure).toMatch(/- Debian package dataset-fashion-mnist: .*is not installed[^]*- https:/);
  });
});

describe('fetchVerified', () => {
  /** A source of compressed files, and the checksums of what is in them. */
  async function compressedFolder(): Promise<{ folder: string; files: Record<string, Checksum> }> {
    const folder = join(dir, 'source');
    await writeIdxFolder(folder);
    const files: Record<string, Checksum> = {};
    for (const name of Object.values(IDX_FILES)) {
      const path = join(folder, name);
      if (existsSync(path)) await writeFile(`${path}.gz`, gzipSync(await readFile(path)));
      else await writeFile(path, gunzipSync(await readFile(`${path}.gz`)));
      files[name] = { algorithm: 'sha256', hex: await checksumOf(path, 'sha256') };
    }
    return { folder, files };
  }

  it('goes on to the next source when one has files with a wrong checksum, and says so when none is left', async () => {
    const { folder, files } = await compressedFolder();
    const good = idxDirectory(folder, 'good');
    const damaged = join(dir, 'damaged');
    await writeIdxFolder(damaged, { train: 170 });
    for (const name of Object.values(IDX_FILES)) {
      if (existsSync(join(damaged, name)))
        await writeFile(join(damaged, `${name}.gz`), gzipSync(await readFile(join(damaged, name))));
    }
    const bad = idxDirectory(damaged, 'bad');
    const data = { name: 'bars', title: 'Bars', megabytes: 1, files };
    await expect(fetchVerified({ ...data, sources: [bad] }, { cache: dir })).rejects.toThrow(
      /Bars could not be fetched[^]*- bad: train-images-idx3-ubyte is not the official file/,
    );
    expect(await fetchVerified({ ...data, sources: [bad, good] }, { cache: dir })).toBe(join(dir, 'bars'));
    // Now it is in the cache, and no source is asked.
    expect(await fetchVerified({ ...data, sources: [] }, { cache: dir })).toBe(join(dir, 'bars'));
  });
});
