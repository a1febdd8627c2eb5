/** `recency-bias compare`, and `train`, which is a comparison of one selector with one seed. */
import { availableParallelism } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import pc from 'picocolors';
import { cacheDirectory } from '../data/cache.js';
import {
  readComparisonExperiment,
  readExperimentFile,
  writeComparisonExperiment,
} from '../experiment/document/experiment-file.js';
import { estimate } from '../experiment/processes/estimate.js';
import type { EstimateOptions } from '../experiment/processes/estimate.js';
import { downloadOf } from '../experiment/prepare/load-data.js';
import { presetNames } from '../experiment/document/presets.js';
import type { MethodInputs } from '../experiment/document/method-inputs.js';
import { chooseBackend } from './choose-backend.js';
import type { ResolvedExperiment } from '../experiment/document/resolve.js';
import { prepareExperiment } from '../experiment/prepare/prepare.js';
import type { PreparedExperiment, WrittenExperiment } from '../experiment/prepare/prepare.js';
import { startRun } from '../experiment/processes/run-process.js';
import { scheduleRuns } from '../experiment/processes/schedule-runs.js';
import type { ScheduleResult } from '../experiment/processes/schedule-runs.js';
import { runTasks } from '../experiment/document/tasks.js';
import type { RunTask } from '../experiment/document/tasks.js';
import { startedAs } from '../ground/command.js';
import { lockDirectory } from '../ground/lock.js';
import type { Lock } from '../ground/lock.js';
import { makeDirectory } from '../ground/make-directory.js';
import { writeProblem } from '../records/run-writer.js';
import { fetchProgress } from './data.js';
import { CommandError, INTERRUPTED } from './errors.js';
import { applyFlags, hasExperimentFlags } from './experiment-flags.js';
import type { ExperimentFlags } from './experiment-flags.js';
import { list, plural } from './format.js';
import { interruptSignal } from './interrupt.js';
import { chooseOutputDirectory } from './output-directory.js';
import type { OutputDirectory } from './output-directory.js';
import { describeEstimate, describePlan } from './plan.js';
import { readPreset } from './presets.js';
import { createProgress, taskTitle } from './progress.js';
import { printReport } from './report.js';

/** Flags of `compare` and `train`. */
export interface CompareFlags extends ExperimentFlags {
  preset?: string;
  out?: string;
  resume?: boolean;
  jobs?: number;
  cache?: string;
  dryRun?: boolean;
  saveEvery?: number;
  force?: boolean;
  verbose?: boolean;
}

/** The command that goes on with a directory, in the words in which this process was started. */
function resumeCommand(dir: string): string {
  const command = process.argv[2] === 'finetune' || process.argv[2] === 'train' ? process.argv[2] : 'compare';
  const words = process.argv.slice(2).filter((word) => word !== '--resume');
  const byNpm = process.env.npm_lifecycle_event === 'start';
  if (byNpm && words.join(' ') === 'compare --preset quick') return 'npm start -- --resume';
  return `${startedAs()} ${command} --resume --out ${dir}`;
}

/** The experiment as the user gave it: a file, a preset or a directory to resume, with flags over it. */
export async function readInput(file: string | undefined, flags: CompareFlags): Promise<WrittenExperiment> {
  const { preset, resume = false, out } = flags;
  if (file !== undefined && preset !== undefined) {
    throw new CommandError(`Give either an experiment file (${file}) or --preset ${preset}, not both`);
  }
  if (file !== undefined) return { input: applyFlags(await readExperimentFile(file), flags), source: file };
  if (preset !== undefined) return presetInput(preset, flags);
  if (resume && out !== undefined) {
    const input = await readComparisonExperiment(out);
    if (input !== undefined) return { input: applyFlags(input, flags), source: out, begun: out };
    throw new CommandError(`${out}: there is nothing to resume (it has no experiment.json)`);
  }
  if (hasExperimentFlags(flags)) return { input: applyFlags(baseFor(flags), flags), source: undefined };
  const presets = presetNames().join(', ');
  throw new CommandError(
    `Nothing to compare: give an experiment file, --preset <name> (${presets}), or flags such as --epochs 20; see --help`,
  );
}

async function presetInput(preset: string, flags: CompareFlags): Promise<WrittenExperiment> {
  return { input: applyFlags(await readPreset(preset), flags), source: `preset ${preset}` };
}

/** What flags alone are put over. */
function baseFor({ dataPath }: CompareFlags): unknown {
  return { dataset: dataPath === undefined ? 'mnist' : 'idx' };
}

/** All four methods, for a comparison that names none and has no grid. */
const DEFAULT_SELECTORS = {
  random: { name: 'uniform' },
  'online-batch': { name: 'online-batch' },
  'active-bias': { name: 'active-bias' },
  'recency-bias': { name: 'recency-bias' },
};

function withDefaults(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  return 'grid' in input ? input : { selectors: DEFAULT_SELECTORS, ...input };
}

/** The experiment with its data and model, before its directory is known. */
async function prepareInput(
  written: WrittenExperiment,
  cache: string,
  { out, dryRun = false }: CompareFlags,
): Promise<PreparedExperiment> {
  const progress = fetchProgress(process.stderr);
  const prepared = await prepareExperiment(
    { ...written, input: withDefaults(written.input) },
    {
      cache,
      onProgress: progress.update,
      onSkipped: progress.skipped,
      onNotice: progress.notices,
      purpose: 'plan',
      chooseBackend: (experiment) => chooseBackend(experiment, out),
      standIn: dryRun,
    },
  );
  progress.end();
  return prepared;
}

