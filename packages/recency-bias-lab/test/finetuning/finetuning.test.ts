import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readComparison } from '../../src/records/read.js';
import { writeBackbone, writePhotos } from '../support/backbones.js';
import { runCli, startCli } from '../support/cli.js';
import type { CliResult } from '../support/cli.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'finetuning-'));
  await writePhotos(join(dir, 'photos'));
  await writeBackbone(join(dir, 'net'));
}, 60_000);
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

const FLAGS = [
  '--backbone',
  'net',
  '--cache',
  'cache',
  '--backend',
  'wasm',
  '--batch-size',
  '8',
  '--learning-rate',
  '0.02',
];

function finetune(...args: string[]): Promise<CliResult> {
  return runCli(['finetune', ...args], dir);
}

interface Outcome {
  readonly image: string;
  readonly predictions: readonly { readonly label: string; readonly probability: number }[];
  readonly error?: string;
}

async function predict(...args: string[]): Promise<CliResult & { outcomes: Outcome[] }> {
  const result = await runCli(['predict', ...args, '--json', '--backend', 'cpu'], dir);
  return { ...result, outcomes: JSON.parse(result.stdout) as Outcome[] };
}

const bytesOf = async (folder: string): Promise<Buffer[]> =>
  Promise.all((await readdir(folder)).sort().map((name) => readFile(join(folder, name))));

describe('recency-bias finetune', () => {
  it('makes a classifier of a folder of photos, saves it, and predicts with it', async () => {
    const { code, stdout, stderr } = await finetune('photos', ...FLAGS, '--epochs', '6', '--out', 'first');
    expect(stderr).not.toContain('failed');
    expect(code).toBe(0);
    expect(stdout).toMatch(/photos +29 to learn from, 7 held out .*; of blue, green and red/);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'the new layer alone, 3 times through the photos, which is quick; then the network, 3 times through the photos',
    );
    expect(stderr).toMatch(/^Epoch 1 of 6, [\d.]+ % of the held-out photos right$/m);
    expect(stderr).toMatch(/^Epoch 4 of 6, [\d.]+ % of the held-out photos right.*left$/m);
    expect(`${stdout}${stderr}`).not.toMatch(/warm-up|window|selectors|entropy/i);
    expect(stdout).toContain(
      'backbone net, cut after dropout, before its classifier classes; trained end to end',
    );
    expect(stdout).toMatch(/pixels scaled imagenet.*assumed/);
    expect(stdout).toMatch(/of 7 held-out photos of 3 classes, after epoch \d of [56]/); // may end early
    expect(stdout).toContain('The held-out photos chose it');

    const { userDefinedMetadata } = JSON.parse(
      await readFile(join(dir, 'first/model/model.json'), 'utf8'),
    ) as {
      userDefinedMetadata: Record<string, unknown>;
    };
    const { runs, warmups } = await readComparison(join(dir, 'first'));
    const errors = [...warmups[0]!.epochs, ...runs[0]!.epochs].map(({ testError }) => testError);
    const best = Math.min(...errors);
    expect(userDefinedMetadata).toMatchObject({
      labels: ['blue', 'green', 'red'],
      imageSize: { height: 16, width: 16, channels: 3 },
      fit: 'crop',
      scaling: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
      accuracy: 1 - best,
      epoch: errors.indexOf(best) + 1,
    });

    const { outcomes } = await predict('first/model', 'photos');
    expect(outcomes).toHaveLength(36);
    for (const { predictions } of outcomes) {
      expect(predictions.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
    }
    const right = outcomes.filter(({ image, predictions }) => image.includes(predictions[0]!.label));
    expect(right.length).toBeGreaterThan(30);
  }, 120_000);

  it('chooses the epoch on val and reports test once, at the end', async () => {
    for (const [part, from] of [
      ['train', 0],
      ['val', 7],
      ['test', 9],
    ] as const) {
      for (const label of ['blue', 'green', 'red']) {
        for (let i = from; i < (part === 'test' ? 12 : part === 'val' ? 9 : 7); i++) {
          await cp(join(dir, 'photos', label, `${i}.png`), join(dir, 'parts', part, label, `${i}.png`));
        }
      }
    }
    const { stdout, stderr } = await finetune(
      'parts',
      ...FLAGS,
      '--freeze',
      '--epochs',
      '2',
      '--out',
      'three',
    );
    expect(stderr).toContain(
      'parts: val is held out and chooses the best epoch; the 9 images of test are left for the end',
    );
    expect(stdout).toContain('of 6 held-out photos of 3 classes');
    const tested = /([\d.]+) % right of 9 test photos, which chose nothing/.exec(stdout);
    const { outcomes } = await predict('three/model', 'parts/test');
    const right = outcomes.filter(({ image, predictions }) => image.includes(predictions[0]!.label));
    expect(Number(tested?.[1])).toBeCloseTo((100 * right.length) / 9, 2);
  }, 120_000);

  it('ends a run when nothing is gained any more, and takes the settings of the paper when asked for them', async () => {
    const still = ['--learning-rate', '1e-9', '--freeze', '--epochs', '20', '--warmup-epochs', '1'];
    const { code } = await finetune('photos', ...FLAGS, ...still, '--patience', '3', '--out', 'patient');
    expect(code).toBe(0);
    const [run] = (await readComparison(join(dir, 'patient'))).runs;
    const best = run!.epochs.findIndex(
      ({ testError }, _, all) => testError === Math.min(...all.map((e) => e.testError)),
    );
    expect(run!.complete).toBe(true);
    expect(run!.epochs.length).toBeLessThan(10);
    expect(run!.epochs.length - best).toBeGreaterThanOrEqual(3);
    const plan = async (...recipe: string[]): Promise<string> => {
      const flags = ['--backbone', 'net', '--cache', 'cache', ...recipe, '--dry-run', '--verbose'];
      return (await finetune('photos', ...flags)).stdout.replace(/\s+/g, ' ');
    };
    expect(await plan('--recipe', 'paper')).toMatch(
      /50 epochs of .*batch 29\), momentum 0.9, rate 0.0002, weight/,
    );
    const chosen = await plan();
    expect(chosen).toContain('selection pressure of 10 chosen');
    expect(chosen).toContain('warm-up of 2 epochs chosen for 12 epochs');
    expect(chosen).toMatch(
      /12 epochs of .*, 5 epochs of the new layer alone at the best of the rates 0.003, 0.001 and 0.0003, then rate 0.002, x 0.3 after epoch 9,/,
    );
    expect(chosen).toMatch(/, 1 run at a time/);
    expect((await finetune('photos', '--backbone', 'net', '--recipe', 'no')).stderr).toContain(
      '--recipe: is no; expected quick or paper',
    );
  }, 120_000);

  it('goes on after it was interrupted to the same model, told the directory alone', async () => {
    const long = ['photos', ...FLAGS, '--epochs', '25', '--selector', 'recency-bias'];
    expect((await finetune(...long, '--out', 'whole')).code).toBe(0);
    const broken = startCli(['finetune', ...long, '--out', 'broken'], dir);
    await broken.seen('Epoch 1 of');
    broken.process.kill('SIGINT');
    const { stderr } = await broken.result;
    if (!existsSync(join(dir, 'broken/model'))) {
      expect(stderr).toContain('Go on with `recency-bias finetune --resume --out broken --cache cache`');
    }
    expect((await finetune('--resume', '--out', 'broken', '--cache', 'cache')).code).toBe(0);
    expect(await bytesOf(join(dir, 'broken/model'))).toEqual(await bytesOf(join(dir, 'whole/model')));
  }, 180_000);
});

