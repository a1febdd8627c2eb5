import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory } from '../packages/recency-bias-lab/src/data/cache.js';
import { flippedSamples } from '../packages/recency-bias-lab/src/data/label-noise.js';
import { preferredBackend } from '../packages/recency-bias-lab/src/ground/backend.js';
import { describeEnvironment } from '../packages/recency-bias-lab/src/experiment/training/environment.js';
import { prepareExperiment } from '../packages/recency-bias-lab/src/experiment/prepare/prepare.js';
import { runTasks } from '../packages/recency-bias-lab/src/experiment/document/tasks.js';
import { trainRun } from '../packages/recency-bias-lab/src/experiment/training/train-run.js';
import { averagePrecision, descending, retrieval } from '../packages/recency-bias-lab/src/samples/ranking.js';
import { readSamples } from '../packages/recency-bias-lab/src/insights/read-samples.js';
import type { SampleTable } from '../packages/recency-bias-lab/src/samples/sample-table.js';
import { suspects } from '../packages/recency-bias-lab/src/samples/suspects.js';
import { readRun } from '../packages/recency-bias-lab/src/records/read.js';
import { seedMean } from '../packages/recency-bias-lab/src/report/analysis/statistics.js';

/**
 * Whether the suspects of `recency-bias insights` are label errors: 5 % of the training labels are made wrong, differently for
 * each seed, and the suspects are compared with rankings by loss. Trains 12 runs, which takes a quarter of an hour or more, and
 * writes the record that docs/insights.md quotes. Environment: LABEL_NOISE_SEEDS (default 1,2,3), LABEL_NOISE_OUT, and
 * LABEL_NOISE_RUNS, a folder in which runs are kept, so that a second call goes on with them.
 *
 * The rules were chosen by looking at seed 11, which is not among the default ones.
 */
const OUT = process.env.LABEL_NOISE_OUT ?? join('records', 'label-noise', 'results.json');
/** Trains for a quarter of an hour or more. */
export const isLong = true;
const SEEDS = (process.env.LABEL_NOISE_SEEDS ?? '1,2,3').split(',').map(Number);
const RUNS = process.env.LABEL_NOISE_RUNS;
const DATASETS = ['mnist', 'fashion-mnist'] as const;
const SELECTORS = { random: 'uniform', 'recency-bias': 'recency-bias' } as const;
const SETTINGS = {
  model: { name: 'small-cnn', options: { channels: [8, 16, 32] } },
  optimizer: { name: 'momentum', momentum: 0.9 },
  learningRate: { initial: 0.1, steps: [[0.5, 0.1] as [number, number], [0.75, 0.1] as [number, number]] },
  weightDecay: 5e-4,
  batchSize: 128,
  epochs: 12,
  warmupEpochs: 2,
  window: 5,
  probeSize: 100,
};
const DATA = { trainSize: 5000, testSize: 1000 };
const SHARE = 0.05;

/** Rankings of all samples, most suspicious first. */
const RANKINGS: Readonly<Record<string, (table: SampleTable, index: number) => number>> = {
  'mean loss': (table, index) => table.meanLoss(index) ?? 0,
  'late loss': (table, index) => table.lateLoss(index) ?? table.lastLoss(index) ?? 0,
  'last loss': (table, index) => table.lastLoss(index) ?? 0,
  confidence: (table, index) => 1 - (table.confidence(index) ?? 1),
};

/** The suspects first, then all others by confidence: our whole order. */
function suspectOrder(table: SampleTable, list: readonly number[]): number[] {
  const listed = new Set(list);
  const byConfidence = descending(table.size, (index) => RANKINGS.confidence!(table, index));
  return [...list, ...byConfidence.filter((index) => !listed.has(index))];
}

/** Numbers of one run: precision and recall of each order at two lengths, and its average precision. */
function measure(table: SampleTable, wrong: ReadonlySet<number>): Record<string, unknown> {
  const list = suspects(table);
  const orders = {
    suspects: suspectOrder(table, list),
    ...Object.fromEntries(
      Object.entries(RANKINGS).map(([name, value]) => [
        name,
        descending(table.size, (index) => value(table, index)),
      ]),
    ),
  };
  return {
    wrong: wrong.size,
    flagged: list.length,
    methods: Object.fromEntries(
      Object.entries(orders).map(([name, order]) => [
        name,
        {
          atFlagged: retrieval(order.slice(0, list.length), wrong),
          atWrong: retrieval(order.slice(0, wrong.size), wrong),
          averagePrecision: averagePrecision(order, wrong),
        },
      ]),
    ),
  };
}

