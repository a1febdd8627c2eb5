/** The models that an experiment can name. */
import { pretrained } from '../pretrained/pretrained.js';
import { densenet } from './densenet.js';
import type { ModelEntry, NetworkEntry } from './model.js';
import { resnet } from './resnet.js';
import { smallCnn } from './small-cnn.js';
import { wideResnet } from './wide-resnet.js';

function byName<Entry extends ModelEntry>(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  return new Map(entries.map((entry) => [entry.name, entry]));
}

/** Name -> network that is built from nothing. */
export const networkRegistry: ReadonlyMap<string, NetworkEntry> = byName([
  smallCnn,
  resnet,
  wideResnet,
  densenet,
]);

/** Name -> model. */
export const modelRegistry: ReadonlyMap<string, ModelEntry> = byName<ModelEntry>([
  ...networkRegistry.values(),
  pretrained,
]);
