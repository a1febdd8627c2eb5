/**
 * Whole runs with every selector, and the hash of everything that they drew: what Python must draw as well. The measurements are made of
 * whole numbers, so that both languages make the same.
 */
import { createHash } from 'node:crypto';
import {
  alternate,
  createSelector,
  selectorRegistry,
  withBatchLoss,
  withSmoothing,
  withWarmup,
} from 'recency-bias';
import type { Observation, Selection, SelectorFactory } from 'recency-bias';

/** A run of a selector, and what it drew. */
export interface DrawnRun {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Wrappers around the selector, the first of them innermost. */
  readonly wrappers?: readonly (readonly [name: string, options: Readonly<Record<string, number>>])[];
  readonly run: {
    readonly size: number;
    readonly classes: number;
    readonly epochs: number;
    readonly seed: number;
  };
  readonly batchSize: number;
  /** SHA-256 of the indices (int32) and weights (float32) of all batches, in their order. */
  readonly batches: string;
  /** Number of batches, epoch by epoch. */
  readonly counts: readonly number[];
  /** SHA-256 of the probabilities (float64) at the end; null where there are none. */
  readonly probabilities: string | null;
}

const run = { size: 1003, classes: 10, epochs: 6, seed: 20261129 } as const;
const batchSize = 64;

/** Options beyond the defaults that lead a selector through all of its parts in six epochs. */
const variants: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  uniform: [{}, { order: 'batch' }, { order: 'sequential' }],
  'recency-bias': [
    { warmupEpochs: 2, window: 4 },
    { warmupEpochs: 1, window: 5, update: 'batch', normalize: 'window' },
    { warmupEpochs: 0, window: 40, selectionPressure: { kind: 'linear', from: 50, to: 2 } },
  ],
  'online-batch': [{ warmupEpochs: 2 }, { warmupEpochs: 1, recompute: true }],
  'active-bias': [{ warmupEpochs: 2 }, { warmupEpochs: 2, form: 'sampling' }, { warmupEpochs: 2, window: 3 }],
  'windowed-probability': [{ warmupEpochs: 2 }, { warmupEpochs: 2, score: 'dual', window: 3 }],
  'importance-sampling': [{}, { threshold: 0 }],
  'selective-backprop': [{}, { staleness: 2 }],
  'info-batch': [{}, { pruneRatio: 0.9 }],
  seta: [{}, { pruneRatio: 0.3, groups: 7, windowScale: 0.4 }],
  'rho-loss': [{ irreducibleLosses: Array.from({ length: run.size }, (_, i) => (i * 13) % 7) }],
  'ada-boundary': [{ warmupEpochs: 2 }],
  'self-paced': [{}, { threshold: 0.4 }],
  'random-pruning': [{}, { share: [1, 0.5, 0.25, 0.5, 1, 0.1] }, { share: 0.4, cover: true }],
};

const WRAPPERS: Readonly<Record<string, (inner: SelectorFactory, options: never) => SelectorFactory>> = {
  'with-warmup': withWarmup,
  'with-smoothing': withSmoothing,
  'with-batch-loss': withBatchLoss,
  alternate,
};

/** Answers as of a network on samples in an epoch; exact in float32. */
export function measure(indices: Int32Array, epoch: number): Observation {
  const column = (value: (index: number) => number): Float32Array => Float32Array.from(indices, value);
  return {
    indices,
    loss: column((i) => ((i * 37 + epoch * 11) % 101) / 64),
    batchLoss: column(() => ((epoch * 23) % 47) / 64),
    predictedLabel: Int32Array.from(indices, (i) => (i + (i % 3) * epoch) % run.classes),
    margin: column((i) => ((i * 31 + epoch * 7) % 97) / 8 - 6),
    trueClassProbability: column((i) => ((i * 29 + (i % 5) * epoch) % 65) / 64),
    gradNormBound: column((i) => ((i * i + epoch) % 91) / 64),
    boundaryDistance: column((i) => (((i * 17 + epoch * 3) % 64) - 32) / 64),
  };
}

const sha256 = (arrays: readonly ArrayBufferView[]): string => {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of arrays)
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex');
};

/** Runs of selectors in wrappers. */
const wrapped: readonly Required<Pick<DrawnRun, 'name' | 'options' | 'wrappers'>>[] = [
  { name: 'online-batch', options: { warmupEpochs: 0 }, wrappers: [['with-warmup', { epochs: 2 }]] },
  {
    name: 'recency-bias',
    options: { warmupEpochs: 1, window: 4 },
    wrappers: [
      ['with-smoothing', { uniformShare: 0.3 }],
      ['alternate', { every: 3 }],
    ],
  },
  { name: 'seta', options: { groups: 3, windowScale: 0.4 }, wrappers: [['with-batch-loss', { decay: 0.7 }]] },
];

async function drawRun(
  name: string,
  options: Readonly<Record<string, unknown>>,
  wrappers: NonNullable<DrawnRun['wrappers']> = [],
): Promise<DrawnRun> {
  const selector = wrappers.reduce(
    (inner, [wrapper, given]) => WRAPPERS[wrapper]!(inner, given as never),
    createSelector(name, options),
  )(run);
  const drawn: ArrayBufferView[] = [];
  const counts: number[] = [];
  for (let epoch = 1; epoch <= run.epochs; epoch++) {
    const only = (indices: Int32Array): Observation => {
      const all = measure(indices, epoch);
      return Object.fromEntries(
        ['indices', ...selector.signals].map((key) => [key, all[key as 'loss']]),
      ) as never;
    };
    selector.beginEpoch(epoch);
    let count = 0;
    for (;;) {
      const selection: Selection | null = await selector.select(batchSize, (i) => Promise.resolve(only(i)));
      if (selection === null) break;
      drawn.push(selection.indices.slice());
      if (selection.weights !== undefined) drawn.push(selection.weights.slice());
      selector.observe(only(selection.indices));
      count++;
    }
    counts.push(count);
  }
  const probabilities = selector.probabilities?.();
  return {
    name,
    options,
    ...(wrappers.length > 0 && { wrappers }),
    run,
    batchSize,
    batches: sha256(drawn),
    counts,
    probabilities: probabilities === undefined ? null : sha256([probabilities]),
  };
}

/** Runs of all selectors. @throws Error where a selector of the registry has no run */
export async function drawAll(): Promise<DrawnRun[]> {
  const runs: DrawnRun[] = [];
  for (const name of Object.keys(selectorRegistry)) {
    const several = variants[name];
    if (several === undefined) throw new Error(`${name} has no run in drawn-batches.ts.`);
    for (const options of several) runs.push(await drawRun(name, options));
  }
  for (const { name, options, wrappers } of wrapped) runs.push(await drawRun(name, options, wrappers));
  return runs;
}
