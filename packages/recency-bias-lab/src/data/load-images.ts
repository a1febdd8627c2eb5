/** Data sets of image files: found, decoded, and kept decoded in the cache. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { makeDirectory } from '../ground/make-directory.js';
import { replaceFile } from '../ground/replace-file.js';
import { readCsvImages } from './csv-images.js';
import { openFileTree } from './file-tree.js';
import type { FileTree } from './file-tree.js';
import { DataError } from './idx.js';
import { contentHash } from './identity.js';
import { imageSize } from './image-decoder.js';
import type { Fit, TargetImage } from './image-decoder.js';
import type { ImageDataset, ImageSplit } from './image-dataset.js';
import { readImageFolder } from './image-folder.js';
import type { SplitOptions } from './image-folder.js';
import { decodeTree } from './labelled-files.js';
import type { DecodedDataset, LabelledFiles, LabelledTree } from './labelled-files.js';
import { OnDemandImages } from './on-demand-images.js';
import { readPacked, writePacked } from './packed-dataset.js';
import { readTinyImagenet, tinyImagenetArchive } from './tiny-imagenet.js';
import type { FetchOptions } from './verified-folder.js';

/** How image files become a data set. */
export interface ImageFilesOptions extends SplitOptions {
  /** Height and width of the images; a number for both. */
  readonly imageSize?: number | readonly [height: number, width: number] | undefined;
  /** 1 for grey, 3 for RGB; default 3. */
  readonly channels?: 1 | 3 | undefined;
  /** How images of another shape are brought to it; default `crop`. */
  readonly fit?: Fit | undefined;
  /** Megabytes (10^6 bytes) of pixels to hold in memory; a folder of more is decoded on demand. Default: half of the machine's. */
  readonly memoryLimit?: number | undefined;
  /** Leave out files that cannot be decoded. */
  readonly skipUnreadable?: boolean | undefined;
}

/** Goes up when the same files would be decoded or divided differently. */
const VERSION = 4;
/** Image size of folders whose experiment names none. */
const FOLDER_SIDE = 64;

/** A key that changes when the files or the options do. */
async function keyOf(
  kind: string,
  path: string,
  options: ImageFilesOptions,
): Promise<{ key: string; tree?: FileTree }> {
  const info = await stat(path).catch(() => undefined);
  const { imageSize: size, memoryLimit, channels, fit, testShare, splitSeed, skipUnreadable } = options;
  const { trainList, testList, classFile } = options;
  const settings = {
    ...{ kind, VERSION, size, memoryLimit, channels, fit, testShare, splitSeed, skipUnreadable },
    ...{ trainList, testList, classFile },
  };
  // An archive is one file; a folder changes when any of its files does.
  const tree = info?.isFile() === true ? undefined : await openFileTree(path);
  const fingerprint = tree?.fingerprint ?? `${info!.size} ${info!.mtimeMs}`;
  const key = createHash('sha256')
    .update(JSON.stringify([settings, resolve(path), fingerprint]))
    .digest('hex')
    .slice(0, 32);
  return tree === undefined ? { key } : { key, tree };
}

/** Size of the first training image. */
async function nativeSize(tree: FileTree, { train }: LabelledTree): Promise<[number, number]> {
  const [first] = train.paths;
  if (first === undefined) throw new DataError(`${tree.title}: holds no training images`);
  let size: [number, number] | undefined;
  await tree.read(new Set([first]), async (path, content) => {
    if (content instanceof DataError) throw content;
    size = await imageSize(content, path);
  });
  return size!;
}

/** The data set with its images still in their files. */
function decodedOnDemand(
  tree: FileTree,
  files: LabelledTree,
  target: TargetImage,
  limit: number,
  hashes: ReadonlyMap<string, string>,
): ImageDataset {
  const { readOne } = tree;
  const megabytes = Math.round(limit / 1e6);
  if (readOne === undefined) {
    throw new DataError(
      `${tree.title}: its images take more than ${megabytes} MB in memory; unpack the archive, or choose a smaller dataset.imageSize or a larger dataset.memoryLimit`,
    );
  }
  const images = files.train.paths.length + files.test.paths.length;
  const split = ({ paths, labels }: LabelledFiles): ImageSplit => ({
    size: paths.length,
    images: new Uint8Array(0),
    labels,
    files: paths,
    hashes: paths.map((path) => hashes.get(path)!),
    source: new OnDemandImages(paths, readOne, target, (limit * paths.length) / images),
  });
  const { name, classNames, train, test } = files;
  const { height, width, channels } = target;
  return {
    name,
    imageShape: [height, width, channels],
    classes: classNames.length,
    classNames,
    train: split(train),
    test: split(test),
  };
}

