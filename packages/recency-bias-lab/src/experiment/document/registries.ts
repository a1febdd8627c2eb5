/** The parts that an experiment can name besides selectors: parts by their registry names, and modules of the user's by their paths, once loaded. */
import { datasetRegistry } from '../../data/registry.js';
import type { DatasetEntry } from '../../data/registry.js';
import type { ModelEntry } from '../../models/model.js';
import { loadedDataset, loadedModel } from '../../plugins/loaded-plugins.js';
import type { Loaded } from '../../plugins/loaded-plugins.js';
import { modelRegistry } from './model-registry.js';

/** A model by its name or path; undefined where there is none. */
export function modelNamed(name: string): ModelEntry | undefined {
  return modelRegistry.get(name) ?? loadedModel(name)?.part;
}

/** A data set by its name or path; undefined where there is none. */
export function datasetNamed(name: string): DatasetEntry | undefined {
  return datasetRegistry.get(name) ?? loadedDataset(name)?.part;
}

/** A part of an experiment that may be a module. */
interface NamedPart {
  readonly name: string;
  readonly source?: string | undefined;
}

/** The record of a part's source: its hash where it is a module, nothing else. */
export function sourceOf(loaded: Loaded<unknown> | undefined): { source?: string } {
  return loaded === undefined ? {} : { source: loaded.source };
}

/**
 * Says that a module has changed since the experiment began.
 * @param path of the field, for the line
 */
export function* checkSource(
  path: string,
  { name, source }: NamedPart,
  loaded: Loaded<unknown> | undefined,
): Generator<string> {
  if (source === undefined || loaded === undefined || source === loaded.source) return;
  yield `${path}: ${name} has changed since the experiment began; put it back as it was, or begin anew with another --out`;
}
