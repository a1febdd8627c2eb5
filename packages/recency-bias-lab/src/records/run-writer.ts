/** Writes a run directory. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeState } from 'recency-bias';
import type { StateDict } from 'recency-bias';
import { lockDirectory } from './lock.js';
import type { Lock } from './lock.js';
import { makeDirectory } from './make-directory.js';
import { readRunHeader, RecordError } from './read.js';
import { replaceFile } from './replace-file.js';
import type { RunEvent, RunHeader } from './schema.js';
import { readStateFile } from './state-file.js';

/** Name of the file that holds the state of a run. */
export const CHECKPOINT_FILE = 'checkpoint.bin';

/** How long a run waits for the process that an interrupted comparison left behind, which saves and ends at its next step. */
const LOCK_PATIENCE_MS = 15_000;

/** Puts a file-system error into words that say what to do. */
export function writeProblem(error: unknown, path: string): Error {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new RecordError(`${path}: no space left on the device; make room and go on with --resume`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOENT':
      return new RecordError(`${path}: cannot be written (${code}); choose another directory with --out`);
    case 'ENOTDIR':
    case 'EEXIST':
      return new RecordError(
        `${path}: is in the way, a file where a directory is needed; choose another with --out`,
      );
    case 'EISDIR':
    case 'ENOTEMPTY':
      return new RecordError(`${path}: is a directory, expected a file; choose another with --out`);
    default:
      return error instanceof Error ? error : new Error(String(error));
  }
}

/** Length of a file up to its last line feed: what a killed process left torn is cut off. */
async function wholeLines(file: FileHandle): Promise<number> {
  const text = await file.readFile();
  return text.lastIndexOf(0x0a) + 1;
}

/** The open record of one run; nobody else writes it until `close`. */
export class RunWriter {
  readonly #events: FileHandle;
  readonly #lock: Lock;

  private constructor(
    readonly dir: string,
    events: FileHandle,
    lock: Lock,
  ) {
    this.#events = events;
    this.#lock = lock;
  }

  /**
   * Opens a run directory for writing, making it if need be.
   * @param force take it from whatever process holds it
   * @throws RecordError when another process writes it, or the directory cannot be written.
   */
  static async open(dir: string, force = false): Promise<RunWriter> {
    try {
      await makeDirectory(dir);
      const lock = await lockDirectory(dir, { patienceMs: LOCK_PATIENCE_MS, force });
      try {
        const events = await open(join(dir, 'events.jsonl'), 'a+');
        await events.truncate(await wholeLines(events));
        return new RunWriter(dir, events, lock);
      } catch (error) {
        await lock.release();
        throw error;
      }
    } catch (error) {
      throw writeProblem(error, dir);
    }
  }

  /**
   * Writes run.json.
   * @param isResumed the run goes on from its checkpoint, and keeps the one it has
   */
  async writeHeader(header: RunHeader, isResumed: boolean): Promise<void> {
    if (isResumed && (await readRunHeader(this.dir)) !== undefined) return;
    await this.#attempt('run.json', (path) => replaceFile(path, `${JSON.stringify(header, null, 2)}\n`));
  }

  /** Appends an event and waits until it is on the disk. */
  async append(event: RunEvent): Promise<void> {
    await this.#attempt('events.jsonl', async () => {
      await this.#events.appendFile(`${JSON.stringify(event)}\n`);
      await this.#events.datasync();
    });
  }

  /** Replaces the checkpoint; a reader sees the old one or the new one, never half of one. */
  async writeCheckpoint(state: StateDict): Promise<void> {
    await this.#attempt(CHECKPOINT_FILE, (path) => replaceFile(path, encodeState(state)));
  }

  /** Writes samples.bin, whole or not at all. */
  async writeSamples(state: StateDict): Promise<void> {
    await this.#attempt('samples.bin', (path) => replaceFile(path, encodeState(state)));
  }

  async close(): Promise<void> {
    await this.#events.close();
    await this.#lock.release();
  }

  async #attempt(file: string, write: (path: string) => Promise<void>): Promise<void> {
    const path = join(this.dir, file);
    try {
      this.#lock.check();
      await write(path);
    } catch (error) {
      throw writeProblem(error, path);
    }
  }
}

/**
 * Reads the checkpoint of a run directory.
 * @returns undefined when there is none.
 * @throws RecordError when it is damaged.
 */
export function readCheckpoint(dir: string): Promise<StateDict | undefined> {
  return readStateFile(join(dir, CHECKPOINT_FILE), `delete ${dir} to train this run anew`);
}
