/** Keeps two processes from writing the same directory. */
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RecordError } from './read.js';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Process id in a lock file; undefined when the file is gone or unreadable. */
async function holder(path: string): Promise<number | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

/**
 * Takes the lock of a directory: a file `lock` that holds the process id. The lock of a process that is no more is
 * taken over; that of a living one is waited for.
 * @param patienceMs how long to wait for a living process, default 0
 * @returns a function that gives the lock back.
 * @throws RecordError when another process holds it.
 */
export async function lockDirectory(dir: string, patienceMs = 0): Promise<() => Promise<void>> {
  const path = join(dir, 'lock');
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(`${process.pid}\n`);
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const pid = await holder(path);
    if (pid === undefined || !isAlive(pid)) {
      // An empty file may be one that its owner is about to fill.
      if (pid === undefined) await sleep(50);
      if ((await holder(path)) === pid) await rm(path, { force: true });
    } else if (performance.now() < deadline) {
      await sleep(100);
    } else {
      throw new RecordError(
        `${dir}: process ${pid} is writing there; wait for it or end it (if it has nothing to do with this, delete ${path})`,
      );
    }
  }
}
