/** The data sets that an experiment can name. */
import { resolve } from 'node:path';
import type { ImageDataset } from './image-dataset.js';
import { readIdxFolder } from './idx-folder.js';
import { fetchFashionMnist, loadFashionMnist } from './fashion-mnist.js';
import { fetchMnist, loadMnist } from './mnist.js';
import type { FetchOptions } from './verified-folder.js';

/** A data set by name. */
export interface DatasetEntry {
  readonly name: string;
  /** One line for listings. */
  readonly title: string;
  /** Whether it is read from a folder of the user's (`dataset.path`). */
  readonly needsPath: boolean;
  /** Fetches it into the cache and returns where it lies; absent where there is nothing to fetch. */
  readonly pull?: (options: FetchOptions) => Promise<string>;
  /** Reads it into memory, fetching it first if need be. */
  readonly load: (options: FetchOptions & { readonly path?: string }) => Promise<ImageDataset>;
}

const entries: readonly DatasetEntry[] = [
  {
    name: 'mnist',
    title: 'MNIST: handwritten digits, 28x28 grey, 10 classes, 60,000 + 10,000 (11 MB download)',
    needsPath: false,
    pull: fetchMnist,
    load: loadMnist,
  },
  {
    name: 'fashion-mnist',
    title: 'Fashion-MNIST: clothes, 28x28 grey, 10 classes, 60,000 + 10,000 (31 MB download)',
    needsPath: false,
    pull: fetchFashionMnist,
    load: loadFashionMnist,
  },
  {
    name: 'idx',
    title: "a folder of your own (dataset.path) with four IDX files named as MNIST's",
    needsPath: true,
    load: ({ path }) => readIdxFolder(resolve(path ?? '.'), 'idx'),
  },
];

/** Name -> data set. */
export const datasetRegistry: ReadonlyMap<string, DatasetEntry> = new Map(
  entries.map((entry) => [entry.name, entry]),
);
