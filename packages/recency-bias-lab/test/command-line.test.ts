import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMAND, runCli } from './support/cli.js';
import { writeIdxFolder } from './support/idx-data.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cli-'));
  await writeIdxFolder(join(dir, 'data'));
  await writeFile(join(dir, 'typo.yaml'), 'dataset: { name: idx, path: data }\nepochs: 3\nbachSize: 16\n');
  await writeFile(join(dir, 'broken.yaml'), 'dataset: [\n');
  await writeFile(join(dir, 'extends-nothing.yaml'), 'extends: quik\n');
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('recency-bias', () => {
  it.each([
    [
      'an unknown field of the file',
      ['compare', 'typo.yaml'],
      /^typo\.yaml: bachSize: unknown field; did you mean batchSize\?\n$/,
    ],
    ['a file that is no YAML', ['compare', 'broken.yaml'], /^broken\.yaml:2: is not valid YAML: .*\n$/],
    [
      'a file that does not exist',
      ['compare', 'none.yaml'],
      /^none\.yaml: does not exist; .*--preset <name>\n$/,
    ],
    [
      'an unknown preset',
      ['compare', '--preset', 'quik'],
      /^--preset: "quik" is not known; did you mean quick\?\n$/,
    ],
    [
      'an unknown preset of a folder',
      ['presets', 'show', 'mnist-small-cnn-sgd'],
      /^presets show: "mnist-small-cnn-sgd" is not known; did you mean scaled\/mnist-small-cnn-sgd\?\n$/,
    ],
    [
      'a file that extends an unknown preset',
      ['compare', 'extends-nothing.yaml'],
      /^extends-nothing\.yaml: extends: "quik" is not known; did you mean quick\?\n$/,
    ],
    ['an unknown flag', ['compare', '--epoch', '3'], /unknown option '--epoch'\n\(Did you mean --epochs\?\)/],
    ['an unknown command', ['comapre'], /unknown command 'comapre'\n\(Did you mean compare\?\)/],
    [
      'nothing to compare',
      ['compare'],
      /^Nothing to compare: give an experiment file, --preset <name> \(.*quick.*\)/,
    ],
    [
      'a directory without comparison',
      ['report', 'data'],
      /^data: is not a comparison directory \(it has no experiment\.json and no runs\)\n$/,
    ],
    [
      'an unknown data set',
      ['data', 'pull', 'mnits'],
      /^data pull: "mnits" is not known; did you mean mnist\?\n$/,
    ],
    ['images that are not there', ['data', 'info', 'folder:none'], /^none: does not exist\n$/],
    [
      'a data set that is not in the cache',
      ['data', 'verify', 'cifar10', '--cache', 'empty'],
      /^cifar10: is not in .*empty; fetch it with `recency-bias data pull cifar10`\n$/,
    ],
    [
      'two selectors to train',
      ['train', '--selector', 'a', '--selector', 'b'],
      /^train takes one --selector, not 2/,
    ],
    [
      'an unknown selector',
      ['compare', '--data-path', 'data', '--epochs', '3', '--batch-size', '16', '--selector', 'recency'],
      /^selectors\.recency: .*recency-bias.*\n$/,
    ],
    [
      'more samples than there are',
      ['compare', '--data-path', 'data', '--epochs', '3', '--train-size', '9999'],
      /^dataset\.trainSize: 9999 is more than the 160 samples that idx has\n$/,
    ],
  ])('explains %s in a line, without a stack, and exits with 1', async (_, args, message) => {
    const { code, stderr } = await runCli(args, dir);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(1);
  });

  it('says with --dry-run what it would do and what that takes, and does nothing', async () => {
    const args = [
      'compare',
      '--data-path',
      'data',
      '--epochs',
      '4',
      '--batch-size',
      '16',
      '--warmup-epochs',
      '1',
    ];
    const temporary = join(dir, 'temporary');
    await mkdir(temporary);
    const { code, stdout } = await runCli(
      [...args, '--lr-steps', '0.5:0.1', '--seeds', '1,2', '--dry-run'],
      dir,
      { TMPDIR: temporary },
    );
    expect(code).toBe(0);
    expect(stdout).toContain('4 epochs of 10 steps (batch 16), momentum 0.9, rate 0.1, x 0.1 after epoch 2');
    expect(stdout).toContain('2 warm-ups and 8 runs (seeds 1 and 2)');
    expect(stdout).toMatch(/^ {2}time {7}about \S+ (second|minute)s?, 2 runs at a time/m);
    expect(stdout).toMatch(
      /^ {13}measured: \S+ m?s a training step \(\d+ steps\), \S+ m?s to evaluate after each/m,
    );
    expect(stdout).toMatch(/^ {2}memory {5}about \S+ [MG]B: \d+ MB a run/m);
    expect(stdout).toMatch(
      /^ {2}disk {7}about \S+ [kM]B: a checkpoint of \S+ [kM]B and the best weights of \S+ [kM]B/m,
    );
    expect(stdout).toMatch(/^ {2}download {3}nothing$/m);
    expect(existsSync(join(dir, 'runs'))).toBe(false);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('measures on images of the same shape what is still to be fetched', async () => {
    const args = ['compare', '--preset', 'quick', '--cache', 'no-cache', '--backend', 'wasm', '--dry-run'];
    const { code, stdout } = await runCli(args, dir);
    expect(code).toBe(0);
    expect(stdout).toContain('mnist, 5,000 training and 5,000 test images');
    expect(stdout).toMatch(/^ {2}download {3}11 MB still to be fetched; measured on random images/m);
    expect(existsSync(join(dir, 'no-cache'))).toBe(false);
  });

  it('prints a preset of a folder as an experiment file, which can be run', async () => {
    const shown = await runCli(['presets', 'show', 'scaled/mnist-small-cnn-sgd'], dir);
    expect(shown.stdout).toMatch(/^name: scaled-mnist-small-cnn-sgd$/m);
    expect(shown.stdout).toMatch(/^# The paper's protocol/m);
    await writeFile(join(dir, 'shown.yaml'), shown.stdout);
    const over = ['--data-path', 'data', '--dataset', 'idx', '--train-size', '160', '--dry-run'];
    const plan = await runCli(['compare', 'shown.yaml', ...over], dir);
    expect(plan.stdout).toContain(join('runs', 'scaled-mnist-small-cnn-sgd'));
  });

  it('puts a file over the preset that it extends, field by field', async () => {
    const file =
      'extends: quick\nname: mine\ndataset: { name: idx, path: data }\niterations: 40\nbatchSize: 16\n';
    await writeFile(join(dir, 'mine.yaml'), file);
    const { stdout } = await runCli(['compare', 'mine.yaml', '--dry-run'], dir);
    expect(stdout).toContain('160 training and 60 test images');
    expect(stdout).toContain('4 epochs of 10 steps (batch 16)');
    expect(stdout).toContain('3 warm-ups and 12 runs (seeds 1, 2 and 3)');
  });

  it('is linked in a checkout that is not built, and says there what to do', async () => {
    await mkdir(join(dir, 'checkout', 'bin'), { recursive: true });
    const command = join(dir, 'checkout', 'bin', 'recency-bias.mjs');
    await copyFile(COMMAND, command);
    const { status, stderr } = spawnSync(process.execPath, [command, 'presets'], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toBe('recency-bias: this checkout is not built yet; run `npm run build` first.\n');
  });

  it('lists presets and data sets, and explains each command', async () => {
    const list = await runCli(['presets'], dir);
    expect(list.stdout).toMatch(/^quick +four ways/m);
    expect(list.stdout).toMatch(/\n\n(scaled\/\S+ +\S.*\n)*scaled\/mnist-small-cnn-sgd +\S/);
    expect((await runCli(['compare', '--help'], dir)).stdout).toMatch(/^ {2}.*scaled\/mnist-small-cnn-sgd/m);
    expect((await runCli(['data', 'list'], dir)).stdout).toMatch(/^mnist +MNIST/m);
    expect((await runCli(['compare', '--help'], dir)).stdout).toContain(
      'recency-bias compare --preset quick',
    );
    const train = (await runCli(['train', '--help'], dir)).stdout;
    expect(train).toContain('Examples:');
    expect(train).not.toContain('--train-size <n>');
    expect(train.match(/^ {2}--\w/gm)).toHaveLength(9);
    const all = (await runCli(['train', '--help-all'], dir)).stdout;
    expect(all).toContain('--train-size <n>');
    expect(all).toContain('--verbose');
    expect((await runCli(['help', 'train'], dir)).stdout).toBe(train);
  });

  it('describes a folder of images, and trains on it', async () => {
    const cache = join(dir, 'image-cache');
    for (const [label, red] of Object.entries({ dark: 20, light: 220 })) {
      await mkdir(join(dir, 'photos', label), { recursive: true });
      for (let i = 0; i < 10; i++) {
        const background = { r: red + i, g: red, b: red };
        const image = sharp({ create: { width: 9, height: 7, channels: 3, background } });
        await image.png().toFile(join(dir, 'photos', label, `${i}.png`));
      }
    }
    await writeFile(join(dir, 'photos', 'dark', 'broken.jpg'), 'no image');
    const read = ['--image-size', '8', '--skip-unreadable', '--cache', cache];
    const info = await runCli(['data', 'info', 'photos', ...read], dir);
    expect(await runCli(['data', 'info', 'folder:photos/', ...read], dir)).toMatchObject({ code: 0 });
    const verified = await runCli(['data', 'verify', 'folder:photos', '--cache', cache], dir);
    expect(verified.stderr).toMatch(/^photos: 1 file cannot be read.*\n {2}- dark\/broken\.jpg/m);
    expect(verified.code).toBe(1);
    expect(info.stderr).toContain('photos: 1 file is left out:\n  - dark/broken.jpg: is no JPEG');
    expect(info.stdout).toMatch(/^folder: \d+ training and 4 test images of 8 x 8 x 3, 2 classes\n/);
    const run = ['--epochs', '1', '--batch-size', '4', '--backend', 'cpu', '--name', 'photos-run'];
    const { code, stderr } = await runCli(
      ['train', '--selector', 'uniform', '--dataset', 'folder:photos', ...read, ...run],
      dir,
    );
    expect(stderr).not.toContain('failed');
    expect(code).toBe(0);
    await rm(join(dir, 'photos', 'dark', 'broken.jpg'));
    const experiment = {
      name: 'on-demand',
      dataset: { name: 'folder:photos', imageSize: 8, memoryLimit: 0.002 },
      augmentation: 'cifar',
      batchSize: 4,
      epochs: 1,
      backend: 'cpu',
      selectors: { random: 'uniform' },
    };
    await writeFile(join(dir, 'on-demand.json'), JSON.stringify(experiment));
    const onDemand = await runCli(['compare', 'on-demand.json', '--cache', cache], dir);
    expect(onDemand.stderr).not.toContain('failed');
    expect(onDemand.code).toBe(0);
  }, 180_000);

  it('finds damaged files in the cache', async () => {
    const cache = join(dir, 'damaged-cache');
    await mkdir(join(cache, 'mnist'), { recursive: true });
    await writeFile(join(cache, 'mnist', 'train-images-idx3-ubyte'), 'damaged');
    const { code, stderr } = await runCli(['data', 'verify', '--cache', cache], dir);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^mnist: .*train-images-idx3-ubyte is missing or damaged; fetch it again with/);
  });

  it('says what to do when MNIST is neither cached nor to be had', async () => {
    const { code, stderr } = await runCli(['compare', '--preset', 'quick', '--cache', 'empty'], dir, {
      npm_config_offline: 'true',
      npm_config_cache: join(dir, 'npm-cache'),
    });
    expect(code).toBe(1);
    expect(stderr).toContain('MNIST could not be fetched from any of its sources:');
    expect(stderr).toContain(`into ${join(dir, 'empty', 'mnist')}`);
  });
});
