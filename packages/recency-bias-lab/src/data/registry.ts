/** The data sets that an experiment can name. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { CIFAR100_LAYOUT, CIFAR10_LAYOUT, readCifarFolder } from './cifar-format.js';
import { CIFAR10, CIFAR10_CLASSES, fetchCifar10, loadCifar10 } from './cifar10.js';
import { CIFAR100, fetchCifar100, loadCifar100 } from './cifar100.js';
import { FASHION_MNIST, fetchFashionMnist, loadFashionMnist } from './fashion-mnist.js';
import type { ImageDataset } from './image-dataset.js';
import { readIdxFolder } from './idx-folder.js';
import { loadCsvImages, loadImageFolder, loadTinyImagenet } from './load-images.js';
import type { ImageFilesOptions } from './load-images.js';
import { fetchMnist, loadMnist, MNIST } from './mnist.js';
import { readNpyFolder } from './npy-folder.js';
import { fetchTinyImagenet, TINY_IMAGENET } from './tiny-imagenet.js';
import { cacheFolder } from './verified-folder.js';
import type { FetchOptions, VerifiedFiles } from './verified-folder.js';

/** How a data set is to be read: the fields of an experiment's `dataset` that concern reading. */
export interface ReadOptions extends ImageFilesOptions {
  /** A file or folder of the user's. */
  readonly path?: string | undefined;
}

/** The fields that some data sets use and others do not. */
export const READ_FIELDS = [
  'path',
  'imageSize',
  'channels',
  'fit',
  'testShare',
  'splitSeed',
  'skipUnreadable',
  'memoryLimit',
  'trainList',
  'testList',
  'classFile',
] as const satisfies readonly (keyof ReadOptions)[];

/** One of them. */
export type ReadField = (typeof READ_FIELDS)[number];

/** The facts of a data set that are known before it is fetched. */
export interface PublishedSizes {
  readonly imageShape: ImageDataset['imageShape'];
  readonly classes: number;
  readonly trainSize: number;
  readonly testSize: number;
  /** Megabytes (10^6 bytes) to download. */
  readonly downloadMegabytes: number;
}

/** A data set by name. */
export interface DatasetEntry {
  readonly name: string;
  /** One line for listings. */
  readonly title: string;
  /** Whether it is read from a file or folder of the user's only (`dataset.path`). */
  readonly needsPath: boolean;
  /** Which fields of `dataset` it uses; others are mistakes. */
  readonly fields: readonly ReadField[];
  /** Fetches it into the cache and returns where it lies; absent where there is nothing to fetch. */
  readonly pull?: (options: FetchOptions) => Promise<string>;
  /** The files in the cache; absent where there is nothing to fetch. */
  readonly files?: VerifiedFiles;
  /** Its published sizes; absent where there is nothing to fetch. */
  readonly published?: PublishedSizes;
  /** Reads it into memory, fetching it first if need be. */
  readonly load: (options: FetchOptions & ReadOptions) => Promise<ImageDataset>;
}

