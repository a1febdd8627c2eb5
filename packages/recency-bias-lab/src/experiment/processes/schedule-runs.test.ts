import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { scheduleRuns } from './schedule-runs.js';
import type { RunOutcome } from './schedule-runs.js';
import type { RunTask } from '../document/tasks.js';

const TASKS: RunTask[] = [1, 2].flatMap((seed): RunTask[] => {
  const warmup = `warmup-seed${seed}`;
  return [
    { kind: 'warmup', id: warmup, seed },
    { kind: 'run', id: `a-seed${seed}`, seed, selector: 'a', warmup },
    { kind: 'run', id: `b-seed${seed}`, seed, selector: 'b', warmup },
  ];
});
const ids = (tasks: readonly RunTask[]): string[] => tasks.map(({ id }) => id).sort();

/** Runs that take a moment; `outcome` decides how each ends. */
function observed(outcome: (id: string) => RunOutcome = () => ({ status: 'complete' })) {
  const log: string[] = [];
  let active = 0;
  let most = 0;
  const start = async ({ id }: RunTask): Promise<RunOutcome> => {
    log.push(`begin ${id}`);
    most = Math.max(most, ++active);
    await sleep(5);
    active--;
    log.push(`end ${id}`);
    return outcome(id);
  };
  return { log, start, most: () => most };
}

describe('scheduleRuns', () => {
  it('begins a run after its warm-up has ended, and never more than `jobs` at a time', async () => {
    const { log, start, most } = observed();
    const result = await scheduleRuns(TASKS, new Set(), 2, start, new AbortController().signal);
    expect(ids(result.complete)).toEqual(ids(TASKS));
    expect(most()).toBe(2);
    for (const seed of [1, 2]) {
      for (const name of ['a', 'b']) {
        expect(log.indexOf(`begin ${name}-seed${seed}`)).toBeGreaterThan(
          log.indexOf(`end warmup-seed${seed}`),
        );
      }
    }
  });

  it('leaves out what is complete, and forks from a warm-up that is', async () => {
    const { log, start } = observed();
    const done = new Set(['warmup-seed1', 'a-seed1']);
    const tasks = TASKS.slice(0, 3);
    const result = await scheduleRuns(tasks, done, 2, start, new AbortController().signal);
    expect(log).toEqual(['begin b-seed1', 'end b-seed1']);
    expect(ids(result.complete)).toEqual(ids(tasks));
  });

  it('goes on without a run that failed', async () => {
    const { start } = observed((id) =>
      id === 'a-seed1' ? { status: 'failed', message: 'no', detail: '' } : { status: 'complete' },
    );
    const result = await scheduleRuns(TASKS, new Set(), 1, start, new AbortController().signal);
    expect(result.failed.map(({ task, message }) => [task.id, message])).toEqual([['a-seed1', 'no']]);
    expect(result.complete).toHaveLength(5);
    expect(result.unfinished).toEqual([]);
  });

  it('does not begin the runs of a warm-up that failed', async () => {
    const { start } = observed((id) =>
      id === 'warmup-seed1' ? { status: 'failed', message: 'no', detail: '' } : { status: 'complete' },
    );
    const result = await scheduleRuns(TASKS, new Set(), 2, start, new AbortController().signal);
    expect(ids(result.unfinished)).toEqual(['a-seed1', 'b-seed1']);
    expect(result.complete).toHaveLength(3);
  });

  it('begins nothing more once it is told to stop', async () => {
    const controller = new AbortController();
    const { log, start } = observed((id) => {
      controller.abort();
      return id === 'warmup-seed1' ? { status: 'stopped' } : { status: 'complete' };
    });
    const result = await scheduleRuns(TASKS, new Set(), 1, start, controller.signal);
    expect(log).toEqual(['begin warmup-seed1', 'end warmup-seed1']);
    expect(result.unfinished).toHaveLength(6);
  });
});
