/** `recency-bias status`: which runs of a comparison are done, running, waiting or failed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { readStoredExperiment } from '../experiment/document/stored-experiment.js';
import { runTasks } from '../experiment/document/tasks.js';
import type { RunTask } from '../experiment/document/tasks.js';
import { LockWatcher } from '../ground/lock-holder.js';
import { readRun, readShardCount } from '../records/read.js';
import { RUN_FILES } from '../records/run-files.js';
import { runStanding } from '../records/run-state.js';
import type { RunState } from '../records/run-state.js';
import { byShard, shardTitle } from '../records/shard.js';
import { printable } from '../report/printable.js';
import { listed } from './format.js';
import { taskTitle } from './progress.js';
import { CommandError } from './errors.js';
import { largest } from '../ground/extremes.js';

/** The words for a state: who waits need not know whether it has begun. */
const WORDS = {
  complete: 'done',
  running: 'running',
  failed: 'failed',
  waiting: 'waiting',
  stopped: 'waiting',
  'not begun': 'waiting',
} as const satisfies Record<RunState, string>;

interface TaskState {
  readonly task: RunTask;
  readonly state: (typeof WORDS)[RunState];
  /** Last epoch recorded, or what a failed run failed of. */
  readonly detail: string;
}

async function taskStates(dir: string, tasks: readonly RunTask[]): Promise<TaskState[]> {
  const locks = new LockWatcher();
  const isCommandThere = (await locks.holder(dir)) !== undefined;
  const states: TaskState[] = [];
  for (const task of tasks) {
    const path = join(dir, task.id);
    const run = existsSync(join(path, RUN_FILES.header)) ? await readRun(path) : undefined;
    const { state, message } = await runStanding(path, run, isCommandThere, locks);
    const last = run?.epochs.at(-1)?.epoch;
    const epoch = run === undefined || last === undefined ? '' : `epoch ${last} of ${run.header.epochs}`;
    states.push({ task, state: WORDS[state], detail: message ?? epoch });
  }
  return states;
}

const COLOURS = { done: pc.green, running: pc.cyan, waiting: pc.dim, failed: pc.red } as const;

/** Prints a line a run, and how many there are of each state. */
export async function printStatus(dir: string, { shards }: { shards?: number }): Promise<void> {
  if (shards !== undefined && !(Number.isInteger(shards) && shards >= 1)) {
    throw new CommandError(`--shards: is ${shards}; expected a whole number of at least 1`);
  }
  const experiment = await readStoredExperiment(dir);
  const states = await taskStates(dir, runTasks(experiment));
  const width = largest(states.map(({ task }) => taskTitle(task).length));
  for (const { task, state, detail } of states) {
    const title = taskTitle(task).padEnd(width);
    process.stdout.write(
      `${COLOURS[state](state.padEnd(7))}  ${printable(title)}  ${printable(detail)}`.trimEnd() + '\n',
    );
  }
  const counts = (['done', 'running', 'waiting', 'failed'] as const).map(
    (state) => `${states.filter((found) => found.state === state).length} ${state}`,
  );
  process.stdout.write(`${counts.join(', ')}\n`);
  const count = shards ?? (await readShardCount(dir));
  if (count === undefined) return;
  const open = states.flatMap(({ task, state }) => (task.kind === 'run' && state !== 'done' ? [task] : []));
  const dealt = { seeds: experiment.seeds, selectors: Object.keys(experiment.selectors) };
  for (const { shard, runs } of byShard(dealt, open, count)) {
    process.stdout.write(
      `shard ${shardTitle(shard)} is missing: ${printable(listed(runs.map(taskTitle)))}\n`,
    );
  }
}
