/** The training runs that an experiment consists of. */
import type { ResolvedExperiment } from './resolve.js';

/** One training run: the shared warm-up of a seed, or one selector's run. */
export type RunTask =
  | { readonly kind: 'warmup'; readonly id: string; readonly seed: number }
  | {
      readonly kind: 'run';
      readonly id: string;
      readonly seed: number;
      readonly selector: string;
      /** Id of the warm-up it forks from; absent where there is none. */
      readonly warmup?: string;
    };

/** The part of an experiment that its runs follow from. */
export interface TaskSource extends Pick<ResolvedExperiment, 'seeds' | 'warmupEpochs'> {
  /** Anything by label. */
  readonly selectors: Readonly<Record<string, unknown>>;
}

/** All runs, seed by seed, each seed's warm-up before the runs that fork from it. */
export function runTasks({ seeds, selectors, warmupEpochs }: TaskSource): RunTask[] {
  return seeds.flatMap((seed) => {
    const warmup = `warmup-seed${seed}`;
    const runs = Object.keys(selectors).map((selector): RunTask => {
      const task = { kind: 'run', id: `${selector}-seed${seed}`, seed, selector } as const;
      return warmupEpochs > 0 ? { ...task, warmup } : task;
    });
    return warmupEpochs > 0 ? [{ kind: 'warmup', id: warmup, seed } as const, ...runs] : runs;
  });
}

/** The most runs that can be trained at a time: a run waits for its warm-up. */
export function mostAtATime(tasks: readonly RunTask[], jobs: number): number {
  const runs = tasks.filter(({ kind }) => kind === 'run').length;
  return Math.min(jobs, Math.max(runs, tasks.length - runs));
}

/** Epochs that a run trains itself, i.e. without a warm-up that it forks from. */
export function ownEpochs(
  task: RunTask,
  { epochs, warmupEpochs }: ResolvedExperiment,
): { first: number; last: number } {
  if (task.kind === 'warmup') return { first: 1, last: warmupEpochs };
  return { first: warmupEpochs + 1, last: epochs };
}
