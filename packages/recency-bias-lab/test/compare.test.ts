import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeState } from 'recency-bias';
import { torchStatus } from 'tfjs-backend-torch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownClaimant } from '../src/ground/lock-claim.js';
import { readComparison, readEvents } from '../src/records/read.js';
import type { Run } from '../src/records/run.js';
import { runCli, startCli } from './support/cli.js';
import { writeIdxFolder } from './support/idx-data.js';

const EXPERIMENT = `
name: tiny
dataset: { name: idx, path: data }
model: { name: small-cnn, options: { channels: [4] } }
learningRate: { initial: 0.05, steps: [[0.5, 0.1]] }
batchSize: 16
epochs: 4
warmupEpochs: 1
window: 3
probeSize: 50
selectors:
  random: uniform
  online-batch: online-batch
  active-bias: active-bias
  recency-bias: recency-bias
seeds: [1, 2]
backend: wasm
`;

/** The same with augmentation and dropout, long enough to be interrupted in the middle. */
const LONG = EXPERIMENT.replace(
  /model: .*/,
  'model: { name: densenet, options: { depth: 7, growthRate: 2, dropout: 0.3 } }',
)
  .replace('epochs: 4', 'epochs: 16\naugmentation: { name: cifar, padding: 1 }')
  .replace('seeds: [1, 2]', 'seeds: [5]')
  .replace('  online-batch: online-batch\n  active-bias: active-bias\n', '');

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lab-'));
  await writeIdxFolder(join(dir, 'data'));
  await writeFile(join(dir, 'tiny.yaml'), EXPERIMENT);
  await writeFile(join(dir, 'long.yaml'), LONG);
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

/** The part of a run that must be the same each time: everything but clock times. */
function numbers(run: Run): unknown {
  return {
    epochs: run.epochs.map((epoch) => ({
      ...epoch,
      time: undefined,
      trainSeconds: undefined,
      processorSeconds: undefined,
    })),
    uncertainSamples: run.uncertainSamples,
    complete: run.complete,
  };
}

async function trainingState(comparison: string, run: string): Promise<unknown> {
  const state = decodeState(await readFile(join(dir, comparison, run, 'checkpoint.bin')));
  return state.training;
}

async function expectSameResults(comparison: string, other: string): Promise<void> {
  const one = await readComparison(join(dir, comparison));
  const two = await readComparison(join(dir, other));
  expect(two.runs.map(({ header }) => header.id)).toEqual(one.runs.map(({ header }) => header.id));
  for (const [i, run] of one.runs.entries()) {
    expect(run.complete).toBe(true);
    expect(numbers(two.runs[i]!)).toEqual(numbers(run));
    const { id } = run.header;
    expect(await trainingState(other, id)).toEqual(await trainingState(comparison, id));
    const samples = (out: string): Promise<Buffer> => readFile(join(dir, out, id, 'samples.bin'));
    expect((await samples(other)).equals(await samples(comparison))).toBe(true);
  }
}

/** Waits until a run of the comparison `broken` has recorded an epoch. */
async function epochsRecorded(out: string, run: string, epoch: number): Promise<void> {
  for (;;) {
    const events = await readEvents(join(dir, out, run));
    if (events.some((event) => event.type === 'epoch' && event.epoch >= epoch)) return;
    await sleep(20);
  }
}

