/** Which directory a comparison is written to, and whether it goes on with what is there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { differences } from '../experiment/difference.js';
import { readComparisonExperiment } from '../experiment/experiment-file.js';
import type { ResolvedExperiment } from '../experiment/resolve.js';
import { runTasks } from '../experiment/tasks.js';
import { foldEvents, readEvents } from '../records/read.js';
import { CommandError } from './errors.js';

/** Where to write, and what is there already. */
export interface OutputDirectory {
  readonly dir: string;
  /** Ids of the runs that are complete there; empty for a new directory. */
  readonly complete: ReadonlySet<string>;
  /** Whether experiment.json has to be written. */
  readonly isNew: boolean;
}

/** Where a comparison is written without `--out`. */
export function defaultOutput({ name }: { readonly name: string }): string {
  return join('runs', name);
}

/** Ids of the runs of an experiment that have ended. */
export async function completeRuns(dir: string, experiment: ResolvedExperiment): Promise<Set<string>> {
  const complete = new Set<string>();
  for (const { id } of runTasks(experiment)) {
    if (foldEvents(await readEvents(join(dir, id))).complete) complete.add(id);
  }
  return complete;
}

/** What differs between the experiment of a directory and the one to run; undefined when the directory has none. */
async function compareWith(dir: string, experiment: ResolvedExperiment): Promise<string[] | undefined> {
  const stored = await readComparisonExperiment(dir);
  if (stored === undefined) return undefined;
  return differences(stored, JSON.parse(JSON.stringify(experiment)) as unknown);
}

/**
 * Chooses the directory.
 *
 * - A new one is taken as it is.
 * - One that holds this experiment, complete: its report is made again.
 * - One that holds this experiment, unfinished: only with `--resume`.
 * - One that holds another experiment: never; without `--out`, the next free of `runs/name-2`, `runs/name-3`, ...
 *
 * @param out the `--out` flag
 * @param resumeCommand how to say that the comparison goes on with what is there
 */
export async function chooseOutputDirectory(
  experiment: ResolvedExperiment,
  { out, resume, resumeCommand }: { out?: string; resume: boolean; resumeCommand: (dir: string) => string },
): Promise<OutputDirectory> {
  const base = out ?? defaultOutput(experiment);
  for (let number = 1; ; number++) {
    const dir = number === 1 ? base : `${base}-${number}`;
    const found = await compareWith(dir, experiment);
    if (found === undefined) {
      if (resume) {
        throw new CommandError(
          `${dir}: there is nothing to resume; leave out --resume, or name the directory with --out`,
        );
      }
      if (existsSync(join(dir, 'run.json'))) {
        throw new CommandError(`${dir}: is a single run's directory; choose another --out`);
      }
      return { dir, complete: new Set(), isNew: true };
    }
    if (found.length === 0) {
      const complete = await completeRuns(dir, experiment);
      const total = runTasks(experiment).length;
      if (!resume && complete.size < total) {
        throw new CommandError(
          `${dir}: holds this comparison, unfinished (${complete.size} of ${total} runs complete); ` +
            `go on with \`${resumeCommand(dir)}\`, or begin anew with another --out`,
        );
      }
      return { dir, complete, isNew: false };
    }
    if (resume) {
      throw new CommandError(
        found.map((line) => `${dir}: holds another experiment: ${line}`).join('\n') +
          '\nGive the experiment as it was, or leave out --resume to begin a new one',
      );
    }
    if (out !== undefined) {
      throw new CommandError(`${dir}: holds another experiment (${found[0]!}); choose another --out`);
    }
  }
}