/** Compares selectors; `file` is an experiment file. */
export async function compare(file: string | undefined, flags: CompareFlags): Promise<void> {
  const dir = await runExperiment(await readInput(file, flags), flags);
  if (dir !== undefined) await printReport([dir]);
}

/** Trains one selector with one seed. */
export async function train(flags: CompareFlags & { seed?: number }): Promise<void> {
  const { seed = 1, ...rest } = flags;
  if (flags.resume === true && flags.out !== undefined && flags.preset === undefined) {
    const found = await readComparisonExperiment(flags.out);
    const begun = flags.selector === undefined && flags.seed === undefined && found !== undefined;
    if (begun) return compare(undefined, rest);
  }
  const selector = flags.selector ?? { 'recency-bias': { name: 'recency-bias', options: {} } };
  const [label = '', ...more] = Object.keys(selector);
  if (more.length > 0) {
    throw new CommandError(`train takes one --selector, not ${more.length + 1}; use compare for several`);
  }
  const name = flags.name ?? `train-${label}`;
  const given = { ...rest, selector, name, seeds: [seed] };
  const input =
    flags.preset === undefined
      ? { input: applyFlags(baseFor(flags), given), source: undefined }
      : await presetInput(flags.preset, given);
  const dir = await runExperiment(input, flags);
  if (dir !== undefined) await printReport([dir]);
}

/**
 * Trains the runs of an experiment that are not complete.
 * @param own what else is to be said of it before it begins, a line each
 * @returns its directory; undefined where it was only to be said what would be done
 */
export async function runExperiment(
  input: WrittenExperiment,
  flags: CompareFlags,
  own: readonly string[] = [],
): Promise<string | undefined> {
  const jobs = flags.jobs ?? availableParallelism();
  if (!Number.isInteger(jobs) || jobs < 1) {
    throw new CommandError(`--jobs: is ${jobs}; expected a whole number of at least 1`);
  }
  const saveEverySeconds = flags.saveEvery ?? 10;
  if (!(saveEverySeconds >= 0)) {
    throw new CommandError(`--save-every: is ${saveEverySeconds}; expected a number of seconds`);
  }
  const cache = cacheDirectory(flags.cache);
  const { experiment: asked, inputs, notes } = await prepareInput(input, cache, flags);
  const output = await chooseOutputDirectory(asked, {
    ...(flags.out !== undefined && { out: flags.out }),
    resume: flags.resume ?? false,
    resumeCommand,
  });
  const { dir, experiment, complete, needs } = output;
  const tasks = runTasks(experiment);
  process.stdout.write(`${describePlan(experiment, { dir, jobs, complete, inputs })}\n`);
  if (flags.dryRun === true) {
    const remaining = tasks.filter(({ id }) => !complete.has(id));
    const options = { jobs, cache, saveEverySeconds, inputs };
    if (remaining.length > 0) await printEstimate(experiment, remaining, options);
  }
  process.stdout.write(`${[...own, ...notes].map((note) => `${pc.dim(note)}\n`).join('')}\n`);
  if (flags.dryRun === true) return undefined;

  if (complete.size === tasks.length) {
    if (needs === 'more') await writeComparisonExperiment(dir, experiment, inputs);
    process.stdout.write(
      `All runs are complete from before, so only the report is made again; train anew with another --out.\n\n`,
    );
  } else {
    await runAll(output, {
      jobs,
      cache,
      saveEverySeconds,
      inputs,
      verbose: flags.verbose ?? false,
      force: flags.force ?? false,
    });
  }
  return dir;
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
  const shown = { jobs: Math.min(jobs, tasks.length), downloadMegabytes };
  process.stdout.write(`${describeEstimate(result, experiment, shown)}\n`);
}

/**
 * Takes the comparison's directory for this process and only then writes its experiment there.
 * @throws CommandError when another process has begun or extended a comparison there since the directory was chosen.
 */
async function claimDirectory(
  { dir, experiment, needs, stored }: OutputDirectory,
  { inputs, force }: { readonly inputs: MethodInputs; readonly force: boolean },
): Promise<Lock> {
  let lock: Lock | undefined;
  try {
    await makeDirectory(dir);
    lock = await lockDirectory(dir, { force });
    if (!isDeepStrictEqual(await readComparisonExperiment(dir), stored)) {
      throw new CommandError(
        `${dir}: another comparison was begun there meanwhile; give the command again, or choose another --out`,
      );
    }
    if (needs !== 'nothing') await writeComparisonExperiment(dir, experiment, inputs);
    return lock;
  } catch (error) {
    await lock?.release();
    throw writeProblem(error, dir);
  }
}

/** Trains what is not complete. Throws when something failed or was interrupted. */
async function runAll(
  output: OutputDirectory,
  options: {
    jobs: number;
    cache: string;
    saveEverySeconds: number;
    inputs: MethodInputs;
    verbose: boolean;
    force: boolean;
  },
): Promise<void> {
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
    const { cache, saveEverySeconds } = options;
    const outcome = await startRun({ task, out: dir, cache, saveEverySeconds, force }, run, interrupt.signal);
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
    lines.push(`Not trained because of that: ${list(unfinished.map(taskTitle))}`);
  }
  lines.push(
    `${plural(complete.length, 'run')} complete. When the cause is removed, go on with \`${resumeCommand(dir)}\``,
  );
  throw new CommandError(lines.join('\n'));
}
