/** Spreads the runs of a comparison over the cores. */
import type { RunTask } from '../document/tasks.js';

/** How a run ended. */
export type RunOutcome =
  | { readonly status: 'complete' }
  /** It saved and stopped because it was told to. */
  | { readonly status: 'stopped' }
  | { readonly status: 'failed'; readonly message: string; readonly detail: string };

/** How the runs of a comparison ended. */
export interface ScheduleResult {
  /** Runs that ended complete, in this or an earlier process. */
  readonly complete: readonly RunTask[];
  readonly failed: readonly { readonly task: RunTask; readonly message: string; readonly detail: string }[];
  /** Runs stopped or never begun: because of `stop`, or because their warm-up failed. */
  readonly unfinished: readonly RunTask[];
}

/**
 * Runs all tasks, at most `jobs` at a time, each fork after its warm-up where that is among the tasks. Warm-ups go first,
 * since other runs wait for them. A run that fails takes along only those that fork from it.
 * @param done ids of the tasks that are complete already
 * @param start trains one task
 */
export async function scheduleRuns(
  tasks: readonly RunTask[],
  done: ReadonlySet<string>,
  jobs: number,
  start: (task: RunTask) => Promise<RunOutcome>,
  stop: AbortSignal,
): Promise<ScheduleResult> {
  const complete = tasks.filter(({ id }) => done.has(id));
  const failed: { task: RunTask; message: string; detail: string }[] = [];
  const waiting = tasks
    .filter(({ id }) => !done.has(id))
    .sort((a, b) => Number(a.kind === 'run') - Number(b.kind === 'run'));
  const incomplete = new Set(waiting.map(({ id }) => id));
  const unfinished: RunTask[] = [];
  const isReady = (task: RunTask): boolean =>
    task.kind === 'warmup' || task.warmup === undefined || !incomplete.has(task.warmup);

  const active = new Set<Promise<void>>();
  const launch = (task: RunTask): void => {
    const running = start(task)
      .catch((error: unknown): RunOutcome => {
        const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
        return { status: 'failed', message, detail: stack };
      })
      .then((outcome) => {
        active.delete(running);
        if (outcome.status === 'complete') {
          incomplete.delete(task.id);
          complete.push(task);
        } else if (outcome.status === 'stopped') unfinished.push(task);
        else failed.push({ task, message: outcome.message, detail: outcome.detail });
      });
    active.add(running);
  };

  for (;;) {
    while (!stop.aborted && active.size < jobs) {
      const next = waiting.findIndex(isReady);
      if (next < 0) break;
      launch(waiting.splice(next, 1)[0]!);
    }
    if (active.size === 0) break;
    await Promise.race(active);
  }
  return { complete, failed, unfinished: [...unfinished, ...waiting] };
}
