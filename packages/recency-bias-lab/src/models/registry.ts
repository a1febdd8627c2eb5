/** The networks that are built from nothing. */
import { densenet } from './densenet.js';
import type { NetworkEntry } from './model.js';
import { resnet } from './resnet.js';
import { smallCnn } from './small-cnn.js';
import { wideResnet } from './wide-resnet.js';

/** Name -> network that is built from nothing. */
export const networkRegistry: ReadonlyMap<string, NetworkEntry> = new Map(
  [smallCnn, resnet, wideResnet, densenet].map((entry) => [entry.name, entry]),
);
