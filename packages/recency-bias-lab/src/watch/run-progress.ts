/** How each run of a comparison gets on, by its record and by who holds its directory. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Holder, LockWatcher } from '../ground/lock-holder.js';
import { runStanding } from '../records/run-state.js';
import type { RunState } from '../records/run-state.js';
import type { Comparison, Run } from '../records/run.js';

/** A run and how it gets on. */
export interface RunProgress {
  /** Directory name. */
  readonly id: string;
  readonly kind: 'warmup' | 'run';
  readonly selector: string;
  readonly seed: number;
  readonly state: RunState;
  /** Epochs done, the shared warm-up included. */
  readonly epoch: number;
  readonly epochs: number;
  /** Of the last epoch; null before the first. */
  readonly testError: number | null;
  /** Share of the training set as which the draws of the last epoch count; null where a method has no probabilities. */
  readonly effectiveSampleSize: number | null;
  /** Share of the training set that was drawn in the last epoch; null before the first. */
  readonly distinctShare: number | null;
  /** By the pace of the last epochs; null unless it is running and has a pace. */
  readonly secondsLeft: number | null;
  /** Why it failed. */
  readonly message?: string;
}

/** A folder and its runs. */
export interface FolderProgress {
  readonly dir: string;
  readonly name: string;
  /** The process that trains there; undefined where there is none. */
  readonly holder: Holder | undefined;
  readonly runs: readonly RunProgress[];
}

/** `Recency Bias, seed 2`. */
export function runTitle({ kind, selector, seed }: RunProgress, title: (selector: string) => string): string {
  return `${kind === 'warmup' ? 'Warm-up' : title(selector)}, seed ${seed}`;
}

/** Epochs of whose times the pace is the mean. */
const PACE = 5;

/** Seconds of the epochs that are left, by the times at which the last ones ended; null before there are two of them. */
export function secondsLeft({ header, epochs }: Pick<Run, 'header' | 'epochs'>): number | null {
  const last = epochs.slice(-PACE - 1);
  const [from, to] = [last[0], last.at(-1)];
  if (from === undefined || to === undefined || from === to) return null;
  const seconds = (Date.parse(to.time) - Date.parse(from.time)) / 1000;
  return Math.max(0, (seconds / (to.epoch - from.epoch)) * (header.epochs - to.epoch));
}

/** The runs that an experiment consists of, as their directories are called. */
function wantedRuns({
  seeds,
  selectors,
  experiment,
}: Comparison): Pick<RunProgress, 'id' | 'kind' | 'selector' | 'seed'>[] {
  const hasWarmup = (experiment.warmupEpochs ?? 0) > 0;
  return seeds.flatMap((seed) => [
    ...(hasWarmup ? [{ id: `warmup-seed${seed}`, kind: 'warmup' as const, selector: 'warmup', seed }] : []),
    ...selectors.map((selector) => ({ id: `${selector}-seed${seed}`, kind: 'run' as const, selector, seed })),
  ]);
}

/** How the runs of a comparison get on, by the folders that hold them. */
export async function folderProgress(comparison: Comparison, locks: LockWatcher): Promise<FolderProgress[]> {
  const records = [...comparison.warmups, ...comparison.runs];
  const find = ({ kind, selector, seed }: Pick<RunProgress, 'kind' | 'selector' | 'seed'>): Run | undefined =>
    records.find(
      ({ header }) =>
        header.kind === kind && header.seed === seed && (kind === 'warmup' || header.selector === selector),
    );
  const wanted = wantedRuns(comparison);
  const { epochs: length = 0, warmupEpochs = 0 } = comparison.experiment;
  const folders: FolderProgress[] = [];
  for (const [i, dir] of comparison.sources.entries()) {
    const holder = await locks.holder(dir);
    const runs: RunProgress[] = [];
    for (const one of wanted) {
      const run = find(one);
      const id = run?.header.id ?? one.id;
      // Of several folders the first shows what none of them holds.
      if (comparison.sources.length > 1 && !existsSync(join(dir, id)) && (run !== undefined || i > 0))
        continue;
      const last = run?.epochs.at(-1);
      const standing = await runStanding(join(dir, id), run, holder !== undefined, locks);
      runs.push({
        ...one,
        id,
        ...standing,
        epoch: last?.epoch ?? (one.kind === 'run' ? (run?.header.warmupEpochs ?? 0) : 0),
        epochs: run?.header.epochs ?? (one.kind === 'warmup' ? warmupEpochs : length),
        testError: last?.testError ?? null,
        effectiveSampleSize: last?.selection.effectiveSampleSize ?? null,
        distinctShare: last?.selection.distinctShare ?? null,
        secondsLeft: run !== undefined && standing.state === 'running' ? secondsLeft(run) : null,
      });
    }
    folders.push({ dir, name: comparison.name, holder, runs });
  }
  return folders;
}
