import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeState, selectorRegistry } from 'recency-bias';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLosses } from '../src/data/losses-file.js';
import { readComparison } from '../src/records/read.js';
import { runCli, startCli } from './support/cli.js';
import { writeIdxFolder } from './support/idx-data.js';

const EXPERIMENT = `
name: tiny
dataset: { name: idx, path: data }
model: { name: small-cnn, options: { channels: [4] } }
learningRate: 0.05
batchSize: 16
epochs: 4
warmupEpochs: 1
window: 3
probeSize: 50
selectors: { random: uniform, rho-loss: { name: rho-loss, options: { irreducibleLosses: { file: tiny.losses } } } }
backend: wasm
`;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'methods-'));
  await writeIdxFolder(join(dir, 'data'));
  await writeIdxFolder(join(dir, 'others'), { seed: 8 });
  await writeFile(join(dir, 'tiny.yaml'), EXPERIMENT);
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

const holdout = (...args: string[]): ReturnType<typeof runCli> => runCli(['holdout-losses', ...args], dir);

/** The plan with each topic in one line. */
function unwrapped(text: string): string {
  return text.replaceAll(/\n {13}/g, ' ');
}

describe('recency-bias holdout-losses', () => {
  it('writes one loss a training sample, with what it cost', async () => {
    const { code, stdout } = await holdout('tiny.yaml');
    expect(code).toBe(0);
    expect(stdout).toContain(
      '160 training samples of idx, judged by two models, each on one half (80 and 80)',
    );
    expect(stdout).toContain('use it by --selector rho-loss:irreducibleLosses=tiny.losses');
    const { losses, cost, bytes } = await readLosses(join(dir, 'tiny.losses'));
    expect(losses).toHaveLength(160);
    expect(losses.every((loss) => loss > 0 && Number.isFinite(loss))).toBe(true);
    // Two models, four epochs on a half each; each epoch asks about the other half.
    expect([cost.trainedSamples, cost.scoredSamples]).toEqual([640, 640]);
    expect(bytes.length).toBeLessThan(4 * 160 + 1024);
    const again = await holdout('tiny.yaml');
    expect([again.code, again.stderr.trim()]).toEqual([
      1,
      'tiny.losses: exists already; choose another --out, or delete it',
    ]);
  });

  it(
    'goes on to the same losses after it was stopped, given the same settings',
    { timeout: 60_000 },
    async () => {
      const long = ['holdout-losses', 'tiny.yaml', '--epochs', '30', '--seed', '2'];
      expect((await runCli([...long, '--out', 'whole.losses'], dir)).code).toBe(0);

      const broken = [...long, '--out', 'broken.losses', '--save-every', '0.02'];
      const first = startCli(broken, dir);
      await first.seen('model 2/2  epoch 3/30');
      process.kill(-first.process.pid!, 'SIGINT');
      const stopped = await first.result;
      expect(stopped.code).toBe(130);
      expect(stopped.stderr).toContain(`Stopped. Go on with \`recency-bias ${broken.join(' ')} --resume\``);

      const refused = await runCli(broken, dir);
      expect(refused.stderr.trim()).toBe(
        'broken.losses.partial: holds unfinished work; go on with it by --resume, or delete it to begin anew',
      );
      const changed = await runCli([...broken, '--resume', '--batch-size', '32'], dir);
      expect(changed.stderr).toContain(
        'broken.losses.partial: was begun otherwise: experiment.batchSize: was 16, is 32',
      );

      const second = await runCli([...broken, '--resume'], dir);
      expect(second.code).toBe(0);
      expect(second.stderr).not.toContain('model 1/2');
      const [whole, resumed] = await Promise.all(
        ['whole', 'broken'].map((name) => readLosses(join(dir, `${name}.losses`))),
      );
      expect(resumed!.losses).toEqual(whole!.losses);
      expect(resumed!.cost.trainedSamples).toBe(whole!.cost.trainedSamples);
      expect((await runCli([...broken, '--resume', '--out', 'other.losses'], dir)).stderr).toContain(
        'nothing to resume',
      );
    },
  );

  it('trains on what the subset leaves out, where there is something', async () => {
    const { code, stdout } = await holdout(
      'tiny.yaml',
      '--train-size',
      '50',
      '--holdout',
      'rest',
      '--out',
      'rest.losses',
    );
    expect(stdout).toContain('one model on 50 samples left out');
    expect(code).toBe(0);
    expect((await readLosses(join(dir, 'rest.losses'))).losses).toHaveLength(50);
    const none = await holdout('tiny.yaml', '--holdout', 'rest', '--out', 'none.losses');
    expect(none.stderr).toContain(
      'trains on all 160 samples, so none are left to hold out; use --holdout halves',
    );
  });
});