describe('recency-bias predict', () => {
  it('names the photos that cannot be read, after those that can', async () => {
    await writeFile(join(dir, 'broken.jpg'), 'no image');
    const { code, stderr, outcomes } = await predict(
      'first/model',
      'photos/red/0.png',
      'broken.jpg',
      'none.jpg',
      '--top',
      '1',
    );
    expect(code).toBe(1);
    expect(outcomes.map(({ predictions, error }) => error ?? predictions.length)).toEqual([
      1,
      'broken.jpg: is no JPEG, PNG, WebP, GIF, TIFF or AVIF image',
      'none.jpg: does not exist',
    ]);
    expect(stderr).toContain('2 files could not be classified:\n  - broken.jpg: is no');
  }, 60_000);

  it('refuses a model that does not say what its classes are', async () => {
    const { code, stderr } = await runCli(['predict', 'net', 'photos'], dir);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^net: does not say what its classes and images are; expected a model saved by/);
  }, 60_000);
});

describe('recency-bias export', () => {
  it('saves the model of a run, which can be the backbone of another', async () => {
    const train = [
      '--model',
      'small-cnn:channels=[4,8]',
      '--image-size',
      '12',
      '--dataset',
      'folder:photos',
      '--cache',
      'cache',
    ];
    const rest = [
      '--batch-size',
      '8',
      '--learning-rate',
      '0.05',
      '--epochs',
      '3',
      '--backend',
      'wasm',
      '--out',
      'scratch',
    ];
    expect((await runCli(['train', ...train, ...rest], dir)).code).toBe(0);
    const { code, stdout } = await runCli(['export', 'scratch', '--out', 'exported'], dir);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^exported holds the model of scratch\/recency-bias-seed1: 3 classes/);
    expect(await readFile(join(dir, 'exported/try.html'), 'utf8')).toContain('blue, green or red?');
    const [fromFolder, fromRun] = await Promise.all(
      ['exported', 'scratch'].map(async (model) => (await predict(model, 'photos/blue')).outcomes),
    );
    expect(fromRun).toEqual(fromFolder);

    const second = await finetune(
      'photos',
      '--backbone',
      'scratch',
      '--epochs',
      '1',
      '--batch-size',
      '8',
      '--backend',
      'wasm',
      '--cache',
      'cache',
      '--out',
      'second',
    );
    expect(second.stderr).not.toContain('failed');
    expect(second.code).toBe(0);
    expect((await predict('second/model', 'photos/blue/0.png')).outcomes).toHaveLength(1);
    expect(second.stdout).toContain('cut after flatten, before its classifier classes');
    expect(second.stdout).toMatch(/pixels scaled by mean .*, as it was trained/);
  }, 180_000);

  it('does not write over a folder of other things', async () => {
    const { code, stderr } = await runCli(['export', 'scratch', '--out', 'photos'], dir);
    expect(code).toBe(1);
    expect(stderr).toBe('photos: holds other files; choose a new folder for the model\n');
    expect(existsSync(join(dir, 'photos/blue/0.png'))).toBe(true);
  }, 60_000);
});

