/** The models that an experiment can name. */
import type { ModelEntry } from '../../models/model.js';
import { networkRegistry } from '../../models/registry.js';
import { pretrained } from '../../pretrained/pretrained.js';

/** Name -> model. */
export const modelRegistry: ReadonlyMap<string, ModelEntry> = new Map<string, ModelEntry>([
  ...networkRegistry,
  [pretrained.name, pretrained],
]);
