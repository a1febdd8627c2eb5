import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { Random } from 'recency-bias';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readComparison, readEvents } from '../src/records/read.js';
import { runCli, startCli } from './support/cli.js';
import { writeIdxFolder } from './support/idx-data.js';

const EXPERIMENT = `
name: tiny
dataset: { name: idx, path: data, labelNoise: { share: 0.1, seed: 4 } }
model: { name: small-cnn, options: { channels: [4] } }
learningRate: 0.05
batchSize: 16
epochs: 5
warmupEpochs: 1
window: 4
probeSize: 20
selectors: { random: uniform, recency-bias: recency-bias }
seeds: [3]
backend: wasm
`;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'insights-'));
  await writeIdxFolder(join(dir, 'data'));
  await writeFile(join(dir, 'tiny.yaml'), EXPERIMENT);
  const { code, stderr } = await runCli(['compare', 'tiny.yaml', '--out', 'tiny'], dir);
  expect(stderr).toContain('done');
  expect(code).toBe(0);
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

/** A copy of the comparison to spoil. */
async function copy(name: string): Promise<string> {
  await cp(join(dir, 'tiny'), join(dir, name), { recursive: true });
  return join(dir, name, 'recency-bias-seed3');
}

interface Exported {
  readonly run: { readonly id: string; readonly complete: boolean; readonly epochsCompleted: number };
  readonly summary: { readonly labelNoise?: { readonly wrong: number } };
  readonly samples: readonly {
    readonly label: number;
    readonly window: readonly number[];
    readonly timesDrawn: number;
    readonly uncertaintyOverTime: readonly number[];
    readonly madeWrong?: boolean;
    readonly file?: string;
  }[];
}

const exported = async (run: string): Promise<Exported> =>
  JSON.parse(await readFile(join(run, 'insights.json'), 'utf8')) as Exported;

