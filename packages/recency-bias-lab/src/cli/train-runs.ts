/** Trains the runs of a comparison that are not complete, in its directory, until they are or Ctrl-C. */
import { join } from 'node:path';
import type { OutputDirectory } from '../experiment/processes/output-directory.js';
import type { ScheduleResult } from '../experiment/processes/schedule-runs.js';
import { tasksOf, trainComparison } from '../experiment/processes/train-comparison.js';
import type { RunWatcher, TrainComparisonOptions } from '../experiment/processes/train-comparison.js';
import type { RunTask } from '../experiment/document/tasks.js';
import { messageOf } from '../plugins/plugin-error.js';
import { LiveEvents } from '../tensorboard/log-folder.js';
import { CommandError, INTERRUPTED } from './errors.js';
import { listed, plural } from './format.js';
import { interruptSignal } from './interrupt.js';
import { createProgress, taskTitle } from './progress.js';
import { printReport } from './report.js';
import { resumeCommand } from './resume-command.js';

/** How runs are trained and shown. */
export interface TrainRunsOptions extends TrainComparisonOptions {
  /** Show stack traces of runs that fail. */
  readonly verbose: boolean;
  /** Shows how runs get on. Default: as a comparison is shown. */
  readonly display?: typeof createProgress;
  /** Log folder of TensorBoard, where it is to be written. */
  readonly tensorboard?: string;
}

/** Trains what is not complete. Throws when something failed or was interrupted. */
export async function trainRuns(output: OutputDirectory, options: TrainRunsOptions): Promise<void> {
  const { dir, experiment, complete } = output;
  const remaining = tasksOf(output, options.shard).filter(({ id }) => !complete.has(id));
  const progress = (options.display ?? createProgress)(remaining, experiment, process.stderr);
  const interrupt = interruptSignal(() => {
    progress.note('Stopping: each run saves at its next step. Press Ctrl-C again not to wait.');
  });
  const begin = (task: RunTask): RunWatcher => {
    const run = progress.begin(task);
    const { tensorboard, verbose } = options;
    const live = tensorboard === undefined ? undefined : new LiveEvents(join(dir, task.id), tensorboard);
    return {
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
      end: async (outcome) => {
        await live?.end(outcome.status === 'complete').catch((error: unknown) => {
          progress.note(`TensorBoard's events could not be written: ${messageOf(error)}`);
        });
        run.end(outcome);
        if (outcome.status === 'failed' && verbose) progress.note(outcome.detail);
      },
    };
  };
  let result: ScheduleResult;
  try {
    result = await trainComparison(output, options, begin, interrupt.signal);
  } finally {
    progress.close();
    interrupt.dispose();
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
