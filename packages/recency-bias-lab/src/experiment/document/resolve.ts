/** From an experiment as written to one with every number filled in and every name known. */
import { selectorRegistry } from 'recency-bias';
import { resolveAugmentation } from '../../augment/policies.js';
import type { ResolvedAugmentation } from '../../augment/policies.js';
import { datasetRegistry, isOfFiles, READ_FIELDS } from '../../data/registry.js';
import type { DatasetEntry } from '../../data/registry.js';
import { modelRegistry } from './model-registry.js';
import type { BackendName } from '../../ground/backend.js';
import { checkGrid, expandGrid } from './grid.js';
import { createMethod, missingOptions, recordedOptions } from './method-inputs.js';
import type { MethodChoice, MethodInputs } from './method-inputs.js';
import { describeIssues, ExperimentError, shortJson } from '../../ground/experiment-error.js';
import { loadedDataset, loadedModel, loadedSelector } from '../../plugins/loaded-plugins.js';
import { messageOf } from '../../plugins/plugin-error.js';
import { checkSource, datasetNamed, modelNamed, sourceOf } from './registries.js';
import { selectorNamed } from './named-selectors.js';
import { experimentSchema } from './schema.js';
import type { Experiment } from './schema.js';
import { unknownName } from '../../ground/suggest.js';

/** An experiment with everything that training needs; also the content of experiment.json, which `parseExperiment` accepts again. */
export interface ResolvedExperiment extends Omit<
  Experiment,
  'dataset' | 'augmentation' | 'epochs' | 'iterations' | 'selectors' | 'backend'
> {
  readonly dataset: Experiment['dataset'] & { readonly trainSize: number; readonly testSize: number };
  readonly augmentation: ResolvedAugmentation;
  readonly epochs: number;
  readonly selectors: Readonly<Record<string, MethodChoice>>;
  readonly backend: BackendName;
}

/**
 * Checks an experiment as far as it can be checked without its data.
 * @param input the content of an experiment file, or the like from flags
 * @param source how to name it in errors
 * @throws ExperimentError with one line a mistake.
 */
export function parseExperiment(input: unknown, source?: string): Experiment {
  const parsed = experimentSchema.safeParse(input);
  if (!parsed.success)
    throw new ExperimentError(describeIssues(parsed.error, experimentSchema, input), source);
  const problems = [...checkGrid(parsed.data)];
  const experiment = problems.length > 0 ? parsed.data : expandGrid(parsed.data);
  for (const item of check(experiment)) problems.push(item);
  if (problems.length > 0) throw new ExperimentError(problems, source);
  return experiment;
}

/**
 * The data set of an experiment, for readers of records that need no more: the network may be one of another program.
 * @param source how to name the experiment in errors
 * @throws ExperimentError with one line a mistake.
 */
export function parseExperimentData(input: unknown, source?: string): Pick<Experiment, 'dataset'> {
  const schema = experimentSchema.pick({ dataset: true }).loose();
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw new ExperimentError(describeIssues(parsed.error, schema, input), source);
  const { dataset } = parsed.data;
  const problems = [...checkDataset(dataset)];
  if (problems.length > 0) throw new ExperimentError(problems, source);
  return { dataset };
}

/** The data set's registry entry, for an experiment that was parsed. */
export function datasetEntry(experiment: Pick<Experiment, 'dataset'>): DatasetEntry {
  return datasetNamed(experiment.dataset.name)!;
}

function* check(experiment: Experiment): Generator<string> {
  yield* checkNames(experiment);
  yield* checkLength(experiment);
  yield* checkOptimizer(experiment);
  const { seeds, selectors, grid } = experiment;
  if (Object.keys(selectors).length === 0 && grid === undefined) {
    yield `selectors: is empty; name at least one of ${[...selectorNames()].join(', ')}`;
  }
  if (new Set(seeds).size < seeds.length) yield `seeds: is ${shortJson(seeds)}; expected distinct numbers`;
}

function selectorNames(): string[] {
  return Object.keys(selectorRegistry);
}

function* checkDataset(dataset: Experiment['dataset']): Generator<string> {
  const entry = datasetNamed(dataset.name);
  if (entry === undefined) yield `dataset.name: ${unknownName(dataset.name, [...datasetRegistry.keys()])}`;
  else if (entry.needsPath && dataset.path === undefined) {
    yield `dataset.path: is missing; expected the folder that holds the data: give --data-path`;
  } else {
    if (dataset.corrections !== undefined && !isOfFiles(entry)) {
      yield `dataset.corrections: is not used by ${dataset.name}, whose images are no files; leave it out`;
    }
    for (const field of READ_FIELDS) {
      if (dataset[field] !== undefined && !entry.fields.includes(field)) {
        yield `dataset.${field}: is not used by ${dataset.name}; leave it out`;
      }
    }
  }
}

function* checkNames({ dataset, model }: Experiment): Generator<string> {
  yield* checkDataset(dataset);
  yield* checkSource('dataset', dataset, loadedDataset(dataset.name));
  yield* checkSource('model', model, loadedModel(model.name));
  const modelEntry = modelNamed(model.name);
  if (modelEntry === undefined) {
    yield `model.name: ${unknownName(model.name, [...modelRegistry.keys()])}`;
    return;
  }
  const options = modelEntry.options.safeParse(model.options);
  if (!options.success) {
    for (const problem of describeIssues(options.error, modelEntry.options, model.options)) {
      yield `model.options.${problem}`;
    }
  }
}

