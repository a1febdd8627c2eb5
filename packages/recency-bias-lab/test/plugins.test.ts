import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readComparison } from '../src/records/read.js';
import { runCli } from './support/cli.js';
import { writeIdxFolder } from './support/idx-data.js';

const SELECTOR = `
import { defineSelector, LatestValues, option } from 'recency-bias';
import { LEAST } from './least.js';
export default defineSelector({
  name: 'hard-first', title: 'Hard First', paper: 'a test', signals: ['loss'],
  options: { strength: option.number(1, 0) },
  make({ size }, { strength }, epoch) {
    const losses = new LatestValues(size, 1);
    return {
      ordered: 'all',
      memory: { losses },
      begin() {
        const keys = Float64Array.from(losses.values, (loss) => -Math.log(1 - epoch.random.float()) / Math.max(loss, LEAST) ** strength);
        epoch.order.start(Int32Array.from(keys.keys()).sort((a, b) => keys[a] - keys[b]));
      },
      learn({ indices, loss }) { losses.record(indices, loss); },
    };
  },
});
`;

/** A bare factory: dealt in order, nothing learnt. */
const FACTORY = `
export function inOrder({ size }) {
  let at = size;
  return {
    name: 'in-order', signals: [],
    beginEpoch() { at = 0; },
    select(batchSize) {
      if (at >= size) return null;
      const indices = Int32Array.from({ length: Math.min(batchSize, size - at) }, (_, i) => at + i);
      at += indices.length;
      return { indices };
    },
    observe() {},
    stateDict: () => ({ version: 1, at }),
    loadStateDict(state) { at = state.at; },
  };
}
`;

const MODEL = `
export default ({ tf, imageShape, classes, seed, options: { units = 8 } }) => tf.sequential({ layers: [
  tf.layers.flatten({ inputShape: imageShape }),
  tf.layers.dense({ units, activation: 'relu', kernelInitializer: tf.initializers.heNormal({ seed }) }),
  tf.layers.dense({ units: classes, kernelInitializer: tf.initializers.heNormal({ seed: seed + 1 }) }),
] });
`;

const DATA = `
class Part {
  classes = 2;
  constructor(size) { this.size = size; }
  batch(indices) {
    const images = new Uint8Array(indices.length * 16);
    indices.forEach((index, row) => {
      for (let pixel = 0; pixel < 16; pixel++) images[16 * row + pixel] = (index * 31 + pixel * 17) % 100 + 100 * (index % this.classes);
    });
    return { images, labels: Array.from(indices, (index) => index % this.classes) };
  }
}
export default async () => ({ imageShape: [4, 4, 1], classNames: ['dark', 'light'], train: new Part(48), test: new Part(16) });
`;

