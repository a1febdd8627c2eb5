/** The models that an experiment can name. */
import { densenet } from './densenet.js';
import type { ModelEntry } from './model.js';
import { resnet } from './resnet.js';
import { smallCnn } from './small-cnn.js';
import { wideResnet } from './wide-resnet.js';

const entries: readonly ModelEntry[] = [smallCnn, resnet, wideResnet, densenet];

/** Name -> model. */
export const modelRegistry: ReadonlyMap<string, ModelEntry> = new Map(
  entries.map((entry) => [entry.name, entry]),
);
