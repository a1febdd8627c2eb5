import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readComparison } from '../src/records/read.js';
import { runCli, startCli } from './support/cli.js';
import { writeIdxFolder } from './support/idx-data.js';

const EXPERIMENT = `
name: small
dataset: { name: idx, path: data }
model: { name: small-cnn, options: { channels: [4] } }
batchSize: 32
epochs: 3
warmupEpochs: 1
window: 3
probeSize: 50
selectors: { random: uniform, recency-bias: recency-bias }
seeds: [1]
backend: wasm
`;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'resume-'));
  await writeIdxFolder(join(dir, 'data'));
  await writeFile(join(dir, 'small.yaml'), EXPERIMENT);
  const { code } = await runCli(['compare', 'small.yaml', '--out', 'first'], dir);
  expect(code).toBe(0);
  // Records as they are committed: without checkpoints.
  const kept = (path: string): boolean => !path.endsWith('checkpoint.bin');
  await cp(join(dir, 'first'), join(dir, 'records'), { recursive: true, filter: kept });
}, 240_000);
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

/** The records of some runs, to the byte. */
function eventsOf(out: string, runs: readonly string[]): Promise<string[]> {
  return Promise.all(runs.map((run) => readFile(join(dir, out, run, 'events.jsonl'), 'utf8')));
}

/** Test errors and losses of every run by its id, warm-ups included. */
async function numbers(out: string): Promise<Record<string, unknown>> {
  const { warmups, runs } = await readComparison(join(dir, out));
  return Object.fromEntries(
    [...warmups, ...runs].map(({ header, epochs, complete }) => [
      header.id,
      {
        complete,
        epochs: epochs.map(({ epoch, testError, probeLoss, selection }) => ({
          epoch,
          testError,
          probeLoss,
          selection,
        })),
      },
    ]),
  );
}

/** Waits until the warm-up of a comparison has recorded its epoch. */
async function firstEpoch(out: string): Promise<void> {
  const path = join(dir, out, 'warmup-seed1', 'events.jsonl');
  while (!(await readFile(path, 'utf8').catch(() => '')).includes('"type":"epoch"')) await sleep(50);
}

/** The processes that a process has begun and that still run. */
async function childrenOf(parent: number): Promise<string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const facts = await Promise.all(
    processes.map((name) => readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')),
  );
  // <process> (<name>) <state> <parent> ...
  return processes.filter((_, i) => {
    const fact = facts[i]!;
    return fact.slice(fact.lastIndexOf(')')).split(' ')[2] === String(parent);
  });
}

describe('recency-bias compare --resume', { timeout: 240_000 }, () => {
  const SEED_1 = ['warmup-seed1', 'random-seed1', 'recency-bias-seed1'];

  it('trains only the seeds and selectors that are added, as if they had been there from the beginning', async () => {
    const before = await eventsOf('records', SEED_1);
    const seeds = await runCli(
      ['compare', 'small.yaml', '--seeds', '1,2', '--resume', '--out', 'records'],
      dir,
    );
    expect(seeds.stderr).toContain('[3/3] done');
    expect(seeds.code).toBe(0);
    expect(seeds.stdout).toContain('complete   3 of 6 from before');
    expect(await eventsOf('records', SEED_1)).toEqual(before);
    expect(await readdir(join(dir, 'records', 'warmup-seed1'))).not.toContain('checkpoint.bin');

    // The warm-ups have not been observed by the new selector, so they are trained again; the other runs are not.
    const others = [...SEED_1.slice(1), 'random-seed2', 'recency-bias-seed2'];
    const runs = await eventsOf('records', others);
    const args = ['compare', '--resume', '--out', 'records', '--selector', 'online-batch'];
    const selectors = await runCli(args, dir);
    expect(selectors.stderr).toContain('[4/4] done');
    expect(selectors.code).toBe(0);
    expect(await eventsOf('records', others)).toEqual(runs);

    const all = ['random=uniform', 'recency-bias', 'online-batch'].flatMap((selector) => [
      '--selector',
      selector,
    ]);
    const whole = await runCli(['compare', 'small.yaml', '--seeds', '1,2', ...all, '--out', 'whole'], dir);
    expect(whole.code).toBe(0);
    expect(await numbers('records')).toEqual(await numbers('whole'));
    expect((await runCli(['compare', '--resume', '--out', 'records'], dir)).stdout).toContain(
      'All runs are complete',
    );
  });

  it('trains a missing run from its warm-up, which is trained again where its checkpoint is missing', async () => {
    const before = await numbers('first');
    const kept = await eventsOf('first', ['random-seed1']);
    await rm(join(dir, 'first', 'recency-bias-seed1'), { recursive: true });
    await rm(join(dir, 'first', 'warmup-seed1', 'checkpoint.bin'));
    const { code, stderr } = await runCli(['compare', '--resume', '--out', 'first'], dir);
    expect(stderr).toContain('[2/2] done');
    expect(code).toBe(0);
    expect(await numbers('first')).toEqual(before);
    expect(await eventsOf('first', ['random-seed1'])).toEqual(kept);
  });

  it('refuses another definition of a selector that is there', async () => {
    const changed = 'recency-bias:selectionPressure=10';
    const { code, stderr } = await runCli(
      ['compare', '--resume', '--out', 'first', '--selector', changed],
      dir,
    );
    expect(code).toBe(1);
    expect(stderr).toContain(
      'first: holds another experiment: selectors.recency-bias.options.selectionPressure: was 100, is 10\n',
    );
    expect(stderr).toContain('Only seeds, selectors and values of a grid can be added');
  });

  // Only Linux says at once which processes have begun.
  it.skipIf(process.platform !== 'linux').each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'stops, to be gone on with, where %s reaches a run that is only beginning',
    async (signal) => {
      const out = `begun-${signal}`;
      const begun = startCli(['compare', 'small.yaml', '--out', out], dir);
      // The first process was started ahead and may have begun long ago; the next is of a run after the warm-up.
      const seen = new Set<string>();
      while (seen.size < 2) {
        for (const child of await childrenOf(begun.process.pid!)) seen.add(child);
        await sleep(5);
      }
      process.kill(-begun.process.pid!, signal);
      const { code, stderr } = await begun.result;
      expect(stderr).toContain(`Stopped. Go on with \`recency-bias compare --resume --out ${out}\``);
      expect(stderr).not.toContain('failed');
      expect(code).toBe(130);
      expect((await runCli(['compare', '--resume', '--out', out], dir)).code).toBe(0);
    },
  );

  it('saves and stops without a stack trace when its terminal or the pipe of its output is closed', async () => {
    const long = ['compare', 'small.yaml', '--epochs', '2000', '--save-every', '0.1'];
    const hung = startCli([...long, '--out', 'hung'], dir);
    await firstEpoch('hung');
    process.kill(-hung.process.pid!, 'SIGHUP'); // as a terminal does: to every process of the group
    const { code, stderr } = await hung.result;
    expect(stderr).toContain('Go on with `recency-bias compare --resume --out hung`');
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(130);

    const unread = startCli([...long, '--out', 'unread'], dir);
    await firstEpoch('unread');
    unread.process.stderr!.destroy();
    unread.process.stdout!.destroy();
    process.kill(unread.process.pid!, 'SIGHUP');
    expect((await unread.result).code).toBe(130);
    expect(await readdir(join(dir, 'unread', 'warmup-seed1'))).toContain('checkpoint.bin');
  });
});
