import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cacheDirectory } from '../packages/recency-bias-lab/src/data/cache.js';
import { flippedSamples } from '../packages/recency-bias-lab/src/data/label-noise.js';
import { halves } from '../packages/recency-bias-lab/src/holdout/holdout-parts.js';
import { trainLosses } from '../packages/recency-bias-lab/src/holdout/train-losses.js';
import { preferredBackend } from '../packages/recency-bias-lab/src/ground/backend.js';
import { describeEnvironment } from '../packages/recency-bias-lab/src/experiment/training/environment.js';
import { prepareExperiment } from '../packages/recency-bias-lab/src/experiment/prepare/prepare.js';
import type { PreparedExperiment } from '../packages/recency-bias-lab/src/experiment/prepare/prepare.js';
import { runTasks } from '../packages/recency-bias-lab/src/experiment/document/tasks.js';
import { trainRun } from '../packages/recency-bias-lab/src/experiment/training/train-run.js';
import { readSamples } from '../packages/recency-bias-lab/src/insights/read-samples.js';
import { labelDoubts } from '../packages/recency-bias-lab/src/samples/confident-learning.js';
import { LABEL_SCORES } from '../packages/recency-bias-lab/src/samples/label-scores.js';
import { averagePrecision, descending } from '../packages/recency-bias-lab/src/samples/ranking.js';
import { pairedDifference, seedMean } from '../packages/recency-bias-lab/src/report/analysis/statistics.js';

/**
 * Which score finds wrong labels best: 5 % of the training labels are made wrong, any other class alike likely or the most confusable
 * one, and every score orders all samples. Writes the record that docs/insights.md quotes. Environment: LABEL_SCORES_SEEDS (default
 * 1,2,3,4,5), LABEL_SCORES_OUT.
 */
const OUT = process.env.LABEL_SCORES_OUT ?? join('records', 'label-scores', 'results.json');
/** Trains for ten minutes or more. */
export const isLong = true;
const SEEDS = (process.env.LABEL_SCORES_SEEDS ?? '1,2,3,4,5').split(',').map(Number);
const DATASETS = ['mnist', 'fashion-mnist'] as const;
const KINDS = ['any', 'confusable'] as const;
const DATA = { trainSize: 5000, testSize: 1000 };
const SHARE = 0.05;
const SETTINGS = {
  model: { name: 'small-cnn', options: { channels: [8, 16, 32] } },
  optimizer: { name: 'momentum', momentum: 0.9 },
  learningRate: { initial: 0.1, steps: [[0.5, 0.1] as [number, number], [0.75, 0.1] as [number, number]] },
  weightDecay: 5e-4,
  batchSize: 128,
  epochs: 12,
  window: 5,
  probeSize: 100,
  selectors: { random: 'uniform' },
};
/** The score that the others are compared with. */
const REFERENCE = 'loss';

type Scores = Record<string, (index: number) => number>;

interface Result {
  readonly dataset: string;
  readonly kind: string;
  readonly seed: number;
  /** Name of the score -> its average precision. */
  readonly averagePrecision: Record<string, number>;
}

/** Scores of a run on all its training data. */
async function runScores(prepared: PreparedExperiment, out: string): Promise<Scores> {
  const task = runTasks(prepared.experiment).find(({ kind }) => kind === 'run')!;
  await trainRun({ ...prepared, task, out, saveEverySeconds: 60, stop: new AbortController().signal });
  const table = await readSamples(join(out, task.id), prepared.dataset.train.labels);
  return Object.fromEntries(
    Object.entries(LABEL_SCORES).map(([name, score]) => [
      name,
      (index: number) => score(table, index) ?? -Infinity,
    ]),
  );
}

/** Scores by two models, each trained on one half and asked about the other. */
async function heldOutScores(prepared: PreparedExperiment, seed: number): Promise<Scores> {
  const { dataset } = prepared;
  const done = await trainLosses({
    ...prepared,
    parts: halves(dataset, seed),
    keepProbabilities: true,
    size: dataset.train.size,
    seed,
    saveEverySeconds: 3600,
    save: () => Promise.resolve(),
    stop: new AbortController().signal,
  });
  const { losses, probabilities } = done!;
  const { labels } = dataset.train;
  const doubts = labelDoubts({ labels, classes: dataset.classes, probabilities: probabilities! });
  return {
    'held-out loss': (index) => losses[index]!,
    'confident learning': (index) => doubts[index]!,
  };
}

async function measure(dataset: string, kind: 'any' | 'confusable', seed: number): Promise<Result> {
  const { name: backend } = await preferredBackend();
  const out = await mkdtemp(join(tmpdir(), 'label-scores-'));
  try {
    const labelNoise = { share: SHARE, seed, to: kind };
    const input = {
      ...SETTINGS,
      backend,
      name: 'label-scores',
      dataset: { name: dataset, ...DATA, labelNoise },
      seeds: [seed],
    };
    const prepared = await prepareExperiment({ input }, { cache: cacheDirectory(), purpose: 'train' });
    const { size } = prepared.dataset.train;
    const wrong = new Set(flippedSamples(size, labelNoise));
    const scores = { ...(await runScores(prepared, out)), ...(await heldOutScores(prepared, seed)) };
    const result = {
      dataset,
      kind,
      seed,
      averagePrecision: Object.fromEntries(
        Object.entries(scores).map(([name, score]) => [
          name,
          averagePrecision(descending(size, score), wrong),
        ]),
      ),
    };
    console.log(JSON.stringify(result));
    return result;
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

const percent = (value: number): string => (100 * value).toFixed(1);

/** A Markdown table a data set and kind of noise: mean, standard error and difference from the mean loss. */
function printTable(results: readonly Result[]): void {
  for (const dataset of DATASETS) {
    for (const kind of KINDS) {
      const found = results.filter((result) => result.dataset === dataset && result.kind === kind);
      if (found.length === 0) continue;
      console.log(`\n${dataset}, ${kind}`);
      const column = (name: string): number[] => found.map((one) => one.averagePrecision[name]!);
      for (const name of Object.keys(found[0]!.averagePrecision)) {
        const { mean, standardError } = seedMean(column(name))!;
        const against = pairedDifference(column(name), column(REFERENCE));
        const { low, high } = against;
        const difference =
          name === REFERENCE || low === null || high === null
            ? ''
            : `${percent(against.mean!)} (${percent(low)} to ${percent(high)}) ${against.verdict}`;
        console.log(`| ${name} | ${percent(mean)} ± ${percent(standardError ?? 0)} | ${difference} |`);
      }
    }
  }
}

/** Trains and measures everything. */
export async function run(): Promise<void> {
  const results: Result[] = [];
  for (const seed of SEEDS) {
    for (const dataset of DATASETS) {
      for (const kind of KINDS) results.push(await measure(dataset, kind, seed));
    }
  }
  printTable(results);
  await mkdir(dirname(OUT), { recursive: true });
  const settings = { ...SETTINGS, data: DATA, share: SHARE, datasets: DATASETS, kinds: KINDS, seeds: SEEDS };
  const environment = describeEnvironment((await preferredBackend()).name);
  await writeFile(OUT, `${JSON.stringify({ settings, environment, runs: results }, null, 1)}\n`);
  console.log(`\nWritten to ${OUT}`);
}