interface RunResult {
  readonly dataset: string;
  readonly selector: string;
  readonly seed: number;
  readonly testError: number;
  readonly result: ReturnType<typeof measure>;
}

/** Trains one data set with one seed. */
async function trainSeed(
  dataset: string,
  seed: number,
  backend: 'torch' | 'wasm' | 'cpu',
): Promise<RunResult[]> {
  const out =
    RUNS === undefined ? await mkdtemp(join(tmpdir(), 'label-noise-')) : join(RUNS, `${dataset}-seed${seed}`);
  try {
    const input = {
      ...SETTINGS,
      backend,
      name: `label-noise-${dataset}`,
      dataset: { name: dataset, ...DATA, labelNoise: { share: SHARE, seed } },
      selectors: SELECTORS,
      seeds: [seed],
    };
    const prepared = await prepareExperiment({ input }, { cache: cacheDirectory(), purpose: 'train' });
    const { experiment, dataset: data } = prepared;
    const wrong = new Set(flippedSamples(data.train.size, { share: SHARE, seed }));
    const results: RunResult[] = [];
    for (const task of runTasks(experiment)) {
      const stop = new AbortController().signal;
      await trainRun({ ...prepared, task, out, saveEverySeconds: 60, stop });
      if (task.kind === 'warmup') continue;
      const dir = join(out, task.id);
      const { epochs } = await readRun(dir);
      const result = measure(await readSamples(dir, data.train.labels), wrong);
      const { testError } = epochs.at(-1)!;
      results.push({ dataset, selector: task.selector, seed, testError, result });
      console.log(`${dataset}, ${task.selector}, seed ${seed}: ${JSON.stringify(result)}`);
    }
    return results;
  } finally {
    if (RUNS === undefined) await rm(out, { recursive: true, force: true });
  }
}

type Methods = Record<
  string,
  Record<'atFlagged' | 'atWrong', { precision: number; recall: number }> & { averagePrecision: number }
>;

function printTable(runs: readonly RunResult[]): void {
  const text = (values: readonly number[]): string => {
    const { mean, standardError } = seedMean(values)!;
    const error = standardError === null ? '' : ` ± ${(100 * standardError).toFixed(1)}`;
    return `${(100 * mean).toFixed(1)}${error}`.padEnd(14);
  };
  for (const dataset of DATASETS) {
    for (const selector of Object.keys(SELECTORS)) {
      const found = runs.filter((run) => run.dataset === dataset && run.selector === selector);
      if (found.length === 0) continue;
      const flagged = found.map(({ result }) => result.flagged as number);
      console.log(`\n${dataset}, ${selector}: flagged ${flagged.join(', ')} of ${DATA.trainSize}`);
      console.log(
        `${''.padEnd(12)}${['precision', 'recall', 'P = R at true', 'avg precision'].map((head) => head.padEnd(14)).join('')}`,
      );
      const methods = found.map(({ result }) => result.methods as Methods);
      for (const name of Object.keys(methods[0]!)) {
        const each = methods.map((method) => method[name]!);
        const columns = [
          each.map(({ atFlagged }) => atFlagged.precision),
          each.map(({ atFlagged }) => atFlagged.recall),
          each.map(({ atWrong }) => atWrong.recall),
          each.map((method) => method.averagePrecision),
        ];
        console.log(`${name.padEnd(12)}${columns.map(text).join('')}`);
      }
    }
  }
}

export async function run(): Promise<void> {
  const { name: backend } = await preferredBackend();
  const runs: RunResult[] = [];
  for (const seed of SEEDS) {
    for (const dataset of DATASETS) runs.push(...(await trainSeed(dataset, seed, backend)));
  }
  printTable(runs);
  await mkdir(join(OUT, '..'), { recursive: true });
  const record = {
    settings: {
      ...SETTINGS,
      data: DATA,
      labelNoise: SHARE,
      datasets: DATASETS,
      selectors: SELECTORS,
      seeds: SEEDS,
    },
    environment: describeEnvironment(backend),
    runs,
  };
  await writeFile(OUT, `${JSON.stringify(record, null, 1)}\n`);
  console.log(`\nWritten to ${OUT}`);
}
