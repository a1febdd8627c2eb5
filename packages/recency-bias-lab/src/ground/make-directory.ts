import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a directory and those above it that are missing. Unlike `mkdir` with `recursive`, which never returns for a
 * path inside /proc (Node 20), this asks each directory once.
 */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    const parent = dirname(resolve(path));
    if (code !== 'ENOENT' || parent === resolve(path)) throw error;
    const isParentThere = await stat(parent).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isParentThere) throw error;
    await makeDirectory(parent);
    await makeDirectory(path);
  }
}
