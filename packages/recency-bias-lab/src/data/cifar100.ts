/**
 * CIFAR-100 (Krizhevsky 2009) with its fine labels: 50,000 training and 10,000 test photos, 32 x 32 RGB, 100 classes.
 * From the official address alone.
 */
import { archiveSources } from './archive-source.js';
import { CIFAR100_LAYOUT, readCifarFolder } from './cifar-format.js';
import type { ImageDataset } from './image-dataset.js';
import { fetchVerified } from './verified-folder.js';
import type { FetchOptions, VerifiedFiles } from './verified-folder.js';

const ARCHIVE = 'cifar-100-binary.tar.gz';

/** CIFAR-100's files; the authors publish the checksum of the archive only. */
export const CIFAR100: VerifiedFiles = {
  name: 'cifar100',
  title: 'CIFAR-100',
  megabytes: 360,
  files: { 'train.bin': 'recorded', 'test.bin': 'recorded', 'fine_label_names.txt': 'recorded' },
  archive: ARCHIVE,
  sources: archiveSources({
    address: `https://www.cs.toronto.edu/~kriz/${ARCHIVE}`,
    bytes: 168_513_733,
    checksum: { algorithm: 'md5', hex: '03b5dce01913d631647c71ecec9e9cb8' },
    files: ['train.bin', 'test.bin', 'fine_label_names.txt'],
  }),
};

/** Makes sure that CIFAR-100 is in the cache; returns the folder that holds it. */
export async function fetchCifar100(options: FetchOptions): Promise<string> {
  return fetchVerified(CIFAR100, options);
}

/** Reads CIFAR-100, fetching it first if it is not in the cache. */
export async function loadCifar100(options: FetchOptions): Promise<ImageDataset> {
  return readCifarFolder(await fetchCifar100(options), CIFAR100_LAYOUT);
}
