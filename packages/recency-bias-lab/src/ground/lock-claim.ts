/** Claims to a directory: who wants to write it, and whether that process still lives. */
import { readFileSync, readlinkSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { z } from 'zod';

/** The process that made a claim. Process ids mean something only within a boot and a process namespace. */
const claimSchema = z.object({
  pid: z.int().positive(),
  host: z.string(),
  /** Random name of the machine's boot; empty where the system gives none. */
  boot: z.string(),
  /** The process namespace, e.g. of a container; empty where the system has none. */
  namespace: z.string(),
  /** When the process started, in ticks since the boot; empty where the system does not say. */
  started: z.string(),
});

/** A process that claims a directory. */
export type Claimant = z.infer<typeof claimSchema>;

/** How often a holder shows that it lives. */
export const BEAT_MS = 1000;

/** A holder of which nothing else can be known is taken for dead after so long without a beat. */
export const SILENCE_MS = 10_000;

function readSystem(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

/** State and start of a process by Linux's /proc; undefined where it does not say. */
function processFacts(
  pid: number | 'self',
): { readonly state: string; readonly started: string } | undefined {
  const text = readSystem(`/proc/${pid}/stat`);
  // The name, in parentheses, may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state = '', started = ''] = [fields[0], fields[19]];
  return text === '' ? undefined : { state, started };
}

function ownNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** This process. */
export function ownClaimant(): Claimant {
  return {
    pid: process.pid,
    host: hostname(),
    boot: readSystem('/proc/sys/kernel/random/boot_id'),
    namespace: ownNamespace(),
    started: processFacts('self')?.started ?? '',
  };
}

/** Whether a process of this process namespace is there and no zombie. @param started when it started; any where that is not known */
export function isRunning(pid: number, started = ''): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const facts = processFacts(pid);
  if (facts === undefined) return true;
  return facts.state !== 'Z' && facts.state !== 'X' && (started === '' || facts.started === started);
}

/**
 * The claimant that a file names.
 * @returns undefined when the file is gone or cannot be understood.
 */
export async function readClaim(path: string): Promise<Claimant | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  try {
    return claimSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The process id in a lock file of an earlier version; undefined when there is none in it. */
export async function readPlainLock(path: string): Promise<number | undefined> {
  const pid = Number.parseInt(await readFile(path, 'utf8').catch(() => ''), 10);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

/** Whether the process of a lock file of an earlier version lives; such a file does not say when it started. */
export function isPlainHolderAlive(pid: number): boolean {
  return pid !== process.pid && isRunning(pid);
}

/** Judges whether claimants live: by the process where it can be seen from here, else by its beat. */
export class Witness {
  readonly #silenceMs: number;
  readonly #self = ownClaimant();
  /** When each claim's beat was last seen to change, by this process's clock. */
  readonly #beats = new Map<
    string,
    { readonly mark: number; readonly since: number; readonly beats: boolean }
  >();

  /** @param silenceMs how long a claim without a beat is waited for */
  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs;
  }

  /** `unknown`: it cannot be seen from here, and its beat has not been watched long enough. */
  async judge(path: string): Promise<'alive' | 'dead' | 'unknown'> {
    const claimant = await readClaim(path);
    if (claimant !== undefined && this.#shares(claimant)) {
      return isRunning(claimant.pid, claimant.started) ? 'alive' : 'dead';
    }
    const mark = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (mark === undefined) return 'dead';
    const now = performance.now();
    const seen = this.#beats.get(path);
    if (seen?.mark !== mark) {
      const beats = seen !== undefined;
      this.#beats.set(path, { mark, since: now, beats });
      return beats ? 'alive' : 'unknown';
    }
    if (now - seen.since >= this.#silenceMs) return 'dead';
    return seen.beats ? 'alive' : 'unknown';
  }

  /** Whether the claimant's process ids are those of this process's system. */
  #shares({ host, boot, namespace }: Claimant): boolean {
    const self = this.#self;
    return boot === ''
      ? host === self.host && self.boot === ''
      : boot === self.boot && namespace === self.namespace;
  }
}