describe('recency-bias compare', () => {
  it('fine-tunes with several selectors from a shared warm-up', async () => {
    const selectors = ['--selector', 'random=uniform', '--selector', 'recency-bias'];
    const { code, stderr } = await runCli(
      [
        'compare',
        '--dataset',
        'folder:photos',
        ...FLAGS,
        ...selectors,
        '--freeze',
        '--epochs',
        '3',
        '--warmup-epochs',
        '1',
        '--out',
        'compared',
      ],
      dir,
    );
    expect(stderr).not.toContain('failed');
    expect(code).toBe(0);
    const { warmups, runs } = await readComparison(join(dir, 'compared'));
    expect(warmups).toHaveLength(1);
    expect(runs.map(({ epochs }) => epochs.length)).toEqual([2, 2]);
  }, 120_000);
});

describe('bad input to finetune', () => {
  async function folder(name: string, change: (root: string) => Promise<unknown>): Promise<string> {
    await cp(join(dir, 'photos'), join(dir, name), { recursive: true });
    await change(join(dir, name));
    return name;
  }
  const only = (root: string, keep: number): Promise<unknown> =>
    Promise.all(Array.from({ length: 12 - keep }, (_, i) => rm(join(root, 'red', `${i + keep}.png`))));

  const cases: readonly (readonly [string, () => Promise<string[]>, RegExp])[] = [
    [
      'a folder with one class',
      async () => [
        await folder('one', (root) =>
          Promise.all(['red', 'blue'].map((name) => rm(join(root, name), { recursive: true }))),
        ),
      ],
      /^one: all images are in one folder \(green\); at least two classes are needed/,
    ],
    [
      'an empty class',
      async () => [await folder('empty', (root) => mkdir(join(root, 'black')))],
      /^empty: the folder black is empty/,
    ],
    [
      'a class with one photo',
      async () => [await folder('lone', (root) => only(root, 1))],
      /^lone: the class red has a single image \(red\/0\.png\)/,
    ],
    [
      'a corrupt photo',
      async () => [await folder('corrupt', (root) => writeFile(join(root, 'red', '0.png'), 'x'))],
      /^corrupt: 1 file cannot be read; .*--skip-unreadable:\n  - red\/0\.png: is no JPEG/,
    ],
    ['a folder that is not there', () => Promise.resolve(['nowhere']), /^nowhere: does not exist/],
    ['no data', () => Promise.resolve([]), /^Nothing to learn from: give a folder of photos/],
    ['no backbone', () => Promise.resolve(['photos', '--no-such']), /unknown option/],
    [
      'a layer that the backbone does not have',
      () => Promise.resolve(['photos', '--cut', 'stem-rely']),
      /^model\.options\.cut: "stem-rely" is not known; did you mean stem-relu\?/,
    ],
  ];
  it.each(cases)(
    'is said in a line, and nothing is written: %s',
    async (_, args, message) => {
      const { code, stderr } = await finetune(...(await args()), ...FLAGS, '--epochs', '2', '--out', 'never');
      expect(stderr.replace(/^Decoding .*\n/, '')).toMatch(message);
      expect(stderr).not.toContain('    at ');
      expect(code).toBe(1);
      expect(existsSync(join(dir, 'never'))).toBe(false);
    },
    60_000,
  );

  it('a folder that is not there is said before a network is fetched', async () => {
    const unreachable = 'http://127.0.0.1:9/model.json';
    const { code, stderr } = await runCli(['finetune', 'nowhere', '--backbone', unreachable], dir);
    expect(stderr).toBe('nowhere: does not exist\n');
    expect(code).toBe(1);
  });
});
