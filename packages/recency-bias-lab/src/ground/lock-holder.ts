/** Who holds a directory, for those who only look: nothing is claimed, and no claim is removed. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readClaim, SILENCE_MS, Witness } from './lock-claim.js';

/** A living process that holds a directory. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Whether its process id is one of this system, so that it can be sent a signal. */
  readonly isHere: boolean;
}

/** A process elsewhere counts as living for so long after its last beat: the folder may be copied from there only now and then. */
const ELSEWHERE_MS = 300_000;

/** Looks at directories again and again. */
export class LockWatcher {
  readonly #elsewhere = new Witness(ELSEWHERE_MS);

  /** The living process that holds a directory; undefined where there is none, as far as can be seen from here. */
  async holder(dir: string): Promise<Holder | undefined> {
    const folder = join(dir, 'lock');
    const names = await readdir(folder).catch((): string[] => []);
    for (const name of names.sort()) {
      const path = join(folder, name);
      const claimant = await readClaim(path);
      if (claimant === undefined) continue;
      const { pid, host } = claimant;
      // At first sight only a process of this system is known to live.
      const here = await new Witness(ELSEWHERE_MS).judge(path);
      if (here === 'alive') return { pid, host, isHere: true };
      if (here !== 'unknown') continue;
      const seen = await this.#elsewhere.judge(path);
      if (seen === 'alive' || (seen === 'unknown' && (await hasJustBeaten(path)))) {
        return { pid, host, isHere: false };
      }
    }
    return undefined;
  }
}

/** Whether the last beat of a claim is so young that its process lives, as far as two clocks agree. */
async function hasJustBeaten(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => undefined);
  return info !== undefined && Math.abs(Date.now() - info.mtimeMs) < SILENCE_MS;
}
