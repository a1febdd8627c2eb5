import { unlink } from 'node:fs/promises';

/**
 * Removes a file if it is there, and nothing else. `rm` of Node, without `recursive` too, looks first and then removes: of a
 * folder that takes the file's place in between it removes everything.
 * @throws the system's error where it is a folder or may not be removed
 */
export async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
}