describe('recency-bias compare', () => {
  it('trains every selector with every seed from a shared warm-up, and ends with a table and a report', async () => {
    const { code, stdout, stderr } = await runCli(['compare', 'tiny.yaml', '--jobs', '2'], dir);
    expect(stderr).toContain('done     recency-bias, seed 2');
    expect(code).toBe(0);
    const last = stdout.trim().split('\n').at(-1);
    expect(last).toBe(`Report: ${join('runs', 'tiny', 'report.html')}`);
    expect(await readFile(join(dir, 'runs/tiny/report.html'), 'utf8')).toContain('<html');

    const { selectors, seeds, warmups, runs } = await readComparison(join(dir, 'runs/tiny'));
    expect(selectors).toEqual(['random', 'online-batch', 'active-bias', 'recency-bias']);
    expect(seeds).toEqual([1, 2]);
    expect(warmups.map(({ epochs }) => epochs.map(({ epoch }) => epoch))).toEqual([[1], [1]]);
    expect(runs).toHaveLength(8);
    for (const run of runs) {
      expect(run.complete).toBe(true);
      expect(run.epochs.map(({ epoch }) => epoch)).toEqual([2, 3, 4]);
      expect(run.epochs.map(({ trainedSamples }) => trainedSamples)).toEqual([320, 480, 640]);
      expect(run.epochs.map(({ learningRate }) => learningRate.toFixed(6))).toEqual([
        '0.050000',
        '0.005000',
        '0.005000',
      ]);
      const warmup = warmups[seeds.indexOf(run.header.seed)]!;
      expect(run.epochs[0]!.trainSeconds).toBeGreaterThan(warmup.epochs[0]!.trainSeconds);
      const { uncertaintyHistogram, selectedLossHistogram } = run.epochs.at(-1)!.selection;
      const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
      expect(sum(uncertaintyHistogram)).toBe(160);
      expect(sum(selectedLossHistogram)).toBe(160);
      expect(run.uncertainSamples).toHaveLength(24);
      expect(run.uncertainSamples[0]!.window.length).toBeLessThanOrEqual(3);
      expect(run.uncertainSamples[0]!.image).toMatch(/^data:image\/png;base64,iVBOR/);
    }
    const seed1 = runs.filter(({ header }) => header.seed === 1);
    expect(new Set(seed1.map((run) => run.epochs.at(-1)!.probeLoss)).size).toBe(4);
    const random = seed1.find(({ header }) => header.selector === 'random')!;
    expect(random.epochs.map(({ selection }) => selection.distinctShare)).toEqual([1, 1, 1]);
  });

  it('makes only the report again when everything is complete', async () => {
    const before = await readdir(join(dir, 'runs'));
    const { code, stdout } = await runCli(['compare', 'tiny.yaml'], dir);
    expect(code).toBe(0);
    expect(stdout).toContain('All runs are complete from before');
    expect(stdout).toContain('Report: ');
    expect(await readdir(join(dir, 'runs'))).toEqual(before);
  });

  it('clears the claims that killed processes left in a complete comparison and its runs', async () => {
    const left = ['runs/tiny', 'runs/tiny/random-seed1'].map((path) => join(dir, path, 'lock'));
    for (const folder of left) {
      await mkdir(folder);
      await writeFile(join(folder, 'left'), JSON.stringify({ ...ownClaimant(), pid: 4_194_305 })); // no process has it
    }
    const { code } = await runCli(['compare', '--resume', '--out', 'runs/tiny'], dir);
    expect(code).toBe(0);
    expect(left.filter((folder) => existsSync(folder))).toEqual([]);
  });

  it('takes the next free directory for another experiment of the same name', async () => {
    const { code, stdout } = await runCli(['compare', 'tiny.yaml', '--batch-size', '32', '--dry-run'], dir);
    expect(code).toBe(0);
    expect(stdout).toContain(join('runs', 'tiny-2'));
  });

  it('refuses to resume another experiment and names the field that differs', async () => {
    const { code, stderr } = await runCli(
      ['compare', 'tiny.yaml', '--batch-size', '32', '--resume', '--out', 'runs/tiny'],
      dir,
    );
    expect(code).toBe(1);
    expect(stderr).toContain('runs/tiny: holds another experiment: batchSize: was 16, is 32');
  });

  // Locally the addon may be missing; in CI it must not.
  const torch = torchStatus().available || process.env.CI === 'true';
  it.each(torch ? ['wasm', 'torch'] : ['wasm'])(
    'continues to the bit-identical result after kill -9 and after Ctrl-C, on %s',
    { timeout: 240_000 },
    async (backend) => {
      const [wholeDir, brokenDir] = [`whole-${backend}`, `broken-${backend}`];
      const whole = await runCli(['compare', 'long.yaml', '--backend', backend, '--out', wholeDir], dir);
      expect(whole.code).toBe(0);

      const args = ['compare', 'long.yaml', '--backend', backend, '--out', brokenDir, '--save-every', '0.02'];
      const first = startCli(args, dir);
      await epochsRecorded(brokenDir, 'recency-bias-seed5', 5);
      process.kill(-first.process.pid!, 'SIGKILL');
      expect((await first.result).signal).toBe('SIGKILL');

      const refused = await runCli(args, dir);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain(
        `${brokenDir}: holds this comparison, unfinished (1 of 3 runs complete)`,
      );
      expect(refused.stderr).toContain(`recency-bias compare --resume --out ${brokenDir}`);

      const resume = ['compare', '--resume', '--out', brokenDir];
      const second = startCli(resume, dir);
      await epochsRecorded(brokenDir, 'recency-bias-seed5', 12);
      process.kill(-second.process.pid!, 'SIGINT'); // as a terminal does: to every process of the group
      const stopped = await second.result;
      expect(stopped.stderr).toContain('stopped  recency-bias, seed 5: saved in epoch');
      expect(stopped.stderr).toContain(
        `Stopped. Go on with \`recency-bias compare --resume --out ${brokenDir}\``,
      );
      expect(stopped.code).toBe(130);

      const third = await runCli(resume, dir);
      expect(third.code).toBe(0);
      await expectSameResults(wholeDir, brokenDir);
      // Each process left its mark, and went on where the one before it was stopped, not from the warm-up.
      const events = await readEvents(join(dir, brokenDir, 'recency-bias-seed5'));
      const starts = events.flatMap((event) => (event.type === 'start' ? [event.epoch] : []));
      expect(starts).toHaveLength(3);
      expect(starts[0]).toBe(1);
      expect(starts[1]).toBeGreaterThanOrEqual(4);
      expect(starts[2]).toBeGreaterThanOrEqual(11);
    },
  );

  it('names the run that failed, finishes the others, and trains the missing one on --resume', async () => {
    const args = ['compare', 'long.yaml', '--epochs', '4', '--out', 'damaged'];
    expect((await runCli(args, dir)).code).toBe(0);
    const intact = await trainingState('damaged', 'random-seed5');
    const run = join(dir, 'damaged/random-seed5');
    const events = await readFile(join(run, 'events.jsonl'), 'utf8');
    await writeFile(join(run, 'events.jsonl'), events.split('\n').slice(0, 2).join('\n'));
    await writeFile(join(run, 'checkpoint.bin'), 'not a checkpoint');

    const failed = await runCli([...args, '--resume'], dir);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/^random, seed 5 failed: .*checkpoint\.bin: is damaged .*delete/m);
    expect(failed.stderr).not.toContain('    at ');

    await rm(run, { recursive: true });
    expect((await runCli([...args, '--resume'], dir)).code).toBe(0);
    expect(await trainingState('damaged', 'random-seed5')).toEqual(intact);
  });
});

describe('recency-bias train', () => {
  it('trains one selector after its warm-up', async () => {
    const flags = ['--data-path', 'data', '--epochs', '2', '--warmup-epochs', '1', '--batch-size', '32'];
    const { code, stdout } = await runCli(
      ['train', '--selector', 'recency-bias:selectionPressure=10', '--seed', '3', ...flags],
      dir,
    );
    expect(stdout).toContain(join('runs', 'train-recency-bias', 'report.html'));
    expect(code).toBe(0);
    const { runs } = await readComparison(join(dir, 'runs/train-recency-bias'));
    expect(
      runs.map(({ header, complete }) => [header.id, header.method.options.selectionPressure, complete]),
    ).toEqual([['recency-bias-seed3', 10, true]]);
  });
});
