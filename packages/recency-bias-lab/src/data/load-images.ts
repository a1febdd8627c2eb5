/** Data sets of image files: found, decoded, and kept decoded in the cache. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { openFileTree } from './file-tree.js';
import type { FileTree } from './file-tree.js';
import { DataError } from './idx.js';
import { imageSize } from './image-decoder.js';
import type { Fit } from './image-decoder.js';
import type { ImageDataset } from './image-dataset.js';
import { readImageFolder } from './image-folder.js';
import type { SplitOptions } from './image-folder.js';
import { decodeTree } from './labelled-files.js';
import type { DecodedDataset, LabelledTree } from './labelled-files.js';
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
  /** Leave out files that cannot be decoded. */
  readonly skipUnreadable?: boolean | undefined;
}

/** Goes up when the same files would be decoded or divided differently. */
const VERSION = 1;
/** Image size of folders whose experiment names none. */
const FOLDER_SIDE = 64;

/** A key that changes when the files or the options do. */
async function keyOf(
  kind: string,
  path: string,
  options: ImageFilesOptions,
): Promise<{ key: string; tree?: FileTree }> {
  const info = await stat(path).catch(() => undefined);
  const { imageSize: size, channels, fit, testShare, splitSeed, skipUnreadable } = options;
  const settings = { kind, VERSION, size, channels, fit, testShare, splitSeed, skipUnreadable };
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

function checkMemory(title: string, files: LabelledTree, imageBytes: number): void {
  const images = files.train.paths.length + files.test.paths.length;
  const needed = images * imageBytes;
  const limit = totalmem() / 2;
  if (needed > limit) {
    throw new DataError(
      `${title}: ${images} images take ${Math.round(needed / 2 ** 20)} MiB in memory, more than half of what this machine has; choose a smaller dataset.imageSize`,
    );
  }
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
  let decoded: DecodedDataset | undefined = await readPacked(packed);
  if (decoded === undefined) {
    const tree = opened ?? (await openFileTree(path));
    const files = await read(tree);
    const { channels = 3, fit = 'crop', skipUnreadable, onProgress } = options;
    const size = options.imageSize ?? defaultSize ?? (await nativeSize(tree, files));
    const [height, width] = typeof size === 'number' ? [size, size] : size;
    checkMemory(tree.title, files, height * width * channels);
    decoded = await decodeTree(tree, files, {
      target: { height, width, channels, fit },
      skipUnreadable,
      onDecoded: (done, total) =>
        onProgress?.({ source: `images of ${path}`, receivedBytes: done, totalBytes: total, unit: 'images' }),
    });
    // A cache that cannot be written costs time, not the result.
    await writePacked(packed, decoded).catch(() => undefined);
  }
  if (decoded.skipped.length > 0) options.onSkipped?.(path, decoded.skipped);
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
