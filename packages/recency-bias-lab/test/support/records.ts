/** Small run records made by hand, for tests of the analysis. */
import type { Comparison, Run } from '../../src/records/run.js';
import { LOSS_BIN_EDGES, RECORD_VERSION, UNCERTAINTY_BINS } from '../../src/records/schema.js';
import type { EpochEvent, RunHeader } from '../../src/records/schema.js';
import type { Trajectory } from '../../src/report/analysis/trajectory.js';
import { trajectories } from '../../src/report/analysis/trajectory.js';

export const TIME = '2026-03-01T12:00:00.000Z';

/** A header with the given fields. */
export function header(fields: Partial<RunHeader> = {}): RunHeader {
  const selector = fields.selector ?? 'recency-bias';
  const seed = fields.seed ?? 1;
  return {
    version: RECORD_VERSION,
    id: `${selector}-seed${seed}`,
    kind: 'run',
    selector,
    method: { name: selector, options: {} },
    seed,
    dataset: { name: 'digits', trainSize: 1000, testSize: 500, classes: 10, classNames: [] },
    model: { name: 'small-cnn', parameters: 1234 },
    epochs: 10,
    warmupEpochs: 0,
    batchSize: 100,
    experiment: {},
    environment: { node: 'v20', platform: 'linux', cpu: 'cpu', cores: 2, backend: 'wasm', packages: {} },
    startedAt: TIME,
    ...fields,
  };
}

/** Counts with `total` in the given bin and nothing elsewhere. */
export function bins(length: number, bin: number, total: number): number[] {
  return Array.from({ length }, (_, i) => (i === bin ? total : 0));
}

/** An epoch of 1,000 samples in 10 seconds. */
export function epochEvent(epoch: number, testError: number, fields: Partial<EpochEvent> = {}): EpochEvent {
  return {
    type: 'epoch',
    time: TIME,
    epoch,
    learningRate: 0.1,
    trainLoss: testError * 3,
    probeLoss: testError * 2,
    testLoss: testError * 2.5,
    testError,
    trainSeconds: 10 * epoch,
    trainedSamples: 1000 * epoch,
    scoredSamples: 0,
    selection: {
      uncertaintyHistogram: bins(UNCERTAINTY_BINS, 0, 1000),
      effectiveSampleSize: 1,
      distinctShare: 1,
      selectedLossHistogram: bins(LOSS_BIN_EDGES.length + 1, 40, 1000),
    },
    ...fields,
  };
}

/** A run whose test errors, from epoch `warmupEpochs` + 1 on, are given. */
export function run(errors: readonly number[], fields: Partial<RunHeader> = {}, complete = true): Run {
  const made = header({ epochs: (fields.warmupEpochs ?? 0) + errors.length, ...fields });
  const offset = made.kind === 'warmup' ? 0 : made.warmupEpochs;
  return {
    header: made,
    epochs: errors.map((error, i) => epochEvent(offset + i + 1, error)),
    uncertainSamples: [],
    complete,
  };
}

/** A comparison of the given runs; selectors and seeds in order of appearance. */
export function comparison(runs: readonly Run[], fields: Partial<Comparison> = {}): Comparison {
  return {
    name: 'test',
    sources: ['test'],
    experiment: runs[0]?.header.experiment ?? {},
    selectors: [...new Set(runs.map(({ header: { selector } }) => selector))],
    seeds: [...new Set(runs.map(({ header: { seed } }) => seed))],
    warmups: [],
    runs,
    ...fields,
  };
}

/** Trajectories of the given runs, without a warm-up. */
export function courses(...runs: readonly Run[]): Trajectory[] {
  return trajectories(comparison(runs));
}
