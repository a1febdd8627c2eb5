import { describe, expect, it } from 'vitest';
import { differences } from './difference.js';
import { ExperimentError } from '../../ground/experiment-error.js';
import { parseExperiment, resolveExperiment } from './resolve.js';

const MINIMAL = { dataset: 'mnist', epochs: 20, selectors: { random: 'uniform' } };
const SIZE = { trainSize: 1000, testSize: 200, classes: 10 };

/** The lines that are wrong with an experiment. */
function problemsOf(changes: Record<string, unknown>, resolve = false): readonly string[] {
  try {
    const parsed = parseExperiment({ ...MINIMAL, ...changes });
    if (resolve) resolveExperiment(parsed, SIZE);
    return [];
  } catch (error) {
    if (error instanceof ExperimentError) return error.problems;
    throw error;
  }
}

describe('parseExperiment', () => {
  it('takes bare names where an object with a name is meant, and fills in defaults', () => {
    expect(parseExperiment(MINIMAL)).toMatchObject({
      dataset: { name: 'mnist', subsetSeed: 0 },
      model: { name: 'small-cnn', options: {} },
      optimizer: { name: 'momentum' },
      learningRate: { initial: 0.1, steps: [] },
      batchSize: 128,
      selectors: { random: { name: 'uniform', options: {} } },
      seeds: [1],
    });
  });

  it('takes folder:<path> as the data set folder with that path', () => {
    const { dataset } = parseExperiment({ ...MINIMAL, dataset: 'folder:C:/photos' });
    expect(dataset).toEqual({ name: 'folder', path: 'C:/photos', subsetSeed: 0 });
    const fields = { name: 'folder:photos', imageSize: [48, 64], trainSize: 10 };
    expect(parseExperiment({ ...MINIMAL, dataset: fields }).dataset).toMatchObject({
      name: 'folder',
      path: 'photos',
      imageSize: [48, 64],
      trainSize: 10,
    });
  });

  it.each([
    [{ bachSize: 64 }, 'bachSize: unknown field; did you mean batchSize?'],
    [{ learning_rate: 0.1 }, 'learning_rate: unknown field; did you mean learningRate?'],
    [
      { learningRate: { intial: 0.1, initial: 1 } },
      'learningRate.intial: unknown field; did you mean initial?',
    ],
    [
      { dataset: { name: 'mnist', size: 3 } },
      'dataset.size: unknown field; allowed are name, path, imageSize, channels, fit, testShare, splitSeed, trainList, testList, classFile, corrections, skipUnreadable, memoryLimit, source, fingerprint, trainSize, testSize, subsetSeed, classes, imbalance, copies, labelNoise',
    ],
    [
      { dataset: 'folder' },
      'dataset.path: is missing; expected the folder that holds the data: give --data-path',
    ],
    [{ dataset: 'mnist:photos' }, 'dataset.path: is not used by mnist; leave it out'],
    [
      { dataset: { name: 'cifar10', imageSize: 64 } },
      'dataset.imageSize: is not used by cifar10; leave it out',
    ],
    [
      { dataset: { name: 'folder:photos', imageSize: '64' } },
      'dataset.imageSize: is "64"; expected a number of pixels or [height, width]',
    ],
    [
      { dataset: { name: 'folder:a', fit: 'squeeze' } },
      'dataset.fit: is "squeeze"; expected crop or stretch or pad',
    ],
    [{ dataset: { name: 'folder:a', testShare: 1 } }, 'dataset.testShare: is 1; expected less than 1'],
    [{ batchSize: 0 }, 'batchSize: is 0; expected at least 1'],
    [{ batchSize: '64' }, 'batchSize: is "64"; expected a number'],
    [{ batchSize: 1.5 }, 'batchSize: is 1.5; expected a whole number'],
    [{ epochs: undefined }, 'epochs: give either epochs or iterations'],
    [{ iterations: 100 }, 'epochs: give either epochs or iterations, not both'],
    [{ warmupEpochs: 20 }, 'warmupEpochs: is 20; expected less than the 20 epochs of the run'],
    [{ optimizer: 'rmsprop' }, 'optimizer.name: is "rmsprop"; expected sgd or momentum or adam'],
    [
      { optimizer: { name: 'sgd', momentum: 0.9 } },
      'optimizer.momentum: is not used by sgd; leave it out or choose momentum',
    ],
    [{ optimizer: { name: 'momentum', momentum: 1 } }, 'optimizer.momentum: is 1; expected less than 1'],
    [{ dataset: 'mnits' }, 'dataset.name: "mnits" is not known; did you mean mnist?'],
    [
      { dataset: 'idx' },
      'dataset.path: is missing; expected the folder that holds the data: give --data-path',
    ],
    [{ model: 'renset' }, 'model.name: "renset" is not known; did you mean resnet?'],
    [
      { model: { name: 'resnet', options: { depth: 21 } } },
      'model.options.depth: is 21; expected 6n + 2 (8, 14, 20, 26, 32, 44, 56, 110, ...) or 18, 34, 50, 101, 152',
    ],
    [
      { model: { name: 'small-cnn', options: { chanels: [4] } } },
      'model.options.chanels: unknown field; did you mean channels?',
    ],
    [{ seeds: [1, 2, 1] }, 'seeds: is [1,2,1]; expected distinct numbers'],
    [{ seeds: [-1] }, 'seeds[0]: is -1; expected at least 0'],
    [
      { learningRate: { initial: 1, steps: [[0.5]] } },
      'learningRate.steps[0]: is [0.5]; expected at least 2 items',
    ],
    [
      {
        learningRate: {
          initial: 1,
          steps: [
            [0.7, 0.1],
            [0.5, 0.1],
          ],
        },
      },
      'learningRate.steps[1][0]: is 0.5; expected ascending order',
    ],
    [
      {
        learningRate: {
          initial: 1,
          steps: [
            [15, 0.1],
            [0.5, 0.1],
          ],
        },
      },
      'learningRate.steps[1][0]: is 0.5; expected ascending order',
    ],
    [
      { learningRate: { initial: 1, steps: [[1.5, 0.1]] } },
      'learningRate.steps[0][0]: is 1.5; expected a share of the run below 1 or a whole number of epochs',
    ],
    [{ selectors: { warmup: 'uniform' } }, 'selectors.warmup: the label is reserved for the shared warm-up'],
    [{ backend: 'webgl' }, 'backend: is "webgl"; expected auto or torch or wasm or cpu'],
  ])('says in one line what is wrong with %j', (changes, line) => {
    expect(problemsOf(changes)).toEqual([line]);
  });

  it('says everything that is wrong at once, each line with the name of the file', () => {
    const parse = (): unknown => parseExperiment({ ...MINIMAL, batchSize: 0, sedes: [1] }, 'a.yaml');
    expect(parse).toThrow(
      'a.yaml: batchSize: is 0; expected at least 1\na.yaml: sedes: unknown field; did you mean seeds?',
    );
  });

  it.each([[null], [3], [[]]])('refuses %j as an experiment', (input) => {
    expect(() => parseExperiment(input)).toThrow(/^experiment: is .*; expected a mapping of fields$/);
  });
});

