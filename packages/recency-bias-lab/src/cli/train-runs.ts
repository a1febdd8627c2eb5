/** Trains the runs of a comparison that are not complete, in its directory, until they are or Ctrl-C. */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  readComparisonExperiment,
  writeComparisonExperiment,
} from '../experiment/document/experiment-file.js';
import type { MethodInputs } from '../experiment/document/method-inputs.js';
import { runTasks } from '../experiment/document/tasks.js';
import type { RunTask } from '../experiment/document/tasks.js';
import type { EstimateOptions } from '../experiment/processes/estimate.js';
import { startRun } from '../experiment/processes/run-process.js';
import type { RunListener } from '../experiment/processes/run-process.js';
import { messageOf } from '../plugins/plugin-error.js';
import { LiveEvents } from '../tensorboard/log-folder.js';
import { scheduleRuns } from '../experiment/processes/schedule-runs.js';
import type { ScheduleResult } from '../experiment/processes/schedule-runs.js';
import { lockDirectory } from '../ground/lock.js';
import type { Lock } from '../ground/lock.js';
import { makeDirectory } from '../ground/make-directory.js';
import { removeTemporaries } from '../ground/replace-file.js';
import { writeProblem } from '../records/run-writer.js';
import { CommandError, INTERRUPTED } from './errors.js';
import { listed, plural } from './format.js';
import { interruptSignal } from './interrupt.js';
import type { OutputDirectory } from './output-directory.js';
import { createProgress, taskTitle } from './progress.js';
import { printReport } from './report.js';
import { resumeCommand } from './resume-command.js';

/** What runs are trained with. */
export interface TrainRunsOptions extends EstimateOptions {
  /** Show stack traces of runs that fail. */
  readonly verbose: boolean;
  /** Take the directory from whatever process holds it. */
  readonly force: boolean;
  /** Log folder of TensorBoard, where it is to be written. */
  readonly tensorboard?: string;
}

/**
 * Takes the comparison's directory for this process and only then writes its experiment there.
 * @throws CommandError when another process has begun or extended a comparison there since the directory was chosen.
 */
async function claimDirectory(
  { dir, experiment, experimentFile, stored }: OutputDirectory,
  { inputs, force }: { readonly inputs: MethodInputs; readonly force: boolean },
): Promise<Lock> {
  let lock: Lock | undefined;
  try {
    await makeDirectory(dir);
    lock = await lockDirectory(dir, { force });
    await removeTemporaries(dir);
    if (!isDeepStrictEqual(await readComparisonExperiment(dir), stored)) {
      throw new CommandError(
        `${dir}: another comparison was begun there meanwhile; give the command again, or choose another --out`,
      );
    }
    if (experimentFile !== 'kept') await writeComparisonExperiment(dir, experiment, inputs);
    return lock;
  } catch (error) {
    await lock?.release();
    throw writeProblem(error, dir);
  }
}

/** Trains what is not complete. Throws when something failed or was interrupted. */
export async function trainRuns(output: OutputDirectory, options: TrainRunsOptions): Promise<void> {
  const { dir, experiment, complete } = output;
  const { force } = options;
  const lock = await claimDirectory(output, options);
  const remaining = runTasks(experiment).filter(({ id }) => !complete.has(id));
  const progress = createProgress(remaining, experiment, process.stderr);
  const interrupt = interruptSignal(() => {
    progress.note('Stopping: each run saves at its next step. Press Ctrl-C again not to wait.');
  });
  const start = async (task: RunTask): ReturnType<typeof startRun> => {
    const run = progress.begin(task);
    const { cache, saveEverySeconds, tensorboard } = options;
    const live = tensorboard === undefined ? undefined : new LiveEvents(join(dir, task.id), tensorboard);
    const listener: RunListener = {
      onProgress: (update) => {
        run.onProgress(update);
      },
      onEpoch: (event) => {
        run.onEpoch(event);
        live?.add(event);
      },
      onFeatures: (done, total) => {
        run.onFeatures(done, total);
      },
    };
    const order = { task, out: dir, cache, saveEverySeconds, force };
    const outcome = await startRun(order, listener, interrupt.signal);
    await live?.end(outcome.status === 'complete').catch((error: unknown) => {
      progress.note(`TensorBoard's events could not be written: ${messageOf(error)}`);
    });
    run.end(outcome);
    if (outcome.status === 'failed' && options.verbose) progress.note(outcome.detail);
    return outcome;
  };
  let result: ScheduleResult;
  try {
    result = await scheduleRuns(runTasks(experiment), complete, options.jobs, start, interrupt.signal);
  } finally {
    progress.close();
    interrupt.dispose();
    await lock.release();
  }
  if (interrupt.signal.aborted && result.unfinished.length > 0) {
    throw new CommandError(`Stopped. Go on with \`${resumeCommand(dir)}\``, INTERRUPTED);
  }
  if (result.failed.length > 0) await explainFailures(dir, result);
  process.stderr.write('\n');
}

async function explainFailures(
  dir: string,
  { failed, unfinished, complete }: ScheduleResult,
): Promise<never> {
  if (complete.some(({ kind }) => kind === 'run')) await printReport([dir]);
  const lines = failed.map(({ task, message }) => `${taskTitle(task)} failed: ${message}`);
  if (unfinished.length > 0) {
    lines.push(`Not trained because of that: ${listed(unfinished.map(taskTitle))}`);
  }
  lines.push(
    `${plural(complete.length, 'run')} complete. When the cause is removed, go on with \`${resumeCommand(dir)}\``,
  );
  throw new CommandError(lines.join('\n'));
}
