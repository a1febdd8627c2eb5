/** `recency-bias backbones`: which pretrained networks can be fetched by name, and which the cache holds. */
import pc from 'picocolors';
import { cacheDirectory } from '../data/cache.js';
import { cachedBackbones } from '../pretrained/backbone-cache.js';
import { DEFAULT_BACKBONE, publicBackbones } from '../pretrained/known-backbones.js';
import { formatBytes } from './format.js';

/** Lists them. */
export async function listBackbones({ cache }: { cache?: string }): Promise<void> {
  const cached = new Map(
    (await cachedBackbones(cacheDirectory(cache))).map(({ backbone, bytes }) => [backbone, bytes]),
  );
  for (const name of new Set([...publicBackbones.keys(), ...cached.keys()])) {
    const bytes = cached.get(name);
    const isDefault = name === DEFAULT_BACKBONE ? ' (the default)' : '';
    const where =
      bytes === undefined ? 'fetched when it is first used' : pc.green(`in the cache, ${formatBytes(bytes)}`);
    process.stdout.write(`${pc.bold(name)}  ${where}${isDefault}\n`);
  }
  process.stdout.write('Or the path or address of any model.json of a TensorFlow.js LayersModel.\n');
}
