// Tells whether an addon was compiled from the sources that came with this version of the package.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A digest of the names and contents of all files in a folder.
 * @param {string} folder
 */
export function sourceDigest(folder) {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort())
    hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}
