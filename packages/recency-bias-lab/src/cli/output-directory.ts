/** Which directory a comparison is written to, and whether it goes on with what is there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { completeTasks } from '../experiment/processes/complete-tasks.js';
import { differences } from '../experiment/document/difference.js';
import { readComparisonExperiment } from '../experiment/document/experiment-file.js';
import { joinExperiments } from '../experiment/document/join-experiments.js';
import type { ResolvedExperiment } from '../experiment/document/resolve.js';
import { runTasks } from '../experiment/document/tasks.js';
import { CommandError } from './errors.js';

/** Where to write, and what is there already. */
export interface OutputDirectory {
  readonly dir: string;
  /** What the directory is to hold: more than was asked for, where more is there. */
  readonly experiment: ResolvedExperiment;
  /** Ids of the runs that are complete there; empty for a new directory. */
  readonly complete: ReadonlySet<string>;
  /**
   * What becomes of experiment.json: `new`: written for the first time; `extended`: written again, since the directory is to hold
   * more than it did; `kept`: left as it is.
   */
  readonly experimentFile: 'new' | 'extended' | 'kept';
  /** The content of its experiment.json as it was found; undefined where there was none. */
  readonly stored: unknown;
}

/** Where a comparison is written without `--out`. */
export function defaultOutput({ name }: { readonly name: string }): string {
  return join('runs', name);
}

/** The experiment to run, without the fingerprint of its data where the directory is of an earlier version, which made none. */
function comparable(stored: unknown, experiment: ResolvedExperiment): ResolvedExperiment {
  const { dataset } = stored as { readonly dataset?: { readonly fingerprint?: unknown } };
  if (dataset?.fingerprint !== undefined) return experiment;
  const known = { ...experiment.dataset };
  delete known.fingerprint;
  return { ...experiment, dataset: known };
}

/** What differs between the experiment of a directory and the one to run, its description aside. */
function differencesFrom(stored: unknown, experiment: ResolvedExperiment): string[] {
  return differences(stored, JSON.parse(JSON.stringify(experiment)) as unknown).filter(
    (line) => !line.startsWith('description: '),
  );
}

/** A directory to go on with, seeds and selectors added. */
async function resumeIn(dir: string, stored: unknown, asked: ResolvedExperiment): Promise<OutputDirectory> {
  const { experiment, conflicts, isExtended } = joinExperiments(stored, asked);
  if (conflicts.length > 0) {
    throw new CommandError(
      conflicts.map((line) => `${dir}: holds another experiment: ${line}`).join('\n') +
        '\nOnly seeds, selectors and values of a grid can be added; give all else as it was, or leave out --resume to begin a new one',
    );
  }
  const complete = await completeTasks(dir, experiment);
  return { dir, experiment, complete, experimentFile: isExtended ? 'extended' : 'kept', stored };
}

/**
 * Chooses the directory.
 *
 * - A new one is taken as it is.
 * - One that holds this experiment, complete: its report is made again.
 * - One that holds this experiment, unfinished: only with `--resume`.
 * - One that holds this experiment with other seeds, selectors or values of a grid: with `--resume`, which adds them.
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
    const stored = await readComparisonExperiment(dir);
    if (stored === undefined) {
      if (resume) {
        throw new CommandError(
          `${dir}: there is nothing to resume; leave out --resume, or name the directory with --out`,
        );
      }
      if (existsSync(join(dir, 'run.json'))) {
        throw new CommandError(`${dir}: is a single run's directory; choose another --out`);
      }
      return { dir, experiment, complete: new Set(), experimentFile: 'new', stored };
    }
    const asked = comparable(stored, experiment);
    if (resume) return resumeIn(dir, stored, asked);
    const found = differencesFrom(stored, asked);
    if (found.length === 0) {
      const complete = await completeTasks(dir, experiment);
      const total = runTasks(experiment).length;
      if (complete.size < total) {
        throw new CommandError(
          `${dir}: holds this comparison, unfinished (${complete.size} of ${total} runs complete); ` +
            `go on with \`${resumeCommand(dir)}\`, or begin anew with another --out`,
        );
      }
      return { dir, experiment: asked, complete, experimentFile: 'kept', stored };
    }
    if (out !== undefined) {
      throw new CommandError(`${dir}: holds another experiment (${found[0]!}); choose another --out`);
    }
  }
}