describe('recency-bias compare with a file of irreducible losses', () => {
  const dryRun = (...args: string[]): ReturnType<typeof runCli> =>
    runCli(['compare', '--dry-run', ...args], dir);
  const flags = ['--data-path', 'data', '--epochs', '3', '--batch-size', '16'];

  it('says what to do when it is missing', async () => {
    const missing = await dryRun(...flags, '--selector', 'rho-loss');
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain(
      'selectors.rho-loss.options.irreducibleLosses: is missing; make a file with `recency-bias holdout-losses`',
    );
    const absent = await dryRun(...flags, '--selector', 'rho-loss:irreducibleLosses=absent.losses');
    expect(absent.stderr).toMatch(
      /absent\.losses: does not exist; make it with `recency-bias holdout-losses --out .*`$/m,
    );
  });

  it('refuses one of another size, of other samples, a damaged one and another file in one line each', async () => {
    const bytes = await readFile(join(dir, 'tiny.losses'));
    bytes[bytes.length - 20]! ^= 1;
    await writeFile(join(dir, 'damaged.losses'), bytes);
    await writeFile(join(dir, 'another.losses'), encodeState({ version: 1, losses: new Float32Array(160) }));
    const of = async (file: string, ...more: string[]): Promise<string> => {
      const { code, stderr } = await dryRun(
        ...flags,
        ...more,
        '--selector',
        `rho-loss:irreducibleLosses=${file}`,
      );
      expect(code).toBe(1);
      return stderr.trim();
    };
    expect(await of('tiny.losses', '--train-size', '100')).toMatch(
      /^.*tiny\.losses has 160 losses of idx, but the experiment has 100 training samples; make it for this experiment$/,
    );
    expect(await of('tiny.losses', '--data-path', 'others')).toMatch(
      /^.*tiny\.losses was made for other samples .*$/,
    );
    expect(await of('damaged.losses')).toMatch(
      /^.*damaged\.losses: is damaged or no file of holdout-losses .*$/,
    );
    expect(await of('another.losses')).toMatch(/^.*another\.losses: is no file of holdout-losses$/);
  });

  it('trains with it, and keeps a copy and its cost with the records', { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await runCli(['compare', 'tiny.yaml'], dir);
    expect(stderr).toContain('done     rho-loss, seed 1');
    expect(stdout).toContain('rho-loss scores samples by forward passes besides');
    expect(unwrapped(stdout)).toMatch(
      /rho-loss: 160 training samples .*; 640 samples trained and 640 scored in .* beforehand/,
    );
    expect(code).toBe(0);
    const { runs } = await readComparison(join(dir, 'runs/tiny'));
    const rho = runs.find(({ header }) => header.selector === 'rho-loss')!;
    expect(rho.header.method.options.irreducibleLosses).toMatchObject({
      file: 'rho-loss.losses',
      cost: { trainedSamples: 640, scoredSamples: 640 },
    });
    // Three epochs after the warm-up, each scoring ten candidates a sample, but at most all for a batch.
    expect(rho.epochs.map(({ scoredSamples }) => scoredSamples)).toEqual([1600, 3200, 4800]);
    expect(rho.epochs.map(({ steps }) => steps)).toEqual([20, 30, 40]);

    // The comparison goes on with its own copy, and notices when that has changed.
    await rm(join(dir, 'tiny.losses'));
    expect((await runCli(['compare', '--resume', '--out', 'runs/tiny'], dir)).stdout).toContain(
      'All runs are complete',
    );
    const other = await readFile(join(dir, 'whole.losses'));
    await writeFile(join(dir, 'runs/tiny/rho-loss.losses'), other);
    expect((await runCli(['compare', '--resume', '--out', 'runs/tiny'], dir)).stderr).toContain(
      'rho-loss.losses is not what it was when the comparison began',
    );
  });
});

describe('every method of the registry', () => {
  it('is trained by its name, with its work counted', { timeout: 120_000 }, async () => {
    const names = Object.keys(selectorRegistry);
    const selectors = names.map((name) =>
      name === 'rho-loss' ? `${name}:irreducibleLosses=all.losses` : name,
    );
    const flags = ['--data-path', 'data', '--epochs', '3', '--batch-size', '16', '--backend', 'wasm'];
    expect((await holdout(...flags, '--out', 'all.losses')).code).toBe(0);
    const { code, stdout, stderr } = await runCli(
      [
        'compare',
        '--out',
        'all',
        ...flags,
        '--warmup-epochs',
        '1',
        ...selectors.flatMap((text) => ['--selector', text]),
      ],
      dir,
    );
    expect(stderr).not.toContain('failed');
    expect(code).toBe(0);
    expect(unwrapped(stdout)).toContain(
      'selective-backprop, info-batch, seta, self-paced and random-pruning train fewer than 160 samples an epoch; ' +
        'importance-sampling, selective-backprop and rho-loss score samples by forward passes besides',
    );
    const { runs } = await readComparison(join(dir, 'all'));
    expect(runs.map(({ header }) => header.method.name)).toEqual(names);
    for (const { header, epochs, complete } of runs) {
      const { fewer, scores } = selectorRegistry[header.method.name]!.cost(header.method.options);
      const { trainedSamples, scoredSamples, steps } = epochs.at(-1)!;
      expect(complete).toBe(true);
      if (fewer) expect(trainedSamples, header.id).toBeLessThan(480);
      else expect(trainedSamples, header.id).toBeLessThanOrEqual(480);
      if (scores === 0) expect(scoredSamples, header.id).toBe(0);
      expect(steps).toBeGreaterThanOrEqual(Math.ceil(trainedSamples / 16));
    }
  });
});
