/** `recency-bias submit --slurm`: a comparison as an array job of SLURM. */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startedAs } from '../ground/command.js';
import { makeDirectory } from '../ground/make-directory.js';
import { readExperimentFile } from '../experiment/document/experiment-file.js';
import { parseExperiment } from '../experiment/document/resolve.js';
import { defaultOutput } from '../experiment/processes/output-directory.js';
import { loadPlugins } from '../plugins/loaded-plugins.js';
import { writeProblem } from '../records/run-writer.js';
import { CommandError } from './errors.js';

/** Flags of `submit`. */
export interface SubmitFlags {
  slurm?: boolean;
  print?: boolean;
  out?: string;
  shards?: number;
  jobs?: number;
  partition?: string;
  time?: string;
  memory?: string;
}

/** Seconds before the time limit at which a job is told to save: a step and a checkpoint take less. */
const SIGNAL_SECONDS = 120;

const quoted = (word: string): string =>
  /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** This program as a command: Node and the script that it was started by. */
function command(words: readonly string[]): string {
  return [process.execPath, resolve(process.argv[1]!), ...words].map(quoted).join(' ');
}

interface Job {
  readonly name: string;
  readonly out: string;
  readonly shards: number;
  readonly jobs: number;
}

/** The batch script of the array. A shard that is told to save before its time is over queues again, and goes on with what it saved. */
function arrayScript(
  file: string,
  { name, out, shards, jobs }: Job,
  { partition, time, memory }: SubmitFlags,
): string {
  const lines = [
    `--job-name=${name}`,
    `--array=1-${shards}`,
    '--requeue',
    '--open-mode=append',
    `--signal=B:TERM@${SIGNAL_SECONDS}`,
    `--cpus-per-task=${jobs}`,
    `--output=${join(out, 'slurm-%a.log')}`,
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(time === undefined ? [] : [`--time=${time}`]),
    ...(memory === undefined ? [] : [`--mem=${memory}`]),
  ].map((option) => `#SBATCH ${option}`);
  const words = ['compare', file, '--out', out, '--shard', `auto/${shards}`, '--jobs', String(jobs)];
  return `#!/bin/bash
${lines.join('\n')}
stopped='' array=$SLURM_ARRAY_JOB_ID task=$SLURM_ARRAY_TASK_ID
${command(words)} &
run=$!
trap 'stopped=yes; kill -TERM "$run"' TERM
wait "$run"
code=$?
if [ -n "$stopped" ]; then
  wait "$run" # a signal ends the first wait before the run has saved
  scontrol requeue "$array"_"$task"
fi
exit "$code"
`;
}

function reportScript({ name, out }: Job, { partition }: SubmitFlags): string {
  const lines = [
    `--job-name=${name}-report`,
    `--output=${join(out, 'slurm-report.log')}`,
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
  ].map((option) => `#SBATCH ${option}`);
  return `#!/bin/bash\n${lines.join('\n')}\n${command(['report', out])}\n`;
}

/** Gives a script to SLURM; returns the number of its job. */
function sbatch(args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('sbatch', ['--parsable', ...args], {
    encoding: 'utf8',
  });
  if (error !== undefined) {
    throw new CommandError(
      'submit: sbatch was not found; give the command where SLURM is, or --print to see the scripts',
    );
  }
  if (status !== 0) throw new CommandError(`submit: sbatch refused the job: ${stderr.trim()}`);
  return stdout.trim().split(';')[0]!;
}

/** Writes the scripts of an array of shards and of a report that depends on it, and unless they are only to be printed, submits them. */
export async function submit(file: string, flags: SubmitFlags): Promise<void> {
  if (flags.slurm !== true) throw new CommandError('submit: give --slurm, the only queue that is known');
  const input = await readExperimentFile(file);
  await loadPlugins(input);
  const experiment = parseExperiment(input, file);
  const out = flags.out ?? defaultOutput(experiment);
  const { shards = experiment.seeds.length, jobs = 2 } = flags;
  for (const [flag, value] of Object.entries({ shards, jobs })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new CommandError(`--${flag}: is ${value}; expected a whole number of at least 1`);
    }
  }
  const job = { name: experiment.name, out, shards, jobs };
  const [array, report] = [arrayScript(file, job, flags), reportScript(job, flags)];
  if (flags.print === true) {
    process.stdout.write(
      `# ${join(out, 'slurm-array.sh')}\n${array}\n# ${join(out, 'slurm-report.sh')}\n${report}`,
    );
    return;
  }
  const paths = { array: join(out, 'slurm-array.sh'), report: join(out, 'slurm-report.sh') };
  try {
    await makeDirectory(out);
    await writeFile(paths.array, array);
    await writeFile(paths.report, report);
  } catch (error) {
    throw writeProblem(error, out);
  }
  const id = sbatch([paths.array]);
  const reportId = sbatch([`--dependency=afterany:${id}`, paths.report]);
  process.stdout.write(
    `Job ${id}: ${shards} shards; job ${reportId}: the report when they have ended. What they have done: \`${startedAs()} status ${quoted(out)}\`\n`,
  );
}
