import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { optimizerNames } from '../src/experiment/document/schema.js';
import { readRun } from '../src/records/read.js';
import { writeBackbone, writePhotos } from './support/backbones.js';
import { runCli } from './support/cli.js';
import { writeIdxFolder } from './support/idx-data.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'optimizers-'));
  await writeIdxFolder(join(dir, 'data'), { train: 32, test: 16 });
  await writePhotos(join(dir, 'photos'), 4, 16);
  await writeBackbone(join(dir, 'net'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

const EPOCHS = ['--epochs', '2', '--batch-size', '8', '--backend', 'cpu', '--cache', 'cache'];
const NETWORK = ['--data-path', 'data', '--model', 'small-cnn:channels=[2]'];

describe.each(optimizerNames)('the optimizer %s', (optimizer) => {
  const given = [...EPOCHS, '--optimizer', optimizer];
  const learning = ['--warmup-epochs', '1', '--window', '2'];
  const single = ['--warmup-epochs', '0', '--selector', 'uniform'];

  /** Runs a command that must not fail; what it prints. */
  async function done(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await runCli(words, dir);
    expect(stderr).not.toMatch(/failed|TypeError/);
    expect(code).toBe(0);
    return stdout;
  }

  it('trains in every command that trains, is in its record, and insights are to be had of its run', async () => {
    const out = (command: string): string[] => ['--out', `${command}-${optimizer}`];
    await Promise.all([
      done('train', ...NETWORK, ...given, ...learning, ...out('train')),
      done('finetune', 'photos', '--backbone', 'net', ...given, ...single, ...out('finetune')),
      done('holdout-losses', ...NETWORK, ...given, ...out('losses')),
    ]);
    const plan = await done('compare', ...NETWORK, ...given, ...single, '--dry-run');
    expect(plan).toMatch(/^ {13}measured: /m);
    expect(plan).toContain({ sgd: 'plain SGD', momentum: 'momentum 0.9', adam: 'Adam' }[optimizer]);
    await done('compare', ...NETWORK, ...given, ...single, ...out('compare'));
    const run = join(dir, `train-${optimizer}`, 'recency-bias-seed1');
    const { header, complete } = await readRun(run);
    expect(complete).toBe(true);
    expect(header.experiment.optimizer).toMatchObject({ name: optimizer });
    await done('insights', `train-${optimizer}`, '--cache', 'cache');
    expect(await readFile(join(run, 'insights.csv'), 'utf8')).toMatch(/\n.*\n/);
  }, 120_000);
});
