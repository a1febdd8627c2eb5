/** Writes a run directory. */
import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeState } from 'recency-bias';
import type { StateDict } from 'recency-bias';
import { lockDirectory } from '../ground/lock.js';
import type { Lock } from '../ground/lock.js';
import { makeDirectory } from '../ground/make-directory.js';
import { headerCheck } from './check-record.js';
import { LOG_START, logLine, readLog } from './event-log.js';
import type { LogMark } from './event-log.js';
import { RecordError } from '../ground/record-error.js';
import { readText } from './record-file.js';
import { RUN_FILES } from './run-files.js';
import { removeTemporaries, replaceFile } from '../ground/replace-file.js';
import type { RunEvent, RunHeader } from './schema.js';
import { readStateFile } from './state-file.js';
import { systemWords } from '../ground/system-error.js';

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
      return new RecordError(`${path}: cannot be written (${systemWords(error)}); choose another directory with --out`);
    case 'ENOTDIR':
    case 'EEXIST':
      return new RecordError(
        `${path}: is in the way, a file where a directory is needed; choose another with --out`,
      );
    case 'EISDIR':
    case 'ENOTEMPTY':
      return new RecordError(`${path}: is a directory, expected a file; choose another with --out`);
    default:
      if (code !== undefined && !(error instanceof RecordError)) {
        return new RecordError(`${path}: cannot be written (${systemWords(error)})`);
      }
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
  private constructor(
    readonly dir: string,
    private readonly events: FileHandle,
    private readonly lock: Lock,
    /** Where the log ends. */
    private end: LogMark,
  ) {}

  /**
   * Opens a run directory for writing, making it if need be.
   * @param force take it from whatever process holds it
   * @throws RecordError when another process writes it, the log is damaged, or the directory cannot be written.
   */
  static async open(dir: string, force = false): Promise<RunWriter> {
    try {
      await makeDirectory(dir);
      const lock = await lockDirectory(dir, { patienceMs: LOCK_PATIENCE_MS, force });
      try {
        await removeTemporaries(dir);
        const events = await open(join(dir, RUN_FILES.events), 'a+');
        try {
          await events.truncate(await wholeLines(events));
          const { marks } = await readLog(dir);
          return new RunWriter(dir, events, lock, marks.at(-1) ?? LOG_START);
        } catch (error) {
          await events.close();
          throw error;
        }
      } catch (error) {
        await lock.release();
        throw error;
      }
    } catch (error) {
      throw writeProblem(error, dir);
    }
  }

  /**
   * Writes run.json, and says in the log that the run begins or goes on.
   * @param epoch epochs that are complete
   * @param isResumed the run goes on from its checkpoint, and keeps the header it has; else what earlier processes saved is of no use
   */
  async begin(header: RunHeader, epoch: number, isResumed: boolean): Promise<void> {
    const known = isResumed ? await readText(join(this.dir, RUN_FILES.header)) : undefined;
    const text = known ?? `${JSON.stringify(header, null, 2)}\n`;
    if (known === undefined) await this.attempt(RUN_FILES.header, (path) => replaceFile(path, text));
    if (!isResumed) await this.attempt(RUN_FILES.checkpoint, (path) => rm(path, { force: true }));
    const time = new Date().toISOString();
    await this.append({ type: 'start', time, epoch, header: headerCheck(text) });
  }

  /** Appends an event and waits until it is on the disk. */
  async append(event: RunEvent): Promise<void> {
    await this.attempt(RUN_FILES.events, async () => {
      const { text, end } = logLine(event, this.end);
      await this.events.appendFile(text);
      await this.events.datasync();
      this.end = end;
    });
  }

  /** Replaces the checkpoint; a reader sees the old one or the new one, never half of one. It says where the log ended. */
  async writeCheckpoint(state: StateDict): Promise<void> {
    const { lines: logLines, check: logCheck } = this.end;
    const bytes = encodeState({ ...state, logLines, logCheck });
    await this.attempt(RUN_FILES.checkpoint, (path) => replaceFile(path, bytes));
  }

  /** Replaces a file of the run, whole or not at all. */
  async write(file: keyof typeof RUN_FILES, state: StateDict): Promise<void> {
    await this.attempt(RUN_FILES[file], (path) => replaceFile(path, encodeState(state)));
  }

  async close(): Promise<void> {
    await this.events.close();
    await this.lock.release();
  }

  private async attempt(file: string, write: (path: string) => Promise<void>): Promise<void> {
    const path = join(this.dir, file);
    try {
      this.lock.check();
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
  return readStateFile(join(dir, RUN_FILES.checkpoint), `delete ${dir} to train this run anew`);
}