function* checkLength({
  epochs,
  iterations,
  warmupEpochs,
  learningRate,
  probe,
}: Experiment): Generator<string> {
  if ((epochs === undefined) === (iterations === undefined)) {
    yield `epochs: give either epochs or iterations${epochs === undefined ? '' : ', not both'}`;
  }
  if (epochs !== undefined && warmupEpochs >= epochs) {
    yield `warmupEpochs: is ${warmupEpochs}; expected less than the ${epochs} epochs of the run`;
  }
  if (probe !== undefined && epochs !== undefined && probe.epochs > epochs) {
    yield `probe.epochs: is ${probe.epochs}; expected at most the ${epochs} epochs of the run`;
  }
  let last = 0;
  for (const [i, [when]] of learningRate.steps.entries()) {
    if (when >= 1 && !Number.isInteger(when)) {
      yield `learningRate.steps[${i}][0]: is ${when}; expected a share of the run below 1 or a whole number of epochs`;
    }
    const at = epochs === undefined || when >= 1 ? when : when * epochs;
    if (at <= last) yield `learningRate.steps[${i}][0]: is ${when}; expected ascending order`;
    last = at;
  }
}

function* checkOptimizer({ optimizer }: Experiment): Generator<string> {
  if (optimizer.name === 'momentum') return;
  for (const field of ['momentum', 'nesterov'] as const) {
    if (optimizer[field] !== undefined) {
      yield `optimizer.${field}: is not used by ${optimizer.name}; leave it out or choose momentum`;
    }
  }
}

/** Sizes of the data set as loaded. */
export interface DatasetSize {
  readonly trainSize: number;
  readonly testSize: number;
  readonly classes: number;
  /** SHA-256 of what they are (`DataIdentity`); absent of data that are not here yet. */
  readonly fingerprint?: string;
}

/**
 * Fills in what depends on the data: sizes, epochs, and the options of selectors, which take `warmupEpochs` and `window` from
 * the experiment unless they are given, or are off (null) by default.
 * @param auto what the backend `auto` means here
 * @param inputs what `readMethodInputs` read
 * @throws ExperimentError with one line a mistake.
 */
export function resolveExperiment(
  experiment: Experiment,
  data: DatasetSize,
  auto: BackendName = 'wasm',
  inputs: MethodInputs = new Map(),
): ResolvedExperiment {
  const { iterations, epochs: given, ...rest } = experiment;
  const { batchSize, warmupEpochs, window } = experiment;
  const stepsPerEpoch = Math.ceil(data.trainSize / batchSize);
  const epochs = given ?? Math.ceil(iterations! / stepsPerEpoch);
  const problems: string[] = [];
  if (batchSize > data.trainSize) {
    problems.push(`batchSize: is ${batchSize}; expected at most the ${data.trainSize} training samples`);
  }
  if (warmupEpochs >= epochs) {
    problems.push(
      `warmupEpochs: is ${warmupEpochs}; expected less than the ${epochs} epochs of the run (${iterations ?? 0} iterations)`,
    );
  }

  const selectors: Record<string, MethodChoice> = {};
  for (const [label, { name, options: own, source }] of Object.entries(experiment.selectors)) {
    const shared: Record<string, unknown> = { warmupEpochs, window };
    const loaded = loadedSelector(name);
    const definition = selectorNamed(name);
    const defaults = definition?.defaults ?? {};
    // An option that may be null is off unless it is asked for, as the window of Active Bias, which its paper does not have.
    const inherits = (key: string): boolean => key in defaults && definition!.options[key]!.nullable !== true;
    const inherited = Object.fromEntries(Object.entries(shared).filter(([key]) => inherits(key)));
    const options = { ...defaults, ...inherited, ...own };
    const path = `selectors.${label}`;
    for (const item of checkSource(path, { name, source }, loaded)) problems.push(item);
    const missing = missingOptions({ name, options }, path);
    if (missing.length > 0) {
      for (const item of missing) problems.push(item);
      continue;
    }
    try {
      createMethod(
        { name, options },
        inputs.get(label),
      )({ size: data.trainSize, classes: data.classes, epochs, seed: 0 });
    } catch (error) {
      problems.push(`${path}: ${loaded === undefined ? '' : `${name}: `}${messageOf(error)}`);
      continue;
    }
    const ownWarmup = options.warmupEpochs;
    if (typeof ownWarmup === 'number' && ownWarmup < warmupEpochs) {
      problems.push(
        `${path}.options.warmupEpochs: is ${ownWarmup}; expected at least the ${warmupEpochs} epochs of the shared warm-up`,
      );
    }
    selectors[label] = {
      name,
      options: recordedOptions(label, { name, options }, inputs.get(label)),
      ...sourceOf(loaded),
    };
  }
  if (problems.length > 0) throw new ExperimentError(problems);
  return {
    ...rest,
    dataset: {
      ...experiment.dataset,
      ...sourceOf(loadedDataset(experiment.dataset.name)),
      trainSize: data.trainSize,
      testSize: data.testSize,
      // An experiment of an earlier version has none, and stays as it is.
      ...(data.fingerprint !== undefined && { fingerprint: data.fingerprint }),
    },
    model: { ...experiment.model, ...sourceOf(loadedModel(experiment.model.name)) },
    augmentation: resolveAugmentation(experiment.augmentation),
    epochs,
    selectors,
    backend: experiment.backend === 'auto' ? auto : experiment.backend,
    probeSize: Math.min(experiment.probeSize, data.trainSize),
  };
}