/** The hash of every file of a tree that is asked for, kept in `path` since reading all files takes long. */
async function fileHashes(
  tree: FileTree,
  path: string,
  wanted: readonly string[],
  onProgress: FetchOptions['onProgress'],
): Promise<ReadonlyMap<string, string>> {
  const kept = await readFile(path, 'utf8').then(
    (text) => new Map(Object.entries(z.record(z.string(), z.string()).parse(JSON.parse(text)))),
    () => undefined,
  );
  if (kept !== undefined && wanted.every((file) => kept.has(file))) return kept;
  const hashes = new Map<string, string>();
  await tree.read(new Set(wanted), (file, content) => {
    if (content instanceof DataError) throw content;
    hashes.set(file, contentHash(content));
    const progress = { receivedBytes: hashes.size, totalBytes: wanted.length, unit: 'images' } as const;
    onProgress?.({ source: `images of ${tree.title}`, ...progress });
  });
  await makeDirectory(dirname(path))
    .then(() => replaceFile(path, JSON.stringify(Object.fromEntries(hashes))))
    .catch(() => undefined); // costs time the next time, not the result
  return hashes;
}

/**
 * The data set that this process read last, by its file in the cache: who reads it again, as the report of a run does, need not read
 * and check all of the file. It may be collected as if it were not here.
 */
let latest: { readonly file: string; readonly decoded: WeakRef<DecodedDataset> } | undefined;

/** A file with its size and time; undefined where there is none. */
async function stampOf(path: string): Promise<string | undefined> {
  const info = await stat(path).catch(() => undefined);
  return info && `${path} ${info.size} ${info.mtimeMs}`;
}

/** The data set in a file of the cache, perhaps still in memory. */
async function readKept(path: string): Promise<DecodedDataset | undefined> {
  const file = await stampOf(path);
  if (file === undefined) return undefined;
  const known = latest?.file === file ? latest.decoded.deref() : undefined;
  const decoded = known ?? (await readPacked(path));
  if (decoded !== undefined) latest = { file, decoded: new WeakRef(decoded) };
  return decoded;
}

async function loadImages(
  kind: string,
  path: string,
  read: (tree: FileTree) => LabelledTree | Promise<LabelledTree>,
  defaultSize: number | undefined,
  options: FetchOptions & ImageFilesOptions,
): Promise<ImageDataset> {
  const { key, tree: opened } = await keyOf(kind, path, options);
  const packed = join(options.cache, 'decoded', `${key}.bin`);
  let decoded = await readKept(packed);
  if (decoded === undefined) {
    const tree = opened ?? (await openFileTree(path));
    const files = await read(tree);
    const { channels = 3, fit = 'crop', skipUnreadable, onProgress } = options;
    const size = options.imageSize ?? defaultSize ?? (await nativeSize(tree, files));
    const [height, width] = typeof size === 'number' ? [size, size] : size;
    const target = { height, width, channels, fit };
    const limit = options.memoryLimit === undefined ? totalmem() / 2 : options.memoryLimit * 1e6;
    const needed = (files.train.paths.length + files.test.paths.length) * height * width * channels;
    if (needed > limit) {
      if (skipUnreadable === true) {
        throw new DataError(
          `${tree.title}: unreadable images cannot be skipped when images are decoded on demand; choose a smaller dataset.imageSize or a larger dataset.memoryLimit`,
        );
      }
      const hashes = await fileHashes(
        tree,
        join(options.cache, 'decoded', `${key}.json`),
        [...files.train.paths, ...files.test.paths],
        onProgress,
      );
      if (files.notices !== undefined && files.notices.length > 0) options.onNotice?.(path, files.notices);
      return decodedOnDemand(tree, files, target, limit, hashes);
    }
    decoded = await decodeTree(tree, files, {
      target,
      skipUnreadable,
      onDecoded: (done, total) =>
        onProgress?.({ source: `images of ${path}`, receivedBytes: done, totalBytes: total, unit: 'images' }),
    });
    // A cache that cannot be written costs time, not the result.
    await writePacked(packed, decoded).catch(() => undefined);
  }
  if (decoded.skipped.length > 0) options.onSkipped?.(path, decoded.skipped);
  const { notices = [] } = decoded;
  if (notices.length > 0) options.onNotice?.(path, notices);
  return decoded.dataset;
}

/**
 * Reads a folder or archive of images by class, resized to 64 x 64 unless `imageSize` says otherwise.
 * @throws DataError naming the folder or file and the problem.
 */
export async function loadImageFolder(
  path: string,
  options: FetchOptions & ImageFilesOptions,
): Promise<ImageDataset> {
  return loadImages('folder', path, (tree) => readImageFolder(tree, options), FOLDER_SIDE, options);
}

/**
 * Reads the images that a CSV file names, resized to 64 x 64 unless `imageSize` says otherwise.
 * @param path of the CSV file; the images lie below its folder
 * @throws DataError naming the file and the problem.
 */
export async function loadCsvImages(
  path: string,
  options: FetchOptions & ImageFilesOptions,
): Promise<ImageDataset> {
  const file = basename(path);
  const read = (tree: FileTree): Promise<LabelledTree> => readCsvImages(tree, file, options);
  return loadImages(`csv ${file}`, dirname(path), read, FOLDER_SIDE, options);
}

/**
 * Reads Tiny-ImageNet from a folder or archive in the official layout, or else from the cache, at the size of its first
 * image unless `imageSize` says otherwise.
 * @throws DataError naming the folder or file and the problem.
 */
export async function loadTinyImagenet(
  path: string | undefined,
  options: FetchOptions & ImageFilesOptions,
): Promise<ImageDataset> {
  const source = path ?? (await tinyImagenetArchive(options));
  return loadImages('tiny-imagenet', source, readTinyImagenet, undefined, options);
}
