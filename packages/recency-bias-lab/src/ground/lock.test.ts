import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CONTAINER,
  hostsTitle,
  leavesOutHosts,
  needOtherHost,
  otherHost,
} from '../../test/support/other-host.js';
import { clearDeadClaims, lockDirectory } from './lock.js';
import { ownClaimant } from './lock-claim.js';

const BUILT = fileURLToPath(new URL('../../dist/ground/lock.js', import.meta.url));
/** More of them on demand: LOCK_ROUNDS=1600. */
const ROUNDS = Number(process.env.LOCK_ROUNDS ?? 16);
/** No process has it: the highest there is and one more. */
const DEAD = 4_194_305;

let dir: string;
let children: ChildProcess[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lock-'));
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(dir, { recursive: true, force: true });
});

/** Leaves the claim of a process that is no more, as this version and as earlier ones make it. */
async function leaveClaim(fields: object = { pid: DEAD }): Promise<void> {
  await mkdir(join(dir, 'lock'), { recursive: true });
  await writeFile(join(dir, 'lock', 'left'), JSON.stringify({ ...ownClaimant(), ...fields }));
}

/** A process that takes and gives back the lock as it is told, a line a word, and answers with a line. */
class Contender {
  readonly #child: ChildProcess;
  #lines: string[] = [];

  constructor(wrapper: readonly string[] = []) {
    if (!existsSync(BUILT)) throw new Error('The lab is not built: run `npm run build` first.');
    const script = `
      import { createInterface } from 'node:readline';
      import { lockDirectory } from ${JSON.stringify(BUILT)};
      let lock;
      const answer = (text) => process.stdout.write(text + '\\n');
      for await (const word of createInterface({ input: process.stdin })) {
        try {
          if (word === 'take') { lock = await lockDirectory(${JSON.stringify(dir)}); answer('taken'); }
          if (word === 'check') { lock.check(); answer('held'); }
          if (word === 'release') { await lock?.release(); lock = undefined; answer('released'); }
          // Blocks the thread, as a long training step does.
          if (word === 'block') { const end = Date.now() + 4000; answer('blocking'); while (Date.now() < end); }
        } catch (error) { answer(error.message); }
      }`;
    const words = [...wrapper, process.execPath, '--input-type=module', '-e', script];
    this.#child = spawn(words[0]!, words.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(this.#child);
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.#lines.push(...text.split('\n').filter(Boolean));
      this.#child.emit('answer');
    });
  }

  async ask(word: 'take' | 'release' | 'check' | 'block'): Promise<string> {
    this.#child.stdin!.write(`${word}\n`);
    while (this.#lines.length === 0) await once(this.#child, 'answer');
    return this.#lines.shift()!;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

describe('lockDirectory', () => {
  it('refuses a second holder and names the process, until the first gives it back', async () => {
    const lock = await lockDirectory(dir);
    await expect(lockDirectory(dir)).rejects.toThrow(`process ${process.pid} is writing there`);
    await lock.release();
    expect(await readdir(dir)).toEqual([]);
    await (await lockDirectory(dir)).release();
  });

  it('takes over the lock of a process that is no more, or that died while taking it', async () => {
    for (const content of [`${DEAD}\n`, '', 'nonsense']) {
      await writeFile(join(dir, 'lock'), content);
      await (await lockDirectory(dir)).release();
    }
    await leaveClaim();
    await (await lockDirectory(dir)).release();
    expect(await readdir(dir)).toEqual([]);
  });

  it('is cleared of the claims of processes that are no more, where the directory is not taken again', async () => {
    await clearDeadClaims(dir); // no claim at all
    await leaveClaim();
    await clearDeadClaims(dir);
    expect(existsSync(join(dir, 'lock'))).toBe(false);
    await leaveClaim({ pid: process.pid });
    await clearDeadClaims(dir);
    expect(await readdir(join(dir, 'lock'))).toEqual(['left']);
  });

  it('waits for a living process as long as it is told', async () => {
    const lock = await lockDirectory(dir);
    const second = lockDirectory(dir, { patienceMs: 10_000 });
    await sleep(150);
    await lock.release();
    await (await second).release();
  });

  it('does not take another process that has been given the number of the holder for the holder', async () => {
    await leaveClaim({ pid: process.pid, started: '1' });
    await (await lockDirectory(dir)).release();
  });

  it('is taken by force, and whoever held it learns that at its next write', async () => {
    const lock = await lockDirectory(dir);
    lock.check();
    const forced = await lockDirectory(dir, { force: true });
    expect(() => {
      lock.check();
    }).toThrow(/another process has taken this directory over/);
    forced.check();
    await lock.release();
    forced.check();
    await forced.release();
  });

  it('names the machine of a holder elsewhere that beats, and takes over from a silent one', async () => {
    const holder = { pid: 7, host: 'elsewhere', boot: 'another', started: '1' };
    await leaveClaim(holder);
    await (await lockDirectory(dir, { silenceMs: 300 })).release();
    await leaveClaim(holder);
    const beat = setInterval(() => void utimes(join(dir, 'lock', 'left'), new Date(), new Date()), 100);
    try {
      await expect(lockDirectory(dir, { silenceMs: 3000 })).rejects.toThrow(
        'process 7 on elsewhere is writing',
      );
    } finally {
      clearInterval(beat);
    }
  });

  it(
    'has one holder at a time, whatever processes find the same stale lock',
    { timeout: 600_000 },
    async () => {
      const contenders = [new Contender(), new Contender(), new Contender()];
      const taken: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        if (round % 2 === 0) await leaveClaim();
        else await writeFile(join(dir, 'lock'), `${DEAD}\n`);
        const answers = await Promise.all(contenders.map((contender) => contender.ask('take')));
        taken.push(answers.filter((answer) => answer === 'taken').length);
        await Promise.all(contenders.map((contender) => contender.ask('release')));
      }
      expect(taken).toEqual(Array.from({ length: ROUNDS }, () => 1));
    },
  );
});

describe.skipIf(leavesOutHosts)(hostsTitle('a directory that hosts share'), () => {
  beforeAll(needOtherHost);

  const elsewhere = async (): Promise<Contender> => new Contender(await otherHost('elsewhere', dir));

  it('is not taken from a process on another machine, not even in a long step, until that is dead', async () => {
    const other = await elsewhere();
    expect(await other.ask('take')).toBe('taken');
    await expect(lockDirectory(dir)).rejects.toThrow(/process \d+ on elsewhere is writing there/);
    expect(await other.ask('block')).toBe('blocking');
    await expect(lockDirectory(dir, { silenceMs: 3000 })).rejects.toThrow('on elsewhere is writing there');
    expect(await other.ask('check')).toBe('held');
    await other.kill();
    await (await lockDirectory(dir, { silenceMs: 2000 })).release();
    expect(hostname()).not.toBe('elsewhere');
  });

  it('is taken by force from a process on another machine, which learns that at its next write', async () => {
    const other = await elsewhere();
    expect(await other.ask('take')).toBe('taken');
    const forced = await lockDirectory(dir, { force: true });
    expect(await other.ask('check')).toContain('another process has taken this directory over');
    await other.ask('release');
    forced.check();
    await forced.release();
  });

  it('is free for the process 1 of a container that was restarted', async () => {
    const first = new Contender(CONTAINER);
    expect(await first.ask('take')).toBe('taken');
    await first.kill();
    const second = new Contender(CONTAINER);
    expect(await second.ask('take')).toBe('taken');
    expect(await second.ask('release')).toBe('released');
  });
});
