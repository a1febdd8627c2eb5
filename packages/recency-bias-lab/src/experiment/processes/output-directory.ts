/** Which directory a comparison is written to, and whether it goes on with what is there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ExperimentError } from '../../ground/experiment-error.js';
import { completeTasks } from './complete-tasks.js';
import { differences } from '../document/difference.js';
import { readComparisonExperiment } from '../document/experiment-file.js';
import { joinExperiments } from '../document/join-experiments.js';
import type { ResolvedExperiment } from '../document/resolve.js';
import { runTasks } from '../document/tasks.js';

/** Where to write, and what is there already. */
export interface OutputDirectory {
  readonly dir: string;
  /** The experiment that the directory is to hold: more than was asked for, where more is there. */
  readonly experiment: ResolvedExperiment;
  /** Ids of the runs that are complete there; empty for a new directory. */
  readonly complete: ReadonlySet<string>;
  /**
   * The fate of experiment.json: `new`: written for the first time; `extended`: written again, since the directory is to hold
   * more than it did; `kept`: left as it is.
   */
  readonly experimentFile: 'new' | 'extended' | 'kept';
  /** The content of its experiment.json as it was found; undefined where there was none. */
  readonly stored: unknown;
}

/** How the directory is chosen. */
export interface OutputOptions {
  /** The directory that was asked for. Default: `runs/<name>`. */
  readonly out?: string;
  /** Go on with what the directory holds. */
  readonly resume: boolean;
  /** Several processes begin there at the same time, each with a part of the runs: whichever comes first begins, the others go on. */
  readonly shared?: boolean;
  /** How to say that the comparison goes on with what is there. */
  readonly resumeCommand: (dir: string) => string;
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

/** The differences between the experiment of a directory and the experiment to run, descriptions aside. */
function differencesFrom(stored: unknown, experiment: ResolvedExperiment): string[] {
  return differences(stored, JSON.parse(JSON.stringify(experiment)) as unknown).filter(
    (line) => !line.startsWith('description: '),
  );
}

/** A directory to go on with, seeds and selectors added. */
async function resumeIn(dir: string, stored: unknown, asked: ResolvedExperiment): Promise<OutputDirectory> {
  const { experiment, conflicts, isExtended } = joinExperiments(stored, asked);
  if (conflicts.length > 0) {
    throw new ExperimentError([
      conflicts.map((line) => `${dir}: holds another experiment: ${line}`).join('\n') +
        '\nOnly seeds, selectors and values of a grid can be added; give all else as it was, or leave out --resume to begin a new one',
    ]);
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
 */
export async function chooseOutputDirectory(
  experiment: ResolvedExperiment,
  { out, resume, shared = false, resumeCommand }: OutputOptions,
): Promise<OutputDirectory> {
  const base = out ?? defaultOutput(experiment);
  for (let number = 1; ; number++) {
    const dir = number === 1 ? base : `${base}-${number}`;
    const stored = await readComparisonExperiment(dir);
    if (stored === undefined) {
      if (resume && !shared) {
        throw new ExperimentError([
          `${dir}: there is nothing to resume; leave out --resume, or name the directory with --out`,
        ]);
      }
      if (existsSync(join(dir, 'run.json'))) {
        throw new ExperimentError([`${dir}: is a single run's directory; choose another --out`]);
      }
      return { dir, experiment, complete: new Set(), experimentFile: 'new', stored };
    }
    const asked = comparable(stored, experiment);
    if (resume || shared) return resumeIn(dir, stored, asked);
    const found = differencesFrom(stored, asked);
    if (found.length === 0) {
      const complete = await completeTasks(dir, experiment);
      const total = runTasks(experiment).length;
      if (complete.size < total) {
        throw new ExperimentError([
          `${dir}: holds this comparison, unfinished (${complete.size} of ${total} runs complete); ` +
            `go on with \`${resumeCommand(dir)}\`, or begin anew with another --out`,
        ]);
      }
      return { dir, experiment: asked, complete, experimentFile: 'kept', stored };
    }
    if (out !== undefined) {
      throw new ExperimentError([`${dir}: holds another experiment (${found[0]!}); choose another --out`]);
    }
  }
}
