/** Reads the files in an archive (tar, tar.gz or zip) one after another, without unpacking it to disk. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { crc32, createGunzip } from 'node:zlib';
import { Parser } from 'tar';
import type { ReadEntry } from 'tar';
import { open as openZipFile } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { DataError } from './idx.js';

/** Limits beyond which an archive is taken for hostile, and which files to read. */
export interface ArchiveOptions {
  /** Whether to read this file; the others are passed over. Default: all. */
  readonly select?: (path: string) => boolean;
  /** Largest file that is read, in bytes; default 64 MiB. */
  readonly maxFileBytes?: number;
  /** Largest sum of the files' sizes, in bytes; default 64 GiB. */
  readonly maxBytes?: number;
  /** Largest number of entries; default 10 million. */
  readonly maxEntries?: number;
}

type Limits = Required<ArchiveOptions>;

/** Called with each file: its path with forward slashes, and its content. Some 64 calls may be under way at once. */
export type OnFile = (path: string, content: Uint8Array) => void | Promise<void>;

const IN_FLIGHT = 64;

/** The first of the calls that failed decides; no more than IN_FLIGHT are under way. */
class Deliveries {
  readonly #pending = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(readonly onFile: OnFile) {}

  push(path: string, content: Uint8Array): void {
    const call = Promise.resolve()
      .then(() => this.onFile(path, content))
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#pending.delete(call);
      });
    this.#pending.add(call);
  }

  /** Waits until there is room for another call. */
  async room(): Promise<void> {
    while (this.#pending.size >= IN_FLIGHT) await Promise.race(this.#pending);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async end(): Promise<void> {
    await Promise.all(this.#pending);
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

/** Keeps count, and refuses what is too much or leads out of the archive. */
class Guard {
  #entries = 0;
  #bytes = 0;

  constructor(
    readonly source: string,
    readonly limits: Limits,
  ) {}

  /** @returns the normal form of the path, or undefined when the entry is to be passed over */
  admit(rawPath: string, bytes: number): string | undefined {
    const { source, limits } = this;
    if (++this.#entries > limits.maxEntries) {
      throw new DataError(`${source}: holds more than ${limits.maxEntries} entries`);
    }
    const path = rawPath.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
    const parts = path.split('/');
    if (path.startsWith('/') || /^[A-Za-z]:/.test(path) || parts.includes('..') || path.includes('\0')) {
      throw new DataError(
        `${source}: holds an entry that leads out of the archive (${JSON.stringify(path)})`,
      );
    }
    if (!limits.select(path)) return undefined;
    if (bytes > limits.maxFileBytes) {
      throw new DataError(`${source}: ${path} has ${bytes} bytes; at most ${limits.maxFileBytes} are read`);
    }
    this.#bytes += bytes;
    if (this.#bytes > limits.maxBytes) {
      throw new DataError(`${source}: unpacks to more than ${limits.maxBytes} bytes`);
    }
    return path;
  }
}

function damaged(source: string, error: unknown): DataError {
  if (error instanceof DataError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new DataError(`${source}: is damaged (${reason}); fetch it again`);
}

async function readTar(
  source: string,
  compressed: boolean,
  guard: Guard,
  deliveries: Deliveries,
): Promise<void> {
  let failure: Error | undefined;
  const fail = (error: unknown): void => {
    failure ??= error instanceof Error ? error : new Error(String(error));
  };
  const onReadEntry = (entry: ReadEntry): void => {
    try {
      const isFile = entry.type === 'File' || entry.type === 'OldFile' || entry.type === 'ContiguousFile';
      const path = isFile ? guard.admit(entry.path, entry.size) : undefined;
      if (!isFile) guard.admit(entry.path, 0);
      if (path === undefined || failure !== undefined) {
        entry.resume();
        return;
      }
      const chunks: Uint8Array[] = [];
      entry.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
      });
      entry.on('end', () => {
        if (failure === undefined) deliveries.push(path, Buffer.concat(chunks));
      });
    } catch (error) {
      fail(error);
      entry.resume();
    }
  };
  const parser = new Parser({ strict: true, onReadEntry });
  parser.on('error', fail);
  const ended = new Promise<void>((resolve) => {
    parser.on('end', resolve);
    parser.on('error', () => {
      resolve();
    });
  });
  const file = createReadStream(source, { highWaterMark: 2 ** 18 });
  const gunzip = compressed ? createGunzip({ chunkSize: 2 ** 18 }) : undefined;
  const bytes = gunzip === undefined ? file : file.on('error', (error) => gunzip.destroy(error)).pipe(gunzip);
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      parser.write(chunk);
      if (failure !== undefined) throw failure;
      await deliveries.room();
    }
    parser.end();
    await ended;
    if (failure !== undefined) throw failure;
  } finally {
    file.destroy();
    gunzip?.destroy();
  }
}

