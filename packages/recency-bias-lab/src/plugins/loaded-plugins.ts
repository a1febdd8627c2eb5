/** The modules of the user's that this process has loaded, by the path that experiments name them with. */
import type { SelectorDefinition } from 'recency-bias';
import type { DatasetEntry } from '../data/registry.js';
import type { ModelEntry } from '../models/model.js';
import { datasetPlugin } from './dataset-plugin.js';
import { readModel } from './model-plugin.js';
import { isPluginPath } from './plugin-path.js';
import { sourceHash } from './plugin-source.js';
import { readSelector } from './selector-plugin.js';

/** A loaded module and the hash of its source (`sourceHash`). */
export interface Loaded<Part> {
  readonly part: Part;
  readonly source: string;
}

/** Modules by path; like the cache of modules that Node keeps, it grows only. */
class Loader<Part> {
  readonly #read: (path: string) => Part | Promise<Part>;
  readonly #loaded = new Map<string, Loaded<Part>>();

  constructor(read: (path: string) => Part | Promise<Part>) {
    this.#read = read;
  }

  async load(path: string): Promise<void> {
    if (this.#loaded.has(path)) return;
    const source = await sourceHash(path);
    this.#loaded.set(path, { part: await this.#read(path), source });
  }

  get(path: string): Loaded<Part> | undefined {
    return this.#loaded.get(path);
  }
}

const selectors = new Loader<SelectorDefinition>(readSelector);
const models = new Loader<ModelEntry>(readModel);
const datasets = new Loader<DatasetEntry>(datasetPlugin);

/** The selector of a module that was loaded. */
export const loadedSelector = (path: string): Loaded<SelectorDefinition> | undefined => selectors.get(path);
/** The model of a module that was loaded. */
export const loadedModel = (path: string): Loaded<ModelEntry> | undefined => models.get(path);
/** The data set of a module that was loaded. */
export const loadedDataset = (path: string): Loaded<DatasetEntry> | undefined => datasets.get(path);

function nameIn(value: unknown, field = 'name'): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : value;
}

/** Where experiments name parts that may be modules. */
export interface NamedParts {
  readonly selectors?: unknown;
  readonly grid?: unknown;
  readonly model?: unknown;
  readonly dataset?: unknown;
}

/** The names of the methods of an experiment, as written or resolved. */
export function selectorNames({ selectors: methods, grid }: NamedParts): string[] {
  const named = typeof methods === 'object' && methods !== null ? Object.values(methods) : [];
  const names = [...named.map((value) => nameIn(value)), nameIn(grid, 'selector')];
  return names.filter((name) => typeof name === 'string');
}

/**
 * Loads the modules that an experiment names, as written or resolved; then the registries know them by their paths.
 * @throws PluginError naming the file
 */
export async function loadPlugins(input: unknown): Promise<void> {
  if (typeof input !== 'object' || input === null) return;
  const { model, dataset } = input as NamedParts;
  for (const name of selectorNames(input)) if (isPluginPath(name)) await selectors.load(name);
  const [modelName, datasetName] = [nameIn(model), nameIn(dataset)];
  if (isPluginPath(modelName)) await models.load(modelName);
  if (isPluginPath(datasetName)) await datasets.load(datasetName);
}
