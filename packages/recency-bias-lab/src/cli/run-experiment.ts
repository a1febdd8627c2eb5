/** The way of every command that trains an experiment: makes it ready, chooses its directory, says the plan, and trains. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { cacheDirectory } from '../data/cache.js';
import { writeComparisonExperiment } from '../experiment/document/experiment-file.js';
import type { ResolvedExperiment } from '../experiment/document/resolve.js';
import { mostAtATime } from '../experiment/document/tasks.js';
import type { RunTask } from '../experiment/document/tasks.js';
import { downloadOf } from '../experiment/prepare/load-data.js';
import { prepareExperiment } from '../experiment/prepare/prepare.js';
import type { PreparedExperiment, WrittenExperiment } from '../experiment/prepare/prepare.js';
import { tasksOf } from '../experiment/processes/train-comparison.js';
import { estimate } from '../experiment/processes/estimate.js';
import type { EstimateOptions } from '../experiment/processes/estimate.js';
import { clearDeadClaims } from '../ground/lock.js';
import { removeTemporaries } from '../ground/replace-file.js';
import { shardTitle } from '../records/shard.js';
import { chooseBackend } from './choose-backend.js';
import { fetchProgress } from './data.js';
import { exportTensorBoard } from './export-tensorboard.js';
import { CommandError } from './errors.js';
import { chooseOutputDirectory } from '../experiment/processes/output-directory.js';
import { describeEstimate, describePlan } from './plan.js';
import { wrap } from './line-width.js';
import { parseShard } from './parse-shard.js';
import { resumeCommand } from './resume-command.js';
import type { RunFlags } from './run-flags.js';
import { trainRuns } from './train-runs.js';
import type { TrainRunsOptions } from './train-runs.js';
import { servePage } from './watch.js';

/** The experiment with its data and model, before its directory is known. */
async function prepareInput(
  written: WrittenExperiment,
  cache: string,
  { out, dryRun = false }: RunFlags,
): Promise<PreparedExperiment> {
  const progress = fetchProgress(process.stderr);
  const prepared = await prepareExperiment(written, {
    cache,
    onProgress: progress.update,
    onSkipped: progress.skipped,
    onNotice: progress.notices,
    purpose: 'plan',
    chooseBackend: (experiment) => chooseBackend(experiment, out),
    standIn: dryRun,
  });
  progress.end();
  return prepared;
}

/** How an experiment is told of to its reader. */
export interface Wording {
  /** Further lines of the plan. */
  readonly notes?: readonly string[];
  /** The plan that is printed before it begins. Default: that of a comparison. */
  readonly plan?: (
    experiment: ResolvedExperiment,
    about: { readonly dir: string; readonly classNames: readonly string[] },
  ) => string;
  /** How it gets on. Default: as a comparison is shown. */
  readonly display?: TrainRunsOptions['display'];
}

/**
 * Trains the runs of an experiment that are not complete.
 * @returns its directory; undefined where it was only to be said what would be done
 */
export async function runExperiment(
  input: WrittenExperiment,
  flags: RunFlags,
  { notes: own = [], plan, display }: Wording = {},
): Promise<string | undefined> {
  const jobs = flags.jobs ?? availableParallelism();
  if (!Number.isInteger(jobs) || jobs < 1) {
    throw new CommandError(`--jobs: is ${jobs}; expected a whole number of at least 1`);
  }
  const saveEverySeconds = flags.saveEvery ?? 10;
  if (!(saveEverySeconds >= 0)) {
    throw new CommandError(`--save-every: is ${saveEverySeconds}; expected a number of seconds`);
  }
  const shard = flags.shard === undefined ? undefined : parseShard(flags.shard, process.env);
  const cache = cacheDirectory(flags.cache);
  const { experiment: asked, inputs, notes, dataset } = await prepareInput(input, cache, flags);
  const output = await chooseOutputDirectory(asked, {
    ...(flags.out !== undefined && { out: flags.out }),
    resume: flags.resume ?? false,
    shared: shard !== undefined,
    resumeCommand,
  });
  const { dir, experiment, complete, experimentFile } = output;
  const tasks = tasksOf(output, shard);
  if (shard !== undefined && tasks.length === 0) {
    process.stdout.write(
      `Shard ${shardTitle(shard)} has no runs, since there are more shards than runs: nothing to do.\n`,
    );
    return undefined;
  }
  const options = { jobs, cache, saveEverySeconds, inputs };
  const { classNames } = dataset;
  const said =
    plan?.(experiment, { dir, classNames }) ?? describePlan(experiment, { dir, jobs, complete, inputs });
  process.stdout.write(`${said}\n`);
  if (flags.dryRun === true) {
    const remaining = tasks.filter(({ id }) => !complete.has(id));
    if (remaining.length > 0) await printEstimate(experiment, remaining, options);
  }
  process.stdout.write(
    `${[...own, ...notes].flatMap((note) => wrap(note).map((line) => `${pc.dim(line)}\n`)).join('')}\n`,
  );
  if (flags.dryRun === true) return undefined;

  // Whoever was killed after its last write left its claim and its temporary files in what nobody takes again.
  for (const { id } of tasks) if (complete.has(id)) await tidy(join(dir, id));
  if (tasks.every(({ id }) => complete.has(id))) {
    if (shard === undefined) await tidy(dir);
    if (experimentFile === 'extended') await writeComparisonExperiment(dir, experiment, inputs);
    process.stdout.write(
      `All runs are complete from before, so only the report is made again; train anew with another --out.\n\n`,
    );
  } else {
    const { verbose = false, force = false, tensorboard } = flags;
    const page = flags.watch === true ? await servePage([dir], flags) : undefined;
    try {
      await trainRuns(output, {
        ...options,
        verbose,
        force,
        shard,
        ...(display !== undefined && { display }),
        ...(tensorboard !== undefined && { tensorboard }),
      });
    } finally {
      await page?.close();
    }
  }
  // With the hyperparameters of all runs, and runs that were complete before.
  if (flags.tensorboard !== undefined) await exportTensorBoard(dir, flags.tensorboard);
  return dir;
}

/** Removes from a complete directory the traces of processes that are no more. */
async function tidy(dir: string): Promise<void> {
  await removeTemporaries(dir);
  await clearDeadClaims(dir);
}

/** Measures what the runs will take, and prints it. */
async function printEstimate(
  experiment: ResolvedExperiment,
  tasks: readonly RunTask[],
  { jobs, ...options }: EstimateOptions,
): Promise<void> {
  const { model, backend } = experiment;
  process.stderr.write(`Measuring some training steps of ${model.name} on ${backend} ...\n`);
  const result = await estimate(experiment, tasks, { jobs, ...options });
  const downloadMegabytes = downloadOf(experiment, options.cache)?.downloadMegabytes;
  const shown = { jobs: mostAtATime(tasks, jobs), downloadMegabytes };
  process.stdout.write(`${describeEstimate(result, experiment, shown)}\n`);
}
