import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readComparison, readEvents } from '../src/records/read.js';
import { startCli } from './support/cli.js';
import type { CliResult, RunningCli } from './support/cli.js';
import { writeIdxFolder } from './support/idx-data.js';
import { hostsTitle, leavesOutHosts, needOtherHost, otherHost } from './support/other-host.js';

const EXPERIMENT = {
  name: 'shared',
  dataset: { name: 'idx', path: 'data' },
  model: { name: 'small-cnn', options: { channels: [2] } },
  batchSize: 8,
  epochs: 60,
  warmupEpochs: 0,
  selectors: { random: 'uniform' },
  seeds: [1],
  backend: 'cpu',
};

let dir: string;

async function compareOn(host: string, ...flags: string[]): Promise<RunningCli> {
  const args = ['compare', 'shared.json', '--out', 'out', '--jobs', '1', '--save-every', '0', ...flags];
  return startCli(args, dir, {}, await otherHost(host, dir));
}

async function epochsRecorded(): Promise<number> {
  const events = await readEvents(join(dir, 'out/random-seed1')).catch(() => []);
  return events.filter(({ type }) => type === 'epoch').length;
}

/** Resolves when an epoch more is recorded. */
async function oneMore(): Promise<void> {
  const before = await epochsRecorded();
  while ((await epochsRecorded()) <= before) await sleep(50);
}

describe.skipIf(leavesOutHosts)(hostsTitle('hosts that share a folder'), { timeout: 240_000 }, () => {
  beforeAll(async () => {
    needOtherHost();
    dir = await mkdtemp(join(tmpdir(), 'hosts-'));
    await writeIdxFolder(join(dir, 'data'), { train: 160, test: 32 });
    await writeFile(join(dir, 'shared.json'), JSON.stringify(EXPERIMENT));
  });
  afterAll(async () => {
    await rm(dir, { recursive: true, force: true });
  });

  it('train a comparison in turn: not while another does, unless by force, and after the other has died', async () => {
    const onA = await compareOn('host-a');
    await oneMore();
    const refused = await (await compareOn('host-b', '--resume')).result;
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(
        /^out: process \d+ on host-a is writing there; wait for it or end it .*--force\)\n$/,
      ) as unknown,
    ]);
    const onB = await compareOn('host-b', '--resume', '--force');
    const onABeaten: CliResult = await onA.result;
    expect([onABeaten.code, onABeaten.stderr]).toEqual([
      1,
      expect.stringContaining('another process has taken this directory over') as unknown,
    ]);
    await oneMore();
    onB.process.kill('SIGKILL'); // and with it all processes of that host
    const onC = await (await compareOn('host-c', '--resume')).result;
    expect([onC.code, onC.stderr]).toEqual([0, expect.anything()]);
    const { runs } = await readComparison(join(dir, 'out'));
    expect(runs.map(({ complete, epochs }) => [complete, epochs.length])).toEqual([
      [true, EXPERIMENT.epochs],
    ]);
  });
});