describe('resolveExperiment', () => {
  it('rounds iterations up to whole epochs', () => {
    const parsed = parseExperiment({ ...MINIMAL, epochs: undefined, iterations: 17 });
    expect(resolveExperiment(parsed, SIZE).epochs).toBe(3); // 8 steps of 128 an epoch
  });

  it('gives selectors the shared warm-up and window unless they have their own', () => {
    const parsed = parseExperiment({
      ...MINIMAL,
      warmupEpochs: 3,
      window: 4,
      selectors: { a: 'recency-bias', b: { name: 'recency-bias', options: { window: 7, warmupEpochs: 5 } } },
    });
    const { selectors } = resolveExperiment(parsed, SIZE);
    expect(selectors.a!.options).toMatchObject({ window: 4, warmupEpochs: 3, selectionPressure: 100 });
    expect(selectors.b!.options).toMatchObject({ window: 7, warmupEpochs: 5 });
  });

  it('leaves the window of a method that has none by default alone', () => {
    const selectors = { a: 'active-bias', b: { name: 'active-bias', options: { window: 3 } } };
    const resolved = resolveExperiment(parseExperiment({ ...MINIMAL, window: 4, selectors }), SIZE).selectors;
    expect(resolved.a!.options).toMatchObject({ window: null });
    expect(resolved.b!.options).toMatchObject({ window: 3 });
  });

  it('accepts its own result again, unchanged', () => {
    const once = resolveExperiment(parseExperiment({ ...MINIMAL, selectors: { a: 'recency-bias' } }), SIZE);
    const read = JSON.parse(JSON.stringify(once)) as unknown;
    expect(differences(resolveExperiment(parseExperiment(read), SIZE), read)).toEqual([]);
  });

  it('names the selector whose name or option is unknown', () => {
    expect(problemsOf({ selectors: { x: 'recency' } }, true)[0]).toMatch(/^selectors\.x: .*recency/);
    const typo = { x: { name: 'recency-bias', options: { windw: 3 } } };
    expect(problemsOf({ selectors: typo }, true)[0]).toMatch(/^selectors\.x: .*windw.*window/);
  });

  it('refuses a selector whose warm-up ends before the shared one', () => {
    const selectors = { x: { name: 'recency-bias', options: { warmupEpochs: 1 } } };
    expect(problemsOf({ warmupEpochs: 2, selectors }, true)).toEqual([
      'selectors.x.options.warmupEpochs: is 1; expected at least the 2 epochs of the shared warm-up',
    ]);
  });

  it('refuses a batch larger than the data', () => {
    expect(problemsOf({ batchSize: 1001 }, true)).toEqual([
      'batchSize: is 1001; expected at most the 1000 training samples',
    ]);
  });
});

describe('differences', () => {
  it('names each field that differs, also nested or missing ones', () => {
    const before = { a: 1, b: { c: [1, 2], d: 'x' }, e: null };
    expect(differences(before, { a: 1, b: { c: [1, 2], d: 'x' }, e: null })).toEqual([]);
    expect(differences(before, { a: 2, b: { c: [1, 3] }, e: null, f: true })).toEqual([
      'a: was 1, is 2',
      'b.c: was [1,2], is [1,3]',
      'b.d: was "x", is not given',
      'f: was not given, is true',
    ]);
  });
});
