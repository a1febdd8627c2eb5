import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readComparison, readRun, RecordError } from './read.js';
import { LOSS_BIN_EDGES, RECORD_VERSION, UNCERTAINTY_BINS } from './schema.js';
import type { RunEvent, RunHeader } from './schema.js';

const time = '2026-01-01T00:00:00.000Z';

function header(over: Partial<RunHeader> = {}): RunHeader {
  return {
    version: RECORD_VERSION,
    id: 'random-seed1',
    kind: 'run',
    selector: 'random',
    method: { name: 'uniform', options: {} },
    seed: 1,
    dataset: { name: 'mnist', trainSize: 100, testSize: 50, classes: 10, classNames: [] },
    model: { name: 'small-cnn', parameters: 3 },
    epochs: 4,
    warmupEpochs: 1,
    batchSize: 10,
    experiment: {},
    environment: { node: 'v20', platform: 'linux', cpu: 'x', cores: 2, backend: 'wasm', packages: {} },
    startedAt: time,
    ...over,
  };
}

function epochEvent(epoch: number, testError: number): RunEvent {
  return {
    type: 'epoch',
    time,
    epoch,
    learningRate: 0.1,
    trainLoss: 1,
    probeLoss: 1,
    testLoss: 1,
    testError,
    trainSeconds: epoch,
    trainedSamples: epoch * 100,
    scoredSamples: 0,
    selection: {
      uncertaintyHistogram: new Array<number>(UNCERTAINTY_BINS).fill(0),
      effectiveSampleSize: null,
      distinctShare: 1,
      selectedLossHistogram: new Array<number>(LOSS_BIN_EDGES.length + 1).fill(0),
    },
  };
}

const jsonl = (...events: RunEvent[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('');

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'records-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

async function writeRun(name: string, head: unknown, events: string): Promise<string> {
  const path = join(dir, name);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'run.json'), JSON.stringify(head));
  await writeFile(join(path, 'events.jsonl'), events);
  return path;
}

describe('readRun', () => {
  it('orders the epochs and lets the later of two events of an epoch count', async () => {
    const events = jsonl(epochEvent(2, 0.5), epochEvent(3, 0.4), epochEvent(2, 0.3));
    const run = await readRun(await writeRun('a', header(), events));
    expect(run.epochs.map((e) => [e.epoch, e.testError])).toEqual([
      [2, 0.3],
      [3, 0.4],
    ]);
    expect(run.complete).toBe(false);
  });

  it('forgets the epochs beyond the checkpoint that a resumed process went back to', async () => {
    const events = jsonl(epochEvent(2, 0.5), epochEvent(3, 0.4), { type: 'start', time, epoch: 2 });
    const run = await readRun(await writeRun('a', header(), events));
    expect(run.epochs.map((e) => e.epoch)).toEqual([2]);
  });

  it('ignores a last line that a killed process left torn', async () => {
    const torn = JSON.stringify(epochEvent(3, 0.4)).slice(0, 60);
    const run = await readRun(await writeRun('a', header(), jsonl(epochEvent(2, 0.5)) + torn));
    expect(run.epochs.map((e) => e.epoch)).toEqual([2]);
  });

  it('names the file and line of an event that does not match the schema', async () => {
    const path = await writeRun('a', header(), `${jsonl(epochEvent(2, 0.5))}{"type":"epoch"}\n`);
    await expect(readRun(path)).rejects.toThrow(/events\.jsonl:2: /);
  });

  it('names the field of a header that does not match the schema', async () => {
    const path = await writeRun('a', { ...header(), seed: -1 }, '');
    await expect(readRun(path)).rejects.toThrow(/run\.json: seed: /);
  });

  it('refuses a record of a newer version and says to update', async () => {
    const path = await writeRun('a', { ...header(), version: RECORD_VERSION + 1 }, '');
    await expect(readRun(path)).rejects.toThrow(/newer.*update recency-bias-lab/);
  });

  it('says that a directory without run.json is not a run', async () => {
    await expect(readRun(dir)).rejects.toThrow(RecordError);
  });
});

describe('readComparison', () => {
  it('lists warm-ups by seed and runs by selector, then seed, in the order of the experiment', async () => {
    const experiment = {
      name: 'demo',
      selectors: { 'recency-bias': {}, random: {} },
      seeds: [2, 1],
      more: 1,
    };
    await writeFile(join(dir, 'experiment.json'), JSON.stringify(experiment));
    await writeRun('random-seed1', header(), jsonl(epochEvent(2, 0.5), { type: 'end', time, epochs: 2 }));
    await writeRun('recency-bias-seed1', header({ selector: 'recency-bias' }), '');
    await writeRun('recency-bias-seed2', header({ selector: 'recency-bias', seed: 2 }), '');
    await writeRun('warmup-seed1', header({ kind: 'warmup' }), '');
    await writeRun('warmup-seed2', header({ kind: 'warmup', seed: 2 }), '');
    await mkdir(join(dir, 'unrelated'));
    const comparison = await readComparison(dir);
    expect(comparison.name).toBe('demo');
    expect(comparison.selectors).toEqual(['recency-bias', 'random']);
    expect(comparison.warmups.map((run) => run.header.seed)).toEqual([2, 1]);
    expect(comparison.runs.map((run) => [run.header.selector, run.header.seed, run.complete])).toEqual([
      ['recency-bias', 2, false],
      ['recency-bias', 1, false],
      ['random', 1, true],
    ]);
  });

  it('takes the experiment from the runs where experiment.json was not kept', async () => {
    const experiment = { name: 'demo', selectors: { random: {} }, seeds: [1] };
    await writeRun('random-seed1', header({ experiment }), jsonl(epochEvent(2, 0.5)));
    const comparison = await readComparison(dir);
    expect(comparison).toMatchObject({ name: 'demo', selectors: ['random'], seeds: [1], experiment });
    expect(comparison.runs).toHaveLength(1);
  });

  it('says that a directory without experiment and runs is not a comparison', async () => {
    await expect(readComparison(dir)).rejects.toThrow(/no experiment\.json and no runs\)$/);
  });

  it('names a comparison inside of a directory that is none', async () => {
    await mkdir(join(dir, 'inner'));
    await writeFile(join(dir, 'inner', 'experiment.json'), '{}');
    await expect(readComparison(dir)).rejects.toThrow(`it holds some: give them, e.g. ${join(dir, 'inner')}`);
  });
});
