import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare } from 'recency-bias-lab';
import { decodeState } from 'recency-bias';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseShard } from '../src/cli/parse-shard.js';
import { shardTasks } from '../src/experiment/document/shard-tasks.js';
import { readComparison } from '../src/records/read.js';
import { runCli } from './support/cli.js';
import { writeIdxFolder } from './support/idx-data.js';

const EXPERIMENT = {
  name: 'sharded',
  dataset: { name: 'idx', path: 'data' },
  model: { name: 'small-cnn', options: { channels: [2] } },
  batchSize: 32,
  epochs: 3,
  warmupEpochs: 1,
  selectors: { random: 'uniform', 'online-batch': 'online-batch', 'recency-bias': 'recency-bias' },
  seeds: [1, 2],
  backend: 'cpu',
};

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shards-'));
  await writeIdxFolder(join(dir, 'data'), { train: 64, test: 32 });
  await writeFile(join(dir, 'sharded.json'), JSON.stringify(EXPERIMENT));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

/** Everything of the runs of a comparison but clock times. */
async function results(...outs: readonly string[]): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const out of outs) {
    const { runs } = await readComparison(join(dir, out));
    for (const { header, epochs, complete } of runs.filter((run) => run.complete)) {
      const state = decodeState(await readFile(join(dir, out, header.id, 'checkpoint.bin')));
      found.set(header.id, {
        complete,
        training: state.training,
        samples: (await readFile(join(dir, out, header.id, 'samples.bin'))).toString('base64'),
        epochs: epochs.map((epoch) => ({ ...epoch, time: 0, trainSeconds: 0, processorSeconds: 0 })),
      });
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const shard = (which: string, out: string): ReturnType<typeof runCli> =>
  runCli(['compare', 'sharded.json', '--shard', which, '--out', out, '--jobs', '1'], dir);

describe('a shard', () => {
  const source = { seeds: [1, 2, 3], selectors: { a: 0, b: 0 }, warmupEpochs: 1 };
  const ids = (index: number, count: number): string[] =>
    shardTasks(source, { index, count }).map(({ id }) => id);

  it('takes whole seeds where there are enough, so that a warm-up is trained once', () => {
    expect(ids(1, 2)).toEqual(['warmup-seed1', 'a-seed1', 'b-seed1', 'warmup-seed3', 'a-seed3', 'b-seed3']);
    expect(ids(2, 2)).toEqual(['warmup-seed2', 'a-seed2', 'b-seed2']);
  });

  it('shares the runs of a seed with others where there are fewer seeds than shards', () => {
    expect(ids(1, 4)).toEqual(['warmup-seed1', 'a-seed1']);
    expect(ids(4, 4)).toEqual(['warmup-seed1', 'b-seed1']);
    expect(ids(7, 7)).toEqual([]);
  });

  it.each([1, 2, 3, 4, 6, 7])('is one of %i that have every run once', (count) => {
    const runs = Array.from({ length: count }, (_, i) => ids(i + 1, count))
      .flat()
      .filter((id) => !id.startsWith('warmup'));
    expect(runs.sort()).toEqual(['a-seed1', 'a-seed2', 'a-seed3', 'b-seed1', 'b-seed2', 'b-seed3']);
  });

  it('is told by a text, by an array job of SLURM whatever its first number and step, or by an indexed job of Kubernetes', () => {
    expect(parseShard('2/4', {})).toEqual({ index: 2, count: 4 });
    const slurm = {
      SLURM_ARRAY_TASK_ID: '7',
      SLURM_ARRAY_TASK_COUNT: '3',
      SLURM_ARRAY_TASK_MIN: '5',
      SLURM_ARRAY_TASK_STEP: '2',
    };
    expect(parseShard('auto', slurm)).toEqual({ index: 2, count: 3 });
    expect(
      parseShard('auto', {
        SLURM_ARRAY_TASK_ID: '0',
        SLURM_ARRAY_TASK_COUNT: '3',
        SLURM_ARRAY_TASK_MIN: '0',
      }),
    ).toEqual({ index: 1, count: 3 });
    expect(parseShard('auto', { JOB_COMPLETION_INDEX: '0', JOB_COMPLETIONS: '3' })).toEqual({
      index: 1,
      count: 3,
    });
    expect(parseShard('auto/5', { JOB_COMPLETION_INDEX: '4' })).toEqual({ index: 5, count: 5 });
  });

  it.each(['0/3', '4/3', '2', 'x/3', '1/0', 'auto'])('is not %s', (text) => {
    expect(() => parseShard(text, {})).toThrow(/^--shard: is /);
  });
});

describe('shards of a comparison', { timeout: 400_000 }, () => {
  it('in one folder at the same time, or in several folders, give the records of the whole to the bit, and one report', async () => {
    expect((await runCli(['compare', 'sharded.json', '--out', 'whole', '--jobs', '2'], dir)).code).toBe(0);
    const whole = await results('whole');
    expect(whole.size).toBe(6);

    const both = await Promise.all([shard('1/4', 'together'), shard('3/4', 'together')]); // they share the warm-up of seed 1
    expect(both.map(({ code, stderr }) => [code, code === 0 ? '' : stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    const status = await runCli(['status', 'together'], dir);
    expect(status.stdout).toMatch(/^done {5}warm-up, seed 1 +epoch 1 of 1$/m);
    expect(status.stdout).toMatch(/^waiting {2}random, seed 2$/m);
    expect(status.stdout).toContain('shard 2/4 is missing: random, seed 2 and recency-bias, seed 2');
    expect(status.stdout).toContain('shard 4/4 is missing: online-batch, seed 2');
    expect(status.stdout).not.toContain('shard 1/4');

    expect((await shard('2/4', 'apart')).code).toBe(0);
    const third = await runCli(['report', 'together', 'apart', '--out', 'all.html'], dir);
    expect(third.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'shard 4/4 is missing (Online Batch seed 2): train with `recency-bias compare --resume --out together --shard 4/4`.',
    );
    expect((await shard('4/4', 'apart')).code).toBe(0);
    expect(await results('together', 'apart')).toEqual(whole);
    const report = await runCli(['report', 'together', 'apart', '--out', 'all.html'], dir);
    expect(report.stdout).toContain('2 seeds');
    expect(report.stdout).not.toContain('missing');
    const idle = await shard('7/7', 'idle');
    expect([idle.code, idle.stdout]).toEqual([
      0,
      expect.stringContaining('Shard 7/7 has no runs') as unknown,
    ]);
  });
});

describe('compare of recency-bias-lab', { timeout: 400_000 }, () => {
  it('trains an experiment from a program and returns its records, and refuses one that is wrong in a line', async () => {
    const seen: string[] = [];
    const experiment = {
      ...EXPERIMENT,
      dataset: { name: 'idx', path: join(dir, 'data') },
      seeds: [1],
      backend: 'cpu' as const,
    };
    const options = { out: join(dir, 'program'), cache: join(dir, 'cache'), jobs: 2 };
    const { runs } = await compare(experiment, {
      ...options,
      onEpoch: (run, { epoch }) => seen.push(`${run} ${epoch}`),
    });
    expect(runs.map(({ header, complete }) => [header.id, complete])).toEqual([
      ['random-seed1', true],
      ['online-batch-seed1', true],
      ['recency-bias-seed1', true],
    ]);
    expect(seen.filter((text) => text.startsWith('random'))).toEqual(['random-seed1 2', 'random-seed1 3']);
    await expect(compare({ ...experiment, epochs: 0 }, options)).rejects.toThrow(
      /^epochs: is 0; expected at least 1$/m,
    );
  });
});