const EXPERIMENT = `
name: own
dataset: ./my-data.js
model: { name: ./my-model.js, options: { units: 4 } }
learningRate: 0.05
batchSize: 16
epochs: 3
warmupEpochs: 1
selectors:
  random: uniform
  mine: { name: ./my-selector.js, options: { strength: 2 } }
backend: wasm
`;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'plugins-'));
  await mkdir(join(dir, 'parts'));
  const write = (name: string, text: string): Promise<void> => writeFile(join(dir, 'parts', name), text);
  await write('my-selector.js', SELECTOR);
  await write('least.js', 'export const LEAST = 1e-6;\n');
  await write('in-order.js', FACTORY);
  await write('my-model.js', MODEL);
  await write('my-data.js', DATA);
  await write('own.yaml', EXPERIMENT);
  await writeFile(join(dir, 'package.json'), '{ "type": "module" }');
  await writeIdxFolder(join(dir, 'idx'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

async function fails(args: readonly string[]): Promise<string> {
  const { code, stderr, stdout } = await runCli(args, dir);
  expect(code, stdout).toBe(1);
  return stderr.trim();
}

/** Modules that are wrong: the field of the experiment, the source, what is said of it. */
const WRONG: readonly (readonly [
  what: string,
  field: 'selectors' | 'model' | 'dataset',
  source: string,
  line: RegExp,
])[] = [
  [
    'several exports',
    'selectors',
    'export const a = 1, b = 2;',
    /exports a, b, and none as default; expected what defineSelector returns/,
  ],
  ['a number', 'selectors', 'export default 1;', /exports a number; expected what defineSelector returns/],
  [
    'a function of another kind',
    'selectors',
    'export default () => ({});',
    /its function does not return a selector/,
  ],
  ['no JavaScript', 'selectors', 'export default (', /(cannot be loaded: )?Unexpected/],
  ['an error while loading', 'selectors', '\nthrow new Error("no luck");', /^FILE:2: no luck$/],
  [
    'a package that is not there',
    'selectors',
    "import 'nowhere';",
    /cannot be loaded: Cannot find package 'nowhere'/,
  ],
  [
    'a broken promise of the contract',
    'selectors',
    FACTORY.replace('at += indices.length', 'at += 1'),
    /is no selector to compare with, for it breaks a promise: it trains the promised number of samples/,
  ],
  ['no model', 'model', 'export default () => 1;', /its function returns no tf\.LayersModel/],
  [
    'weights without seed',
    'model',
    MODEL.replaceAll('{ seed }', '{}').replace('{ seed: seed + 1 }', '{}'),
    /two models of the same seed begin with different weights/,
  ],
  [
    'another number of classes',
    'model',
    MODEL.replace('units: classes', 'units: 7'),
    /its model gives 7 values an image; expected 4, one logit a class/,
  ],
  [
    'probabilities',
    'model',
    MODEL.replace('units: classes', "activation: 'softmax', units: classes"),
    /its model ends in softmax; expected logits/,
  ],
  [
    'no data',
    'dataset',
    'export default { train: 1 };',
    /imageShape: .*; expected \{ imageShape, train, test \}/,
  ],
  [
    'a label outside',
    'dataset',
    DATA.replace('(index) => index % this.classes', '(index) => index'),
    /the label of sample 47 of 48 in train is 47; expected a whole number from 0 to 1$/,
  ],
  [
    'too few pixels',
    'dataset',
    DATA.replace('* 16)', '* 15)'),
    /train\.batch of 2 indices gives 30 pixels; expected 2 x 16/,
  ],
  [
    'rows that depend on the order',
    'dataset',
    DATA.replace('(index * 31', '(row * 31'),
    /train\.batch gives another image when the same index is asked for in another order/,
  ],
];

const PREPARE = new URL('../dist/experiment/prepare/prepare.js', import.meta.url).href;

/** The errors of preparing an experiment with each of the modules, all in one process. */
function complaints(): string[] {
  const script = `
    import { prepareExperiment } from ${JSON.stringify(PREPARE)};
    const said = [];
    for (const [i, field] of ${JSON.stringify(WRONG.map(([, field]) => field))}.entries()) {
      const name = './wrong-' + i + '.js';
      const part = field === 'selectors' ? { random: 'uniform', wrong: name } : name;
      const input = { dataset: { name: 'idx', path: 'idx' }, model: './parts/my-model.js', selectors: { random: 'uniform' }, epochs: 2, batchSize: 16, [field]: part };
      const options = { cache: 'cache', purpose: 'plan', chooseBackend: async () => ({ backend: 'cpu' }) };
      said.push(await prepareExperiment({ input }, options).then(() => 'nothing', ({ message }) => message));
    }
    console.log(JSON.stringify(said));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: dir,
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as string[];
}

describe('modules of the user', { timeout: 240_000 }, () => {
  it('are selector, model and data set of an experiment file, by paths relative to it', async () => {
    const { code, stderr } = await runCli(['compare', 'parts/own.yaml'], dir);
    expect(stderr).toContain('done     mine, seed 1');
    expect(code).toBe(0);
    const { runs } = await readComparison(join(dir, 'runs/own'));
    expect(runs.map(({ complete }) => complete)).toEqual([true, true]);
    const mine = runs.find(({ header }) => header.selector === 'mine')!;
    expect(mine.header.method).toEqual({
      name: './parts/my-selector.js',
      options: { strength: 2 },
      source: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    });
    const { model, dataset } = mine.header.experiment;
    expect(model).toMatchObject({ name: './parts/my-model.js', source: expect.any(String) as unknown });
    expect(dataset).toMatchObject({ name: './parts/my-data.js', source: expect.any(String) as unknown });
    expect(mine.header.dataset.classNames).toEqual(['dark', 'light']);
    expect(mine.header.model.parameters).toBe(16 * 4 + 4 + 4 * 2 + 2);
  });

  it('are used again on resume, and give the results of a comparison that began with all seeds', async () => {
    const resumed = await runCli(['compare', '--resume', '--out', 'runs/own', '--seeds', '1,2'], dir);
    expect(resumed.stderr).toContain('done     mine, seed 2');
    const args = ['compare', 'parts/own.yaml', '--seeds', '1,2', '--out', 'runs/whole'];
    expect((await runCli(args, dir)).code).toBe(0);
    const errors = async (out: string): Promise<unknown> =>
      (await readComparison(join(dir, out))).runs
        .map(({ header: { id }, epochs }) => [
          id,
          epochs.map(({ testLoss, trainLoss }) => [testLoss, trainLoss]),
        ])
        .sort();
    expect(await errors('runs/own')).toEqual(await errors('runs/whole'));
  });

  it('are taken as flags, the selector with options and labelled by its file', async () => {
    const args = ['compare', '--dataset', './parts/my-data.js', '--model', './parts/my-model.js:units=3'];
    const { code, stdout } = await runCli(
      [
        ...args,
        '--selector',
        './parts/in-order.js',
        '--selector',
        './parts/my-selector.js:strength=0.5',
        '--epochs',
        '1',
        '--batch-size',
        '16',
        '--name',
        'flags',
      ],
      dir,
    );
    expect(code, stdout).toBe(0);
    const { runs } = await readComparison(join(dir, 'runs/flags'));
    expect(runs.map(({ header }) => [header.id, header.method.options.strength])).toEqual([
      ['in-order-seed1', undefined],
      ['my-selector-seed1', 0.5],
    ]);
  });

  it('read a number a sample from a file whose path is relative to the experiment file, or in a flag to the working directory', async () => {
    const source = SELECTOR.replace('option.number(1, 0)', "option.perSample('how hard')").replace(
      '(loss) => -Math.log(1 - epoch.random.float()) / Math.max(loss, LEAST) ** strength',
      '(loss, sample) => LEAST * loss - strength[sample]',
    );
    await writeFile(join(dir, 'parts/by-file.js'), source);
    await writeFile(
      join(dir, 'parts/by-file.yaml'),
      `${EXPERIMENT}  by-file: { name: ./by-file.js, options: { strength: hard.losses } }\n`.replace(
        /(backend: wasm\n)(.*\n)/,
        '$2$1',
      ),
    );
    const losses = ['holdout-losses', 'parts/own.yaml', '--epochs', '1', '--out', 'parts/hard.losses'];
    expect((await runCli(losses, dir)).code).toBe(0);
    const planned = await runCli(
      ['compare', 'parts/by-file.yaml', '--out', 'runs/planned', '--dry-run'],
      dir,
    );
    expect(planned.code, planned.stderr).toBe(0);
    const flags = ['--selector', 'by-file=./parts/by-file.js:strength=parts/hard.losses'];
    const resumed = await runCli(['compare', '--resume', '--out', 'runs/flags', ...flags], dir);
    expect(resumed.code, resumed.stderr).toBe(0);
    const { runs } = await readComparison(join(dir, 'runs/flags'));
    expect(runs.map(({ header }) => header.id)).toContain('by-file-seed1');
  });

  it('make a grid', async () => {
    const args = [
      'compare',
      'parts/own.yaml',
      '--grid',
      './parts/my-selector.js:strength=[0,1]',
      '--out',
      'runs/grid',
    ];
    const { code, stdout } = await runCli([...args, '--dry-run'], dir);
    expect(stdout).toMatch(/2 cells of\s+\.\/parts\/my-selector\.js: strength 0, 1/);
    expect(code).toBe(0);
  });

  it('name an unknown option with the file', async () => {
    const text = await fails([
      'compare',
      'parts/own.yaml',
      '--selector',
      'mine=./parts/my-selector.js:strenth=2',
      '--out',
      'runs/none',
    ]);
    expect(text).toMatch(
      /^parts\/own\.yaml: selectors\.mine: \.\/parts\/my-selector\.js: .*strenth.*strength/,
    );
  });

  it('that have changed, or of which an imported file has, are not gone on with, and it is said which', async () => {
    await appendFile(join(dir, 'parts/least.js'), '// changed\n');
    const line = 'selectors.mine: ./parts/my-selector.js has changed since the experiment began';
    expect(await fails(['compare', '--resume', '--out', 'runs/own', '--seeds', '1,2,3'])).toContain(line);
    const file = await fails([
      'compare',
      'parts/own.yaml',
      '--resume',
      '--out',
      'runs/own',
      '--seeds',
      '1,2,3',
    ]);
    expect(file).toContain(
      'runs/own: holds another experiment: selectors.mine: the source of its module has changed',
    );
    await writeFile(join(dir, 'parts/least.js'), 'export const LEAST = 1e-6;\n');
  });

  it('export a trained model of their own', async () => {
    const { code, stdout } = await runCli(['export', 'runs/own/mine-seed1', '--out', 'model'], dir);
    expect(stdout).toContain('model holds the model of runs/own/mine-seed1: 2 classes');
    expect(code).toBe(0);
    expect(await readFile(join(dir, 'model/model.json'), 'utf8')).toContain('weightsManifest');
  });

  it('say where an error comes from, file and line, also when it comes late in a run', async () => {
    await writeFile(
      join(dir, 'late.js'),
      FACTORY.replace(
        'beginEpoch() { at = 0; }',
        'beginEpoch(epoch) {\n      if (size > 100 && epoch === 2) throw new Error("ran out of luck");\n      at = 0;\n    }',
      ),
    );
    const args = [
      'compare',
      '--dataset',
      'idx',
      '--data-path',
      'idx',
      '--selector',
      'random=uniform',
      '--selector',
      'late=./late.js',
    ];
    const text = await fails([
      ...args,
      '--epochs',
      '2',
      '--batch-size',
      '16',
      '--name',
      'late',
      '--model',
      'small-cnn:channels=[2]',
    ]);
    expect(text).toMatch(/^late, seed 1 failed: \.\/late\.js:7: ran out of luck$/m);
  });

  it('in TypeScript run where Node runs it, else it is said what to do', async () => {
    await writeFile(
      join(dir, 'typed.ts'),
      'const sides: [number, number, number] = [4, 4, 1];\n' +
        DATA.replace('[4, 4, 1]', 'sides')
          .replace('(indices) {', '(indices: Int32Array) {')
          .replace('constructor(size)', 'size: number;\n  constructor(size: number)'),
    );
    const { code, stdout, stderr } = await runCli(['data', 'info', './typed.ts'], dir);
    const { typescript } = process.features as { readonly typescript?: unknown };
    if (typescript === undefined || typescript === false) {
      expect(stderr).toMatch(
        /^\.\/typed\.ts: Node [\d.]+ does not run TypeScript; use Node 22\.18 or newer, or compile it to JavaScript\n$/,
      );
    } else {
      expect(stdout).toContain('48 training and 16 test images of 4 x 4 x 1');
      expect(code).toBe(0);
    }
  });

  it('that are wrong are refused before training, in a line that names the file', async () => {
    for (const [i, [, , source]] of WRONG.entries()) await writeFile(join(dir, `wrong-${i}.js`), source);
    const said = complaints();
    for (const [i, [what, , , line]] of WRONG.entries()) {
      const file = `./wrong-${i}.js`;
      expect(said[i], what).toMatch(new RegExp(`^${file.replaceAll('.', '\\.')}[: ]`));
      expect(said[i]!.replace(file, 'FILE'), what).toMatch(line);
      expect(said[i], what).not.toContain('\n');
    }
  });

  it('that do not exist are named', async () => {
    expect(await fails(['compare', '--model', './none.js', '--epochs', '2'])).toMatch(
      /^\.\/none\.js: does not exist; /,
    );
  });
});

describe('recency-bias init', { timeout: 240_000 }, () => {
  it('writes files that run as they are, and does not write over what is there', async () => {
    const { code, stdout } = await runCli(['init', 'start'], dir);
    expect(stdout).toContain(`Train with \`recency-bias compare ${join('start', 'experiment.yaml')}\``);
    expect(code).toBe(0);
    const small = [
      '--dataset',
      'idx',
      '--data-path',
      'idx',
      '--train-size',
      '160',
      '--test-size',
      '60',
      '--batch-size',
      '16',
    ];
    const run = await runCli(
      ['compare', 'start/experiment.yaml', ...small, '--epochs', '3', '--seeds', '1'],
      dir,
    );
    expect(run.code, run.stderr).toBe(0);
    const { runs, selectors } = await readComparison(join(dir, 'runs/my-experiment'));
    expect(selectors).toEqual(['random', 'recency-bias', 'mine']);
    expect(runs.every(({ complete }) => complete)).toBe(true);
    expect(await fails(['init', 'start'])).toMatch(/^start.README\.md: is there already; /);
  });
});
