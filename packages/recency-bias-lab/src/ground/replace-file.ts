import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning } from './lock-claim.js';

/** Name of the file that is to take the place of another: `<name>.<process>.tmp`. */
const TEMPORARY = /\.(\d+)\.tmp$/;

/**
 * Replaces a file's content, given whole or in pieces: readers see the old or the new one, never a part, also after a crash or on a full disk.
 * (write-file-atomic 7 does not notice when a full disk takes only a part of the content, and puts that in place.)
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array | Iterable<string>,
): Promise<void> {
  const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, 'w');
    try {
      for (const piece of pieces) await file.writeFile(piece); // goes on at the file's position
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Removes what processes that are no more left of files that they were replacing. */
export async function removeTemporaries(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    const [, pid] = TEMPORARY.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(dir, name), { force: true });
  }
}
