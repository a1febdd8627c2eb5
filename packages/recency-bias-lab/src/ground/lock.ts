/**
 * Keeps two processes from writing the same directory, be they on this machine, in containers or on machines that share the folder.
 *
 * A process that wants to write makes a file of its own in the folder `lock`, its claim, and then lists the folder: the directory is
 * its own if there is no other claim of a living process. Of two that claim at the same time at least one sees the other. Names of
 * claims are never used again, so whoever removes the claim of a dead process removes nothing else.
 */
import { existsSync } from 'node:fs';
import { access, mkdir, readdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { randomUUID } from 'node:crypto';
import {
  BEAT_MS,
  isPlainHolderAlive,
  ownClaimant,
  readClaim,
  readPlainLock,
  SILENCE_MS,
  Witness,
} from './lock-claim.js';
import { RecordError } from './record-error.js';
import { removeFile } from './remove-file.js';

/** A directory that another living process holds. */
export class HeldError extends RecordError {}

/** How a directory is claimed. */
export interface LockOptions {
  /** How long to wait for a living process. Default: 0. */
  readonly patienceMs?: number;
  /** Takes the directory from whatever process holds it, which then cannot write there any more. */
  readonly force?: boolean;
  /** A process that cannot be seen from here is taken for dead after so long without a beat. Default: 10 s. */
  readonly silenceMs?: number;
}

/** The right to write a directory. */
export interface Lock {
  /** @throws RecordError when another process has taken the directory by force, or while this one was suspended. */
  check(): void;
  /** Gives the directory back. */
  release(): Promise<void>;
}

/** How long claims that were made at the same time are given to settle which of them stays. */
const SETTLE_MS = 1000;
const POLL_MS = 20;

/** Touches the claim in a thread of its own, since a training step may hold the main one for a minute. */
const BEAT = `
const { workerData } = require('node:worker_threads');
const { utimesSync } = require('node:fs');
setInterval(() => {
  const now = new Date();
  try { utimesSync(workerData.path, now, now); } catch {}
}, workerData.ms);`;

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** Removes a lock file of an earlier version whose process is no more. */
async function clearPlainLock(path: string, force: boolean): Promise<number | undefined> {
  const pid = await readPlainLock(path);
  if (pid !== undefined && !force && isPlainHolderAlive(pid)) return pid;
  if (pid === undefined && !force) await sleep(50); // its owner may be about to fill it
  if ((await readPlainLock(path)) === pid) await removeFile(path).catch(() => undefined); // a folder by now
  return undefined;
}

/** The other claims in the folder that are not of dead processes; the dead ones are removed. */
async function rivals(folder: string, own: string, witness: Witness, force: boolean): Promise<string[]> {
  const living: string[] = [];
  for (const name of await readdir(folder)) {
    if (name === own) continue;
    const path = join(folder, name);
    if (force || (await witness.judge(path)) === 'dead') await removeFile(path);
    else living.push(name);
  }
  return living.sort();
}

/**
 * Removes the claims of processes that are no more. A process that was killed after its last write leaves its claim in a directory
 * that is complete, which nobody takes again.
 */
export async function clearDeadClaims(dir: string): Promise<void> {
  const folder = join(dir, 'lock');
  const names = await readdir(folder).catch(() => []); // none, or a lock file of an earlier version
  const witness = new Witness(SILENCE_MS);
  for (const name of names) {
    const path = join(folder, name);
    if ((await witness.judge(path)) === 'dead') await removeFile(path);
  }
  if (names.length > 0) await rmdir(folder).catch(() => undefined); // unless there are claims of living processes
}

/** Makes the claim. */
async function claim(folder: string, name: string): Promise<void> {
  await mkdir(folder).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
  await writeFile(join(folder, name), JSON.stringify(ownClaimant()), { flag: 'wx' });
}

async function withdraw(folder: string, name: string): Promise<void> {
  await removeFile(join(folder, name));
  await rmdir(folder).catch(() => undefined); // unless others have claims in it
}

/** The open claim of a directory that is held. */
class Claim implements Lock {
  private readonly beat: Worker;

  constructor(
    private readonly dir: string,
    private readonly folder: string,
    private readonly name: string,
  ) {
    this.beat = new Worker(BEAT, {
      eval: true,
      execArgv: [],
      workerData: { path: join(folder, name), ms: BEAT_MS },
    });
    this.beat.on('error', () => undefined); // without beats the claim is judged by its process alone
    this.beat.unref();
  }

  check(): void {
    if (existsSync(join(this.folder, this.name))) return;
    throw new RecordError(`${this.dir}: another process has taken this directory over; nothing was written`);
  }

  async release(): Promise<void> {
    await this.beat.terminate();
    await withdraw(this.folder, this.name);
  }
}

async function describeHolder(path: string): Promise<string> {
  const holder = await readClaim(path);
  if (holder === undefined) return 'another process';
  const { pid, host } = holder;
  return host === ownClaimant().host ? `process ${pid}` : `process ${pid} on ${host}`;
}

/**
 * Takes a directory for writing. The claim of a process that is no more is taken over; a living one is waited for.
 * @throws RecordError when another process holds it.
 */
export async function lockDirectory(dir: string, options: LockOptions = {}): Promise<Lock> {
  const { patienceMs = 0, silenceMs = SILENCE_MS } = options;
  const folder = join(dir, 'lock');
  const deadline = performance.now() + patienceMs;
  const witness = new Witness(silenceMs);
  for (let force = options.force ?? false; ; force = false) {
    const name = randomUUID();
    let holder: string | undefined;
    try {
      await claim(folder, name);
      const rival = await settle(folder, name, witness, force);
      if (rival === undefined) return new Claim(dir, folder, name);
      const isKnown = (await witness.judge(join(folder, rival))) === 'alive';
      if (isKnown) holder = await describeHolder(join(folder, rival));
      await withdraw(folder, name);
    } catch (error) {
      const isFile = codeOf(error) === 'ENOTDIR'; // a lock of an earlier version
      // A process that leaves removes the folder.
      if (!isFile && !(codeOf(error) === 'ENOENT' && existsSync(dir))) throw error;
      const pid = isFile ? await clearPlainLock(folder, force) : undefined;
      if (pid !== undefined) holder = `process ${pid}`;
    }
    if (holder !== undefined && performance.now() >= deadline) {
      throw new HeldError(
        `${dir}: ${holder} is writing there; wait for it or end it ` +
          `(if it has nothing to do with this, delete ${folder} or give --force)`,
      );
    }
    await sleep(POLL_MS + (Number.parseInt(name.slice(0, 2), 16) % 80));
  }
}

/**
 * Waits until it is known whether a claim is the only one.
 * @returns the claim that stands in the way; undefined when there is none
 */
async function settle(
  folder: string,
  name: string,
  witness: Witness,
  force: boolean,
): Promise<string | undefined> {
  const end = performance.now() + SETTLE_MS;
  for (let isFirst = true; ; isFirst = false) {
    const [first] = await rivals(folder, name, witness, force && isFirst);
    if (first === undefined) {
      await access(join(folder, name)); // another process may have removed it by force
      return undefined;
    }
    // Of claims made at the same time the first by name stays.
    if (first < name || performance.now() > end) return first;
    await sleep(POLL_MS);
  }
}
