/** Reads the files of a run directory that hold state. */
import { readFile } from 'node:fs/promises';
import { decodeState } from 'recency-bias';
import type { StateDict } from 'recency-bias';
import { RecordError } from '../ground/record-error.js';
import { systemWords } from '../ground/system-error.js';

/**
 * The state in a file; undefined when there is no such file.
 * @param remedy what to do when it is damaged, e.g. `train this run anew`
 * @throws RecordError when it cannot be read or is damaged.
 */
export async function readStateFile(path: string, remedy: string): Promise<StateDict | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new RecordError(`${path}: cannot be read (${systemWords(error)})`);
  }
  try {
    return decodeState(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RecordError(`${path}: is damaged (${reason}); ${remedy}`);
  }
}