describe('recency-bias insights', () => {
  it('makes page, CSV and JSON of the Recency Bias run of a comparison, and links them from the report', async () => {
    const before = await readFile(join(dir, 'tiny/report.html'), 'utf8');
    expect(before).toContain('Labels that may be wrong');
    expect(before).not.toContain('insights.html');
    const { code, stdout, stderr } = await runCli(['insights', 'tiny'], dir);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^recency-bias-seed3: 160 training samples of idx after 5 epochs$/m);
    expect(stdout).toMatch(/^ {2}suspects {6}/m);
    expect(stdout).toContain('16 labels were made wrong on purpose: ');
    const page = join('tiny', 'recency-bias-seed3', 'insights.html');
    expect(stdout.trim().split('\n').at(-1)).toBe(`Insights: ${page}`);
    expect(await readFile(join(dir, page), 'utf8')).toContain('Settled against the label');
    expect(await readFile(join(dir, 'tiny/report.html'), 'utf8')).toContain(
      'href="recency-bias-seed3/insights.html"',
    );

    const run = join(dir, 'tiny/recency-bias-seed3');
    const { run: facts, samples } = await exported(run);
    expect(facts).toMatchObject({ id: 'recency-bias-seed3', complete: true, epochsCompleted: 5 });
    expect(samples).toHaveLength(160);
    expect(samples.filter(({ madeWrong }) => madeWrong)).toHaveLength(16);
    expect(samples.reduce((sum, { timesDrawn }) => sum + timesDrawn, 0)).toBe(5 * 160);
    expect(samples.every(({ window }) => window.length > 0 && window.length <= 4)).toBe(true);
    expect(samples.every(({ uncertaintyOverTime }) => uncertaintyOverTime.length === 5)).toBe(true);
    const csv = await readFile(join(run, 'insights.csv'), 'utf8');
    expect(csv.trim().split('\n')).toHaveLength(161);
    // The events hold the same suspects for the report, without the exports.
    const { runs } = await readComparison(join(dir, 'tiny'));
    expect(runs.every(({ suspects }) => suspects !== undefined)).toBe(true);
  });

  it('takes a run by its name or its directory', async () => {
    const named = await runCli(['insights', 'tiny', '--run', 'random-seed3', '--samples', '2'], dir);
    expect(named.stdout).toContain('random-seed3: 160 training samples');
    expect(named.code).toBe(0);
    const given = await runCli(['insights', 'tiny/warmup-seed3'], dir);
    expect(given.stdout).toContain('warmup-seed3: 160 training samples of idx after 1 epoch');
    expect(given.code).toBe(0);
  });

  it('shows what is known so far of a run that was interrupted', { timeout: 120_000 }, async () => {
    const args = ['compare', 'tiny.yaml', '--epochs', '400', '--save-every', '0.01', '--out', 'broken'];
    const started = startCli(args, dir);
    for (;;) {
      const events = await readEvents(join(dir, 'broken/recency-bias-seed3'));
      if (events.some((event) => event.type === 'epoch' && event.epoch >= 4)) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    process.kill(-started.process.pid!, 'SIGKILL');
    await started.result;
    const { code, stdout } = await runCli(['insights', 'broken'], dir);
    expect(stdout).toMatch(/The run has not ended \(\d+ of 400 epochs\): insights so far/);
    expect(code).toBe(0);
    const { run } = await exported(join(dir, 'broken/recency-bias-seed3'));
    expect(run.complete).toBe(false);
    expect(run.epochsCompleted).toBeGreaterThanOrEqual(3);
  });

  it('says in one line what is wrong with the run, and writes nothing', async () => {
    const line = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await runCli(['insights', ...args], dir);
      expect(code).toBe(1);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      return stderr;
    };
    expect(await line('nowhere')).toContain('nowhere: is not a comparison directory');
    expect(await line('tiny', '--run', 'recency-bias-seed4')).toContain('did you mean recency-bias-seed3?');
    expect(await line('tiny', '--samples', '0')).toContain('--samples: is 0');

    const kept = await copy('kept'); // as records are committed
    await rm(join(kept, 'samples.bin'));
    await rm(join(kept, 'checkpoint.bin'));
    expect(await line('kept')).toContain('has neither samples.bin nor a checkpoint');

    const damaged = await copy('damaged');
    const bytes = await readFile(join(damaged, 'samples.bin'));
    await writeFile(join(damaged, 'samples.bin'), bytes.subarray(0, 500));
    await rm(join(damaged, 'insights.html'));
    expect(await line('damaged')).toMatch(/samples\.bin: is damaged \(.*\); train this run anew/);
    expect(await readdir(damaged)).not.toContain('insights.html');
  });

  it('refuses a data set that has changed, and takes one that was moved', async () => {
    await copy('moved');
    await rename(join(dir, 'data'), join(dir, 'elsewhere'));
    try {
      const missing = await runCli(['insights', 'moved'], dir);
      expect(missing.code).toBe(1);
      const moved = await runCli(['insights', 'moved', '--data-path', 'elsewhere'], dir);
      expect(moved.code).toBe(0);
      await writeIdxFolder(join(dir, 'other'), { train: 170 });
      const other = await runCli(['insights', 'moved', '--data-path', 'other'], dir);
      expect(other.code).toBe(1);
      expect(other.stderr).toContain(
        'the data set idx has changed since the run: its labels or their order are not those of the run',
      );
    } finally {
      await rename(join(dir, 'elsewhere'), join(dir, 'data'));
    }
  });

  it('names the files of a folder of images', async () => {
    const random = new Random(1);
    for (const [label, name] of ['dark', 'bright'].entries()) {
      await mkdir(join(dir, 'photos', name), { recursive: true });
      for (let i = 0; i < 10; i++) {
        const pixels = Uint8Array.from({ length: 8 * 8 * 3 }, () => 128 * label + random.int(100));
        await sharp(pixels, { raw: { height: 8, width: 8, channels: 3 } })
          .png()
          .toFile(join(dir, 'photos', name, `${i}.png`));
      }
    }
    const flags = ['--dataset', 'folder:photos', '--image-size', '8', '--train-size', '12', '--epochs', '2'];
    const cache = ['--cache', join(dir, 'cache')];
    const training = await runCli(
      ['train', ...flags, '--batch-size', '4', '--backend', 'wasm', '--out', 'photo-run', ...cache],
      dir,
    );
    expect(training.code).toBe(0);
    const { code } = await runCli(['insights', 'photo-run', ...cache], dir);
    expect(code).toBe(0);
    const { samples } = await exported(join(dir, 'photo-run/recency-bias-seed1'));
    expect(samples).toHaveLength(12);
    for (const { file, label } of samples) {
      expect(file).toMatch(label === 0 ? /^bright\/\d\.png$/ : /^dark\/\d\.png$/);
    }
    expect(new Set(samples.map(({ file }) => file)).size).toBe(12);
  });
});

describe('label noise', () => {
  it('is said in the plan, and a share outside (0, 1) is refused', async () => {
    const plan = await runCli(
      ['train', '--data-path', 'data', '--epochs', '1', '--label-noise', '0.25', '--dry-run'],
      dir,
    );
    expect(plan.stdout).toContain('25.00 % of the training labels made wrong');
    const refused = await runCli(
      ['train', '--data-path', 'data', '--epochs', '1', '--label-noise', '1'],
      dir,
    );
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^dataset\.labelNoise\.share: is 1; /m);
  });
});
