/** Insights of a run, for the commands that show them. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cacheDirectory } from '../data/cache.js';
import { isOfFiles } from '../data/registry.js';
import { datasetNamed } from '../experiment/document/registries.js';
import { parseExperimentData } from '../experiment/document/resolve.js';
import { checkData } from '../experiment/prepare/data-record.js';
import { loadExperimentData } from '../experiment/prepare/load-data.js';
import { roleOf } from '../ground/methods.js';
import { unknownName } from '../ground/suggest.js';
import { readInsights } from '../insights/index.js';
import type { Insights } from '../insights/insights.js';
import { loadPlugins } from '../plugins/loaded-plugins.js';
import type { LabelScore } from '../samples/label-scores.js';
import { readComparison, readRunHeader } from '../records/read.js';
import { fetchProgress } from './data.js';
import { CommandError } from './errors.js';

/** Which run, and where its data are. */
export interface RunInsightsFlags {
  run?: string;
  /** The score that orders the suspects; default `confidence`. */
  rank?: LabelScore;
  dataPath?: string;
  cache?: string;
}

/** Where the run is, and the comparison that it is part of if that was given. */
interface Chosen {
  readonly runDir: string;
  readonly comparison?: string;
}

/** A run, its data, and its insights. */
export interface RunInsights extends Chosen {
  readonly insights: Insights;
  /** The data set as the run describes it, its path as it was given now. */
  readonly dataset: ReturnType<typeof parseExperimentData>['dataset'];
}

/** The run that is meant: the directory itself, or one of a comparison's runs. */
async function chooseRun(dir: string, wanted: string | undefined): Promise<Chosen> {
  if (existsSync(join(dir, 'run.json'))) {
    if (wanted !== undefined && wanted !== basename(dir)) {
      throw new CommandError(`${dir}: is a single run's directory; leave out --run`);
    }
    return { runDir: dir };
  }
  const { runs, warmups, seeds } = await readComparison(dir);
  const known = [...runs, ...warmups].map(({ header }) => header.id);
  if (runs.length === 0) throw new CommandError(`${dir}: none of its runs has begun`);
  if (wanted !== undefined) {
    if (!known.includes(wanted)) throw new CommandError(`--run: ${unknownName(wanted, known)}`);
    return { runDir: join(dir, wanted), comparison: dir };
  }
  const ofSubject = runs.filter(({ header }) => roleOf(header.method.name) === 'subject');
  const { header } = ofSubject.find((run) => run.header.seed === seeds[0]) ?? ofSubject[0] ?? runs[0]!;
  return { runDir: join(dir, header.id), comparison: dir };
}

/**
 * Reads a run and its data.
 * @param dir the run's directory, or a comparison's
 * @throws CommandError where there is no such run; ExperimentError where its data have changed
 */
export async function readRunInsights(dir: string, flags: RunInsightsFlags): Promise<RunInsights> {
  const chosen = await chooseRun(dir, flags.run);
  const { runDir } = chosen;
  const header = await readRunHeader(runDir);
  if (header === undefined) throw new CommandError(`${runDir}: is not a run directory (it has no run.json)`);
  await loadPlugins({ dataset: header.experiment.dataset });
  const { dataset: described } = parseExperimentData(header.experiment, join(runDir, 'run.json'));
  const progress = fetchProgress(process.stderr);
  const { fingerprint, ...unchecked } = described;
  // Of files it is said which differ. Of other data the labels say more than a fingerprint, so they are looked at first.
  const entry = datasetNamed(described.name);
  const wanted = entry !== undefined && isOfFiles(entry) ? described : unchecked;
  const begun = dirname(runDir);
  const asked = { ...wanted, ...(flags.dataPath !== undefined && { path: flags.dataPath }) };
  const { dataset, identity } = await loadExperimentData(
    { dataset: asked },
    { cache: cacheDirectory(flags.cache), onProgress: progress.update, onSkipped: progress.skipped, begun },
  );
  progress.end();
  const insights = await readInsights(runDir, dataset, described.labelNoise, flags.rank);
  await checkData(asked.path ?? asked.name, fingerprint, identity!, begun);
  return { ...chosen, insights, dataset: asked };
}

/** The folder in which the photos of a data set lie, each in a file of its own; undefined where there is none, as in an archive. */
export function photoFolder({ name, path }: RunInsights['dataset']): string | undefined {
  if (path === undefined) return undefined;
  const folder = name === 'csv' ? dirname(path) : path;
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? folder : undefined;
}