const openZip = (path: string): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    openZipFile(path, { lazyEntries: true, autoClose: false }, (error, zip) => {
      if (error) reject(error);
      else resolve(zip);
    });
  });

async function zipContent(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) => {
      if (error) reject(error);
      else resolve(opened);
    });
  });
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk); // stops at the declared size
  const content = Buffer.concat(chunks);
  if (crc32(content) !== entry.crc32) throw new Error(`the checksum of ${entry.fileName} is wrong`);
  return content;
}

async function readZip(source: string, guard: Guard, deliveries: Deliveries): Promise<void> {
  const zip = await openZip(source);
  try {
    for (;;) {
      const entry = await new Promise<Entry | undefined>((resolve, reject) => {
        zip.once('entry', resolve);
        zip.once('end', () => {
          resolve(undefined);
        });
        zip.once('error', reject);
        zip.readEntry();
      }).finally(() => zip.removeAllListeners());
      if (entry === undefined) return;
      if (entry.fileName.endsWith('/')) continue;
      const path = guard.admit(entry.fileName, entry.uncompressedSize);
      if (path === undefined) continue;
      await deliveries.room();
      deliveries.push(path, await zipContent(zip, entry));
    }
  } finally {
    zip.close();
  }
}

/** The kind of a file by its first bytes. */
async function archiveKind(source: string): Promise<'zip' | 'gzip' | 'tar'> {
  const head = Buffer.alloc(512);
  let length: number;
  try {
    const file = await open(source);
    try {
      ({ bytesRead: length } = await file.read(head, 0, head.length, 0));
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new DataError(`${source}: ${code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`}`);
  }
  if (length === 0) throw new DataError(`${source}: is empty`);
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (head[0] === 0x50 && head[1] === 0x4b) return 'zip';
  if (head.toString('latin1', 257, 262) === 'ustar') return 'tar';
  throw new DataError(`${source}: is neither a tar, a tar.gz nor a zip archive`);
}

/**
 * Hands the files in an archive to `onFile`. Directories and links are passed over; nothing is written to disk.
 * @throws DataError when the file is no archive, is damaged, or is hostile (a path that leads out of the archive, sizes beyond
 *   the limits); and whatever `onFile` throws.
 */
export async function readArchive(
  source: string,
  onFile: OnFile,
  options: ArchiveOptions = {},
): Promise<void> {
  const limits: Limits = {
    select: () => true,
    maxFileBytes: 64 * 2 ** 20,
    maxBytes: 64 * 2 ** 30,
    maxEntries: 10_000_000,
    ...options,
  };
  const kind = await archiveKind(source);
  const guard = new Guard(source, limits);
  const deliveries = new Deliveries(onFile);
  let failure: { readonly error: unknown } | undefined;
  try {
    if (kind === 'zip') await readZip(source, guard, deliveries);
    else await readTar(source, kind === 'gzip', guard, deliveries);
  } catch (error) {
    failure = { error };
  }
  await deliveries.end(); // what the receiver says comes first: it is why reading stopped
  if (failure !== undefined) throw damaged(source, failure.error);
}
