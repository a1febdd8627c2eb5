/** Makes an experiment ready to be trained: from what was written to its model, its data and every number filled in. */
import { existsSync } from 'node:fs';
import { DataError } from '../../data/idx.js';
import type { ImageDataset } from '../../data/image-dataset.js';
import type { FetchOptions } from '../../data/verified-folder.js';
import type { OpenedModel } from '../../models/model.js';
import { preferredBackend, startBackend } from '../../ground/backend.js';
import type { BackendName } from '../../ground/backend.js';
import { loadPlugins } from '../../plugins/loaded-plugins.js';
import { checkPlugins } from './check-plugins.js';
import { writeDataRecord } from './data-record.js';
import { experimentPath, readComparisonExperiment } from '../document/experiment-file.js';
import { loadExperimentData, standInData } from './load-data.js';
import { readMethodInputs } from '../document/method-inputs.js';
import type { MethodInputs } from '../document/method-inputs.js';
import { checkModel, withModelFiles, openModel } from './open-model.js';
import { ExperimentError } from '../../ground/experiment-error.js';
import { parseExperiment, resolveExperiment } from '../document/resolve.js';
import type { DatasetSize, ResolvedExperiment } from '../document/resolve.js';
import { modelContext } from './trained-model.js';
import type { Experiment } from '../document/schema.js';

/** An experiment before it is checked. */
export interface WrittenExperiment {
  /** The content of an experiment file, or the like from flags. */
  readonly input: unknown;
  /** How to name it in errors. */
  readonly source?: string | undefined;
  /** The comparison's directory, where it is gone on with: paths of methods' inputs are relative to it. */
  readonly begun?: string | undefined;
  /** Whether a batch of more samples than there are is made smaller, and not a mistake. */
  readonly fitsBatch?: boolean;
}

/** A batch no larger than the training data, and what to say of it. */
function fitBatch(experiment: Experiment, trainSize: number): [experiment: Experiment, notes: string[]] {
  const { batchSize } = experiment;
  if (batchSize <= trainSize) return [experiment, []];
  const note = `batches of ${trainSize}, all training photos, since there are fewer than ${batchSize}`;
  return [{ ...experiment, batchSize: trainSize }, [note]];
}

/** The backend that `auto` means, and how to get a faster one. */
export interface ChosenBackend {
  readonly backend: BackendName;
  readonly advice?: string | undefined;
}

/** How an experiment is made ready. */
export interface PrepareOptions extends FetchOptions {
  /**
   * `train`: in a process that trains, whose backend becomes the experiment's. `plan`: in a process that says what will be done, on
   * the backend cpu; the model is built once, to find out before anything is written whether it can be.
   */
  readonly purpose: 'train' | 'plan';
  /** Chooses the backend that `auto` means. Default: the fastest of this machine. */
  readonly chooseBackend?: (experiment: Experiment) => Promise<ChosenBackend>;
  /** Takes random images in the place of data that are still to be fetched. Default: fetches the data. */
  readonly standIn?: boolean;
  /** The inputs that methods read from files, where they have been read. Default: reads the files that the selectors name. */
  readonly inputs?: MethodInputs;
}

/** An experiment with everything that training it takes. */
export interface PreparedExperiment {
  readonly experiment: ResolvedExperiment;
  readonly opened: OpenedModel;
  /** In memory or on demand: the experiment's part of the data set, wrong labels included. */
  readonly dataset: ImageDataset;
  readonly inputs: MethodInputs;
  /** The program's cache. */
  readonly cache: string;
  /** Notes on the model and the backend, a line each; empty for the purpose `train`. */
  readonly notes: readonly string[];
}

async function chooseFastest({ backend }: Experiment): Promise<ChosenBackend> {
  if (backend !== 'auto') return { backend };
  const { name, advice } = await preferredBackend();
  return { backend: name, advice };
}

/** The sizes of an experiment that has begun: of an earlier version, which made no fingerprint, without. */
function withKnown({ fingerprint, ...size }: DatasetSize, { dataset }: Experiment): DatasetSize {
  return dataset.fingerprint === undefined || fingerprint === undefined ? size : { ...size, fingerprint };
}

/**
 * Makes an experiment ready. What is resolved already stays as it is, so experiment.json and a recorded experiment are made ready in
 * the same way.
 * @throws ExperimentError with one line a mistake; DataError or ModelError when data or model cannot be read.
 */
export async function prepareExperiment(
  { input, source, begun, fitsBatch = false }: WrittenExperiment,
  options: PrepareOptions,
): Promise<PreparedExperiment> {
  const { purpose, chooseBackend = chooseFastest, standIn = false, inputs: given, ...fetching } = options;
  await loadPlugins(input);
  const parsed = parseExperiment(input, source);
  const { path } = parsed.dataset;
  // A mistyped folder is said at once, not after a network has been fetched.
  if (path !== undefined && !existsSync(path)) throw new DataError(`${path}: does not exist`);
  const { backend, advice } = await chooseBackend(parsed);
  await startBackend(purpose === 'train' ? backend : 'cpu');
  const opened = await openModel(parsed.model, modelContext(fetching));
  const experiment = withModelFiles(parsed, opened);
  const loaded = standIn ? standInData(experiment, fetching.cache) : undefined;
  const { size, dataset, identity } =
    loaded ?? (await loadExperimentData(experiment, { ...fetching, begun }));
  const goesOn = purpose === 'train' && begun !== undefined;
  if (goesOn && experiment.dataset.fingerprint !== undefined && identity !== undefined) {
    await writeDataRecord(begun, identity);
  }
  const [fitted, batchNotes] = fitsBatch ? fitBatch(experiment, size.trainSize) : [experiment, []];
  const modelNotes = purpose === 'train' ? [] : await checkModel(experiment, opened, dataset);
  const notes =
    purpose === 'train' ? [] : [...modelNotes, ...batchNotes, ...(advice === undefined ? [] : [advice])];
  try {
    const inputs = given ?? (await readMethodInputs(experiment, dataset, begun));
    const resolved = resolveExperiment(fitted, goesOn ? withKnown(size, experiment) : size, backend, inputs);
    if (purpose === 'plan') await checkPlugins(resolved, opened, dataset);
    return {
      experiment: resolved,
      opened,
      dataset,
      inputs,
      cache: fetching.cache,
      notes,
    };
  } catch (error) {
    if (error instanceof ExperimentError && source !== undefined) {
      throw new ExperimentError(error.problems, source);
    }
    throw error;
  }
}

/**
 * Makes the experiment of a comparison directory ready.
 * @throws as `prepareExperiment`, and when the directory holds no experiment.
 */
export async function prepareComparison(out: string, options: PrepareOptions): Promise<PreparedExperiment> {
  const input = await readComparisonExperiment(out);
  return prepareExperiment({ input, source: experimentPath(out), begun: out }, options);
}
