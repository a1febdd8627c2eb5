/** Reads files that a user names, which may be anything. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** A file that is not read; the message is what follows its name. */
export class FileProblem extends Error {
  override readonly name = 'FileProblem';
}

/** More bytes than a file of a user's has. */
const MAX_BYTES = 2 ** 31;

/**
 * Reads a whole file, refusing what never ends or never begins: pipes, devices, sockets, folders.
 * @param maxBytes default 2 GiB
 * @throws FileProblem with what is wrong in words that follow the file's name.
 */
export async function readRegularFile(path: string, maxBytes = MAX_BYTES): Promise<Buffer> {
  try {
    // Without waiting: to open a pipe that nobody writes would not return.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const info = await file.stat();
      if (info.isDirectory()) throw new FileProblem('is a folder, expected a file');
      if (!info.isFile()) throw new FileProblem('is a pipe or device, expected a file');
      if (info.size > maxBytes) {
        throw new FileProblem(`has ${info.size} bytes; at most ${maxBytes} are read`);
      }
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof FileProblem) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new FileProblem(code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`);
  }
}
