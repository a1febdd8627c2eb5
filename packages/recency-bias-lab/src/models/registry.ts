/** The models that an experiment can name. */
import type { ModelEntry } from './model.js';
import { smallCnn } from './small-cnn.js';

const entries: readonly ModelEntry[] = [smallCnn];

/** Name -> model. */
export const modelRegistry: ReadonlyMap<string, ModelEntry> = new Map(
  entries.map((entry) => [entry.name, entry]),
);
