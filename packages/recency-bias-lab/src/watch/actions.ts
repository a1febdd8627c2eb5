/** The deeds of the buttons: Stop is a Ctrl-C for the process that holds the folder, Resume is the command with `--resume`. */
import { spawn } from 'node:child_process';
import { LockWatcher } from '../ground/lock-holder.js';
import type { FolderProgress } from './run-progress.js';

/** Stops and resumes the comparisons of folders that are watched. */
export class FolderActions {
  readonly #locks = new LockWatcher();
  readonly #resume: (dir: string) => Promise<readonly string[]>;
  /** Processes that were told to stop, by folder: a second signal would not let them save. */
  readonly #stopped = new Map<string, number>();

  /** @param resume the words after the program's name that go on with a folder */
  constructor(resume: (dir: string) => Promise<readonly string[]>) {
    this.#resume = resume;
  }

  isStopping({ dir, holder }: FolderProgress): boolean {
    return holder !== undefined && this.#stopped.get(dir) === holder.pid;
  }

  /** @throws Error in words for the reader */
  async stop(dir: string): Promise<void> {
    const holder = await this.#locks.holder(dir);
    if (holder === undefined) throw new Error(`${dir}: no process trains there.`);
    if (!holder.isHere)
      throw new Error(`${dir}: process ${holder.pid} on ${holder.host} trains there; stop it there.`);
    if (this.#stopped.get(dir) === holder.pid) return;
    this.#stopped.set(dir, holder.pid);
    process.kill(holder.pid, 'SIGINT');
  }

  /** @throws Error in words for the reader */
  async resume(dir: string): Promise<void> {
    if ((await this.#locks.holder(dir)) !== undefined)
      throw new Error(`${dir}: a process trains there already.`);
    this.#stopped.delete(dir);
    const [script = ''] = process.argv.slice(1);
    // It goes on when the page's server ends, and says what it does where that was started.
    const child = spawn(process.execPath, [script, ...(await this.#resume(dir))], {
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    child.on('error', () => undefined);
    child.unref();
  }
}
