/** A comparison from a program. */
import { availableParallelism } from 'node:os';
import { cacheDirectory } from '../../data/cache.js';
import { ExperimentError } from '../../ground/experiment-error.js';
import { readComparison } from '../../records/read.js';
import type { Comparison } from '../../records/run.js';
import type { Shard } from '../../records/shard.js';
import type { EpochEvent } from '../../records/schema.js';
import { readExperimentFile } from '../document/experiment-file.js';
import type { ExperimentInput } from '../document/schema.js';
import type { RunTask } from '../document/tasks.js';
import { prepareExperiment } from '../prepare/prepare.js';
import { chooseOutputDirectory } from './output-directory.js';
import { trainComparison } from './train-comparison.js';
import type { RunWatcher } from './train-comparison.js';

/** How a comparison is trained. */
export interface CompareOptions {
  /** Its directory. Default: `runs/<name>`, or the next that is free. */
  readonly out?: string;
  /** Go on with what the directory holds: unfinished runs, further seeds and selectors. Default: false. */
  readonly resume?: boolean;
  /** Take the directory from a process that holds it. Default: false. */
  readonly force?: boolean;
  /** Runs at a time. Default: the number of cores. */
  readonly jobs?: number;
  /** Folder for downloaded data. Default: `$RECENCY_BIAS_CACHE` or the user cache. */
  readonly cache?: string;
  /** Save within an epoch when so many seconds have passed. Default: 10. */
  readonly saveEverySeconds?: number;
  /** Train one part of the runs. Default: all. */
  readonly shard?: Shard;
  /** Aborted to make all runs save and stop. */
  readonly signal?: AbortSignal;
  /** Called at the end of each epoch of each run; `run` is the name of its directory. */
  readonly onEpoch?: (run: string, event: EpochEvent) => void;
}

/**
 * Trains the runs of an experiment that are not complete, each in a process of its own, and reads what is recorded.
 *
 * ```ts
 * const comparison = await compare({ dataset: 'mnist', epochs: 12, warmupEpochs: 2, selectors: { random: 'uniform', mine: './my-selector.js' } });
 * console.log(analyse(comparison).results.selectors);
 * ```
 *
 * @param experiment the content of an experiment file, or its path
 * @returns the comparison, with runs that were stopped as far as they came
 * @throws ExperimentError, DataError, ModelError or RecordError with one line a mistake; an Error that names the runs that failed
 */
export async function compare(
  experiment: ExperimentInput | string,
  options: CompareOptions = {},
): Promise<Comparison> {
  const {
    resume = false,
    force = false,
    jobs = availableParallelism(),
    saveEverySeconds = 10,
    shard,
  } = options;
  if (!Number.isInteger(jobs) || jobs < 1)
    throw new ExperimentError([`jobs: is ${jobs}; expected a whole number of at least 1`]);
  const cache = cacheDirectory(options.cache);
  const written =
    typeof experiment === 'string'
      ? { input: await readExperimentFile(experiment), source: experiment }
      : { input: experiment };
  const prepared = await prepareExperiment(written, { cache, purpose: 'plan' });
  const output = await chooseOutputDirectory(prepared.experiment, {
    ...(options.out !== undefined && { out: options.out }),
    resume,
    shared: shard !== undefined,
    resumeCommand: () => 'the option resume',
  });
  const begin = ({ id }: RunTask): RunWatcher => ({
    onProgress: () => undefined,
    onFeatures: () => undefined,
    onEpoch: (event) => options.onEpoch?.(id, event),
    end: () => undefined,
  });
  const trained = { jobs, cache, saveEverySeconds, inputs: prepared.inputs, force, shard };
  const { failed } = await trainComparison(
    output,
    trained,
    begin,
    options.signal ?? new AbortController().signal,
  );
  if (failed.length > 0)
    throw new Error(failed.map(({ task, message }) => `${task.id} failed: ${message}`).join('\n'));
  return readComparison(output.dir);
}
