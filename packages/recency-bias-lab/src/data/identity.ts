/** Which data these are: a fingerprint for records, and the files behind it, to say what differs. */
import { createHash } from 'node:crypto';
import { gatherImages } from './image-dataset.js';
import type { ImageDataset, ImageSplit } from './image-dataset.js';

/** Path of a file -> hash of its content. */
export type FileHashes = ReadonlyMap<string, string>;

/** The identity of a data set: it tells the data set from another. */
export interface DataIdentity {
  /** SHA-256, hexadecimal, of classes, division, and the content of every sample. */
  readonly fingerprint: string;
  /** Where each sample is a file: the files of both parts. */
  readonly files?: { readonly train: FileHashes; readonly test: FileHashes };
}

/** Hash of a file's content: the first 128 bits of SHA-256, hexadecimal. */
export function contentHash(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/** Images that are hashed at a time where they are not in memory. */
const PIECE = 256;

async function hashPixels(split: ImageSplit, update: (bytes: Uint8Array) => void): Promise<void> {
  if (split.source === undefined) {
    update(split.images);
    return;
  }
  for (let from = 0; from < split.size; from += PIECE) {
    const count = Math.min(PIECE, split.size - from);
    update(
      await gatherImages(
        split,
        Int32Array.from({ length: count }, (_, i) => from + i),
      ),
    );
  }
}

function filesOf({ files, hashes }: ImageSplit): FileHashes | undefined {
  return files && hashes && new Map(files.map((file, i) => [file, hashes[i]!]));
}

/**
 * The identity of a data set as it was read, before a part of it is taken: by the hashes of its files where it has them, else by
 * its pixels.
 */
export async function identityOf(dataset: ImageDataset): Promise<DataIdentity> {
  const { classNames, train, test } = dataset;
  const hash = createHash('sha256').update(JSON.stringify(classNames));
  const [trainFiles, testFiles] = [filesOf(train), filesOf(test)];
  for (const split of [train, test]) {
    hash.update(`\n${split.size}\n${split.labels.join()}\n`);
    const files = filesOf(split);
    if (files === undefined) await hashPixels(split, (bytes) => hash.update(bytes));
    else for (const [path, content] of files) hash.update(`${path}\0${content}\n`);
  }
  const fingerprint = hash.digest('hex');
  return trainFiles !== undefined && testFiles !== undefined
    ? { fingerprint, files: { train: trainFiles, test: testFiles } }
    : { fingerprint };
}

/** Files named in a message, at most. */
const NAMED = 3;

function count(paths: readonly string[], what: string): string[] {
  if (paths.length === 0) return [];
  const named = paths.slice(0, NAMED).join(', ');
  return [`${paths.length} ${what} (${named}${paths.length > NAMED ? ', ...' : ''})`];
}

/** The differences between the files of two data sets, a phrase a kind of difference; empty where only their order or classes do. */
export function fileDifferences(
  before: NonNullable<DataIdentity['files']>,
  now: NonNullable<DataIdentity['files']>,
): string[] {
  const all = ({ train, test }: typeof before): Map<string, string> => new Map([...train, ...test]);
  const [old, current] = [all(before), all(now)];
  const added = [...current.keys()].filter((path) => !old.has(path));
  const removed = [...old.keys()].filter((path) => !current.has(path));
  const changed = [...current].filter(([path, hash]) => old.has(path) && old.get(path) !== hash);
  const contents = new Map(added.map((path) => [current.get(path)!, path]));
  const renamed = removed.flatMap((path) => {
    const to = contents.get(old.get(path)!);
    return to === undefined ? [] : [[path, to] as const];
  });
  const gone = new Set(renamed.map(([from]) => from));
  const come = new Set(renamed.map(([, to]) => to));
  // By content, so that a photo that was renamed is still known.
  const heldOut = new Set(before.test.values());
  const trained = new Set(before.train.values());
  const leaked = [...now.train].filter(([, hash]) => heldOut.has(hash) && !trained.has(hash));
  const left = [...now.test].filter(([, hash]) => trained.has(hash) && !heldOut.has(hash));
  return [
    ...count(
      added.filter((path) => !come.has(path)),
      'added',
    ),
    ...count(
      removed.filter((path) => !gone.has(path)),
      'removed',
    ),
    ...count(
      renamed.map(([from, to]) => `${from} is now ${to}`),
      'renamed or moved',
    ),
    ...count(
      changed.map(([path]) => path),
      'changed',
    ),
    ...count(
      leaked.map(([path]) => path),
      'held-out would become training data',
    ),
    ...count(
      left.map(([path]) => path),
      'trained on would be held out',
    ),
  ];
}
