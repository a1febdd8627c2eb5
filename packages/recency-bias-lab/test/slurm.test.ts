import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { availableParallelism, hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeState } from 'recency-bias';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readComparison, readEvents } from '../src/records/read.js';
import { runCli } from './support/cli.js';
import { writeIdxFolder } from './support/idx-data.js';

/** SLURM's daemons lie where only root has them in its path. */
const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin`;

const EXPERIMENT = {
  name: 'six',
  dataset: { name: 'idx', path: 'data' },
  model: { name: 'small-cnn', options: { channels: [2] } },
  batchSize: 8,
  epochs: 12,
  warmupEpochs: 1,
  selectors: { random: 'uniform', 'recency-bias': 'recency-bias' },
  seeds: [1, 2, 3],
  backend: 'cpu',
};

let dir: string;
let env: NodeJS.ProcessEnv;

function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { env, cwd: dir, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? stderr}`);
  return stdout;
}

/** Starts a cluster of this machine alone, as the present user. */
async function startSlurm(folder: string): Promise<void> {
  const at = (name: string): string => join(folder, name);
  await chmod(folder, 0o755);
  await mkdir(at('state'));
  await mkdir(at('spool'));
  await writeFile(at('munge.key'), randomBytes(1024), { mode: 0o400 });
  const [host] = hostname().split('.');
  const user = userInfo().username;
  await writeFile(
    at('slurm.conf'),
    `ClusterName=test
SlurmctldHost=${host!}(127.0.0.1)
SlurmctldPort=27817
SlurmdPort=27818
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
AuthInfo=socket=${at('munge.socket')}
StateSaveLocation=${at('state')}
SlurmdSpoolDir=${at('spool')}
SlurmctldPidFile=${at('slurmctld.pid')}
SlurmdPidFile=${at('slurmd.pid')}
SlurmctldLogFile=${at('slurmctld.log')}
SlurmdLogFile=${at('slurmd.log')}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
NodeName=${host!} NodeAddr=127.0.0.1 CPUs=${availableParallelism()} State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES State=UP
`,
  );
  const own = [
    'key-file=munge.key',
    'socket=munge.socket',
    'pid-file=munge.pid',
    'log-file=munge.log',
    'seed-file=munge.seed',
  ];
  run('munged', '--force', ...own.map((option) => `--${option.replace('=', `=${folder}/`)}`));
  run('slurmctld', '-f', at('slurm.conf'));
  run('slurmd', '-f', at('slurm.conf'));
  while (!run('sinfo', '--noheader', '--format=%T').includes('idle')) await sleep(300);
}

async function stopDaemon(name: string): Promise<void> {
  const pid = Number(await readFile(join(dir, 'slurm', `${name}.pid`), 'utf8').catch(() => ''));
  if (pid > 1) process.kill(pid, 'SIGTERM');
}

/**
 * SLURM holds back a job that was queued again for two minutes, so that what it revoked of the first part does not hit the second. Asks for
 * some seconds instead. SLURM refuses as long as the first part is being cleared away: whoever waits asks again.
 * @param hastened jobs that were asked for; others are added
 */
function hasten(hastened: Set<string>): void {
  for (const line of run('squeue', '--noheader', '--array', '--format=%i %r').split('\n')) {
    const [id = '', reason] = line.trim().split(' ');
    if (reason !== 'BeginTime' || hastened.has(id)) continue;
    const { status } = spawnSync('scontrol', ['update', `JobId=${id}`, 'StartTime=now+15'], { env });
    if (status === 0) hastened.add(id);
  }
}

/** Everything of the runs of a comparison but clock times. */
async function results(out: string): Promise<unknown> {
  const { runs } = await readComparison(join(dir, out));
  return Promise.all(
    runs.map(async ({ header: { id }, epochs, complete }) => ({
      id,
      complete,
      epochs: epochs.map((epoch) => ({ ...epoch, time: 0, trainSeconds: 0, processorSeconds: 0 })),
      training: decodeState(await readFile(join(dir, out, id, 'checkpoint.bin'))).training,
    })),
  );
}

// `npm run test:slurm`: it takes a minute or two, and Debian's slurm-wlm and munge.
describe.skipIf(process.env.SLURM_TESTS !== '1')('recency-bias submit --slurm', { timeout: 600_000 }, () => {
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'slurm-'));
    await chmod(dir, 0o755);
    await mkdir(join(dir, 'slurm'));
    env = { ...process.env, PATH, SLURM_CONF: join(dir, 'slurm', 'slurm.conf') };
    await startSlurm(join(dir, 'slurm'));
    await writeIdxFolder(join(dir, 'data'), { train: 160, test: 32 });
    await writeFile(join(dir, 'six.json'), JSON.stringify(EXPERIMENT));
  });
  afterAll(async () => {
    for (const name of ['slurmd', 'slurmctld', 'munge']) await stopDaemon(name);
    await sleep(1000);
    await rm(dir, { recursive: true, force: true });
  });

  it('trains six runs, one shard requeued in the middle, to the records of the local run, and makes the report at the end', async () => {
    const submitted = await runCli(
      ['submit', 'six.json', '--slurm', '--shards', '2', '--jobs', '1', '--out', 'cluster'],
      dir,
      env,
    );
    expect(submitted.stderr).toBe('');
    const [, array] = /^Job (\d+): 2 shards; job \d+: the report/.exec(submitted.stdout) ?? [];
    const recorded = async (): Promise<number> =>
      (await readEvents(join(dir, 'cluster/random-seed1')).catch(() => [])).filter(
        ({ type }) => type === 'epoch',
      ).length;
    while ((await recorded()) < 2) await sleep(50);
    run('scancel', '--signal=TERM', '--batch', `${array!}_1`);
    const hastened = new Set<string>();
    while (run('squeue', '--noheader') !== '') {
      hasten(hastened);
      await sleep(500);
    }
    const log = await readFile(join(dir, 'cluster/slurm-1.log'), 'utf8');
    expect(log).toContain('Stopped. Go on with');
    expect(await readFile(join(dir, 'cluster/report.html'), 'utf8')).toContain('<html');
    const status = await runCli(['status', 'cluster'], dir);
    expect(status.stdout, log).toContain('9 done, 0 running, 0 waiting, 0 failed');
    expect((await runCli(['compare', 'six.json', '--out', 'local'], dir)).code).toBe(0);
    expect(await results('cluster')).toEqual(await results('local'));
  });

  it('prints the scripts and submits nothing with --print', async () => {
    const args = [
      'submit',
      'six.json',
      '--slurm',
      '--print',
      '--partition',
      'main',
      '--time',
      '01:00:00',
      '--memory',
      '2G',
    ];
    const { stdout } = await runCli(args, dir, env);
    for (const option of [
      '--array=1-3',
      '--requeue',
      '--partition=main',
      '--time=01:00:00',
      '--mem=2G',
      '--signal=B:TERM@120',
    ]) {
      expect(stdout).toContain(`#SBATCH ${option}\n`);
    }
    expect(run('squeue', '--noheader')).toBe('');
  });
});
