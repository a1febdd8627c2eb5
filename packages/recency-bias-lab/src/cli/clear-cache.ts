/** `recency-bias data clear`: gives back what the cache takes. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory } from '../data/cache.js';
import { cacheFolder } from '../data/verified-folder.js';
import { datasetRegistry } from '../data/registry.js';
import { CommandError } from './errors.js';
import { formatBytes } from './format.js';

/** The parts of the cache, in the folders of these names; `datasets` has a folder a data set. */
const PARTS: Readonly<Record<string, (root: string) => string[]>> = {
  decoded: (root) => [join(root, 'decoded')],
  features: (root) => [join(root, 'features')],
  backbones: (root) => [join(root, 'backbones')],
  datasets: (root) =>
    [...datasetRegistry.values()].flatMap(({ files }) =>
      files === undefined ? [] : [cacheFolder(files, root)],
    ),
};

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(
      async ({ parentPath, name }) => (await stat(join(parentPath, name)).catch(() => undefined))?.size ?? 0,
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/**
 * Deletes what the cache holds of a kind, or of all kinds; other files there stay.
 * @param part decoded, features, backbones or datasets; default: all
 */
export async function clearCache(part: string | undefined, { cache }: { cache?: string }): Promise<void> {
  const root = cacheDirectory(cache);
  const names = Object.keys(PARTS);
  if (part !== undefined && !names.includes(part)) {
    throw new CommandError(
      `data clear: is ${part}; expected ${names.slice(0, -1).join(', ')} or ${names.at(-1)!}`,
    );
  }
  for (const name of part === undefined ? names : [part]) {
    let bytes = 0;
    for (const folder of PARTS[name]!(root)) {
      bytes += await bytesIn(folder);
      await rm(folder, { recursive: true, force: true });
    }
    process.stdout.write(`${name.padEnd(9)}  ${formatBytes(bytes)} deleted from ${root}\n`);
  }
}
