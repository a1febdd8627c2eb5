/** Trains the runs of a comparison that are not complete, in its directory. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { lockDirectory } from '../../ground/lock.js';
import type { Lock } from '../../ground/lock.js';
import { removeTemporaries, replaceFile } from '../../ground/replace-file.js';
import { makeDirectory } from '../../ground/make-directory.js';
import { ExperimentError } from '../../ground/experiment-error.js';
import { RUN_FILES, SHARDS_FILE } from '../../records/run-files.js';
import { writeProblem } from '../../records/run-writer.js';
import type { Shard } from '../../records/shard.js';
import { readComparisonExperiment, writeComparisonExperiment } from '../document/experiment-file.js';
import type { MethodInputs } from '../document/method-inputs.js';
import { shardTasks } from '../document/shard-tasks.js';
import { runTasks } from '../document/tasks.js';
import type { RunTask } from '../document/tasks.js';
import type { EstimateOptions } from './estimate.js';
import type { OutputDirectory } from './output-directory.js';
import { nextProcess } from './run-in-child.js';
import type { JobProcess } from './run-in-child.js';
import { startRun } from './run-process.js';
import type { RunListener } from './run-process.js';
import { scheduleRuns } from './schedule-runs.js';
import type { RunOutcome, ScheduleResult } from './schedule-runs.js';

/** How the runs of a comparison are trained. */
export interface TrainComparisonOptions extends EstimateOptions {
  /** Take the directory from whatever process holds it. */
  readonly force: boolean;
  /** Train this part alone; other processes may train others in the same directory at the same time. */
  readonly shard?: Shard | undefined;
}

/** Listens to a run that is trained. */
export interface RunWatcher extends RunListener {
  /** After the last message. */
  end(outcome: RunOutcome): void | Promise<void>;
}

/** The tasks of a comparison, or of a part of it. */
export function tasksOf(
  { experiment }: Pick<OutputDirectory, 'experiment'>,
  shard: Shard | undefined,
): RunTask[] {
  return shard === undefined ? runTasks(experiment) : shardTasks(experiment, shard);
}

/** How long shards that begin at the same time wait for each other to write the experiment. */
const SHARD_PATIENCE_MS = 60_000;

/**
 * Takes the comparison's directory for this process and only then writes its experiment there. Shards give it back at once: what they write
 * is the directories of runs, which have locks of their own.
 * @throws ExperimentError when another process has begun or extended a comparison there since the directory was chosen.
 */
async function claimDirectory(
  { dir, experiment, experimentFile, stored }: OutputDirectory,
  {
    inputs,
    force,
    shard,
  }: { readonly inputs: MethodInputs; readonly force: boolean; readonly shard?: Shard | undefined },
): Promise<Lock> {
  let lock: Lock | undefined;
  try {
    await makeDirectory(dir);
    lock = await lockDirectory(dir, { force, ...(shard !== undefined && { patienceMs: SHARD_PATIENCE_MS }) });
    if (shard === undefined) await removeTemporaries(dir);
    const now = await readComparisonExperiment(dir);
    const isBegunBySibling =
      shard !== undefined && isDeepStrictEqual(now, JSON.parse(JSON.stringify(experiment)) as unknown);
    if (!isBegunBySibling && !isDeepStrictEqual(now, stored)) {
      throw new ExperimentError([
        `${dir}: another comparison was begun there meanwhile; give the command again, or choose another --out`,
      ]);
    }
    if (!isBegunBySibling && experimentFile !== 'kept')
      await writeComparisonExperiment(dir, experiment, inputs);
    if (shard !== undefined) {
      await replaceFile(join(dir, SHARDS_FILE), `${JSON.stringify({ count: shard.count })}\n`);
      await lock.release();
    }
    return lock;
  } catch (error) {
    await lock?.release();
    throw writeProblem(error, dir);
  }
}

/** Leaves or removes what a run failed of, which \`status\` shows. */
async function noteFailure(dir: string, outcome?: RunOutcome): Promise<void> {
  const path = join(dir, RUN_FILES.failure);
  if (outcome?.status === 'failed') {
    await makeDirectory(dir);
    await writeFile(path, `${outcome.message}\n`);
  } else await rm(path, { force: true });
}

/**
 * Trains what is not complete, each run in a process of its own. A single run goes on in the process of its warm-up, which has read the
 * data and started the backend already.
 * @param begin told of each run as it begins; what it returns is told what the run says
 * @param stop aborted to make all runs save and stop
 */
export async function trainComparison(
  output: OutputDirectory,
  options: TrainComparisonOptions,
  begin: (task: RunTask) => RunWatcher,
  stop: AbortSignal,
): Promise<ScheduleResult> {
  const { dir, complete } = output;
  const { cache, saveEverySeconds, force, jobs, shard } = options;
  const lock = await claimDirectory(output, options);
  try {
    const tasks = tasksOf(output, shard);
    const isSingle = tasks.filter(({ kind, id }) => kind === 'run' && !complete.has(id)).length === 1;
    let kept: JobProcess | undefined;
    const start = async (task: RunTask): Promise<RunOutcome> => {
      const watcher = begin(task);
      await noteFailure(join(dir, task.id)).catch(() => undefined);
      const child = kept?.isFree === true ? kept : nextProcess();
      const keep = isSingle && task.kind === 'warmup';
      const order = { task, out: dir, cache, saveEverySeconds, force };
      const outcome = await startRun(order, watcher, stop, { child, keep });
      kept = keep ? child : undefined;
      await noteFailure(join(dir, task.id), outcome).catch(() => undefined); // the outcome says more
      await watcher.end(outcome);
      return outcome;
    };
    try {
      return await scheduleRuns(tasks, complete, jobs, start, stop);
    } finally {
      kept?.end();
    }
  } finally {
    if (shard === undefined) await lock.release();
  }
}
