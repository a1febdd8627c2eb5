/** The networks that were fetched: where they lie in the cache, and which they are. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { publicBackbones } from './known-backbones.js';

/** File beside a model that says where it came from. */
export const ADDRESS_FILE = 'address.txt';

/** A network in the cache. */
export interface CachedBackbone {
  /** The value for `--backbone`: the name of a public network, or the address. */
  readonly backbone: string;
  readonly bytes: number;
}

/** The folder of the network at an address. */
export function backboneFolder(address: string, cache: string): string {
  const key = createHash('sha256').update(address).digest('hex').slice(0, 16);
  return join(cache, 'backbones', key);
}

async function bytesOf(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** All networks in the cache, public ones first; one of an earlier version that is not public has no known address, and is left out. */
export async function cachedBackbones(cache: string): Promise<CachedBackbone[]> {
  const found: CachedBackbone[] = [];
  const folders = new Map<string, string>();
  for (const [name, address] of publicBackbones) folders.set(backboneFolder(address, cache), name);
  for (const key of await readdir(join(cache, 'backbones')).catch(() => [])) {
    const folder = join(cache, 'backbones', key);
    if (folders.has(folder)) continue;
    const address = await readFile(join(folder, ADDRESS_FILE), 'utf8').catch(() => undefined);
    if (address !== undefined) folders.set(folder, address.trim());
  }
  for (const [folder, backbone] of folders) {
    if (existsSync(join(folder, 'model.json'))) found.push({ backbone, bytes: await bytesOf(folder) });
  }
  return found;
}