const entries: readonly DatasetEntry[] = [
  {
    name: 'mnist',
    title: 'MNIST: handwritten digits, 28x28 grey, 10 classes, 60,000 + 10,000',
    needsPath: false,
    fields: [],
    pull: fetchMnist,
    files: MNIST,
    published: {
      imageShape: [28, 28, 1],
      classes: 10,
      trainSize: 60_000,
      testSize: 10_000,
      downloadMegabytes: 11,
    },
    load: loadMnist,
  },
  {
    name: 'fashion-mnist',
    title: 'Fashion-MNIST: clothes, 28x28 grey, 10 classes, 60,000 + 10,000',
    needsPath: false,
    fields: [],
    pull: fetchFashionMnist,
    files: FASHION_MNIST,
    published: {
      imageShape: [28, 28, 1],
      classes: 10,
      trainSize: 60_000,
      testSize: 10_000,
      downloadMegabytes: 31,
    },
    load: loadFashionMnist,
  },
  {
    name: 'cifar10',
    title: 'CIFAR-10: photos, 32x32 RGB, 10 classes, 50,000 + 10,000',
    needsPath: false,
    fields: ['path'],
    pull: fetchCifar10,
    files: CIFAR10,
    published: {
      imageShape: [32, 32, 3],
      classes: 10,
      trainSize: 50_000,
      testSize: 10_000,
      downloadMegabytes: 139,
    },
    load: (options) =>
      options.path === undefined
        ? loadCifar10(options)
        : readCifarFolder(resolve(options.path), CIFAR10_LAYOUT, CIFAR10_CLASSES),
  },
  {
    name: 'cifar100',
    title: 'CIFAR-100, fine labels: photos, 32x32 RGB, 100 classes, 50,000 + 10,000',
    needsPath: false,
    fields: ['path'],
    pull: fetchCifar100,
    files: CIFAR100,
    published: {
      imageShape: [32, 32, 3],
      classes: 100,
      trainSize: 50_000,
      testSize: 10_000,
      downloadMegabytes: 169,
    },
    load: (options) =>
      options.path === undefined
        ? loadCifar100(options)
        : readCifarFolder(resolve(options.path), CIFAR100_LAYOUT),
  },
  {
    name: 'tiny-imagenet',
    title: 'Tiny-ImageNet: photos, 64x64 RGB, 200 classes, 100,000 + 10,000',
    needsPath: false,
    fields: ['path', 'imageSize', 'channels', 'fit', 'skipUnreadable', 'memoryLimit'],
    pull: fetchTinyImagenet,
    files: TINY_IMAGENET,
    published: {
      imageShape: [64, 64, 3],
      classes: 200,
      trainSize: 100_000,
      testSize: 10_000,
      downloadMegabytes: 248,
    },
    load: (options) => loadTinyImagenet(options.path, options),
  },
  {
    name: 'folder',
    title:
      'images of your own, one folder a class: folder:<path> (JPEG, PNG, WebP, GIF, TIFF, AVIF; a folder or archive)',
    needsPath: true,
    fields: READ_FIELDS,
    load: (options) => loadImageFolder(options.path ?? '.', options),
  },
  {
    name: 'csv',
    title:
      'images of your own in a table: csv:<file> with the columns path and label, and perhaps split (train or test)',
    needsPath: true,
    fields: [
      ...(['path', 'imageSize', 'channels', 'fit', 'testShare', 'splitSeed'] as const),
      ...(['skipUnreadable', 'memoryLimit'] as const),
    ],
    load: (options) => loadCsvImages(options.path ?? '.', options),
  },
  {
    name: 'npy',
    title:
      'NumPy arrays of your own: npy:<folder> with images.npy and labels.npy, and perhaps test_images.npy and test_labels.npy',
    needsPath: true,
    fields: ['path', 'testShare', 'splitSeed'],
    load: (options) => readNpyFolder(resolve(options.path ?? '.'), options),
  },
  {
    name: 'idx',
    title: "a folder of your own (dataset.path) with four IDX files named as MNIST's",
    needsPath: true,
    fields: ['path'],
    load: ({ path }) => readIdxFolder(resolve(path ?? '.'), 'idx'),
  },
];

/** Whether its images are files with names of their own. */
export function isOfFiles({ fields }: Pick<DatasetEntry, 'fields'>): boolean {
  return fields.includes('skipUnreadable');
}

/** Whether a data set lies in the cache, or is never kept there. */
export function isInCache({ files }: DatasetEntry, cache: string): boolean {
  return files === undefined || existsSync(cacheFolder(files, cache));
}

/** The data set that a word of a command line means: `photos` is a folder unless it names a data set. */
export function datasetOfWord(word: string): string {
  const [name = ''] = word.split(':');
  return datasetRegistry.has(name) ? word : `folder:${word}`;
}

/** Name -> data set. */
export const datasetRegistry: ReadonlyMap<string, DatasetEntry> = new Map(
  entries.map((entry) => [entry.name, entry]),
);
