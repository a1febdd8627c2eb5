/**
 * Tiny-ImageNet (Stanford CS231n): 100,000 training and 10,000 validation photos, 64 x 64, 200 classes, of ImageNet.
 * The validation images serve as test data, since the labels of the test images were never published.
 *
 * Read from the official layout, at any image size, in a folder or an archive:
 * `train/<wnid>/images/*`, `val/images/*`, `val/val_annotations.txt`, and optionally `words.txt`.
 */
import { join } from 'node:path';
import { readTexts } from './file-tree.js';
import type { FileTree } from './file-tree.js';
import { DataError } from './idx.js';
import { isImagePath } from './image-formats.js';
import type { LabelledFiles, LabelledTree } from './labelled-files.js';
import { download } from './npm-download.js';
import { fetchVerified } from './verified-folder.js';
import type { FetchOptions, VerifiedFiles } from './verified-folder.js';

const ARCHIVE = 'tiny-imagenet-200.zip';
const ADDRESSES = [`https://cs231n.stanford.edu/${ARCHIVE}`, `http://cs231n.stanford.edu/${ARCHIVE}`];
const ARCHIVE_BYTES = 248_100_043;
/** Height and width of the official images. */
export const TINY_IMAGENET_SIDE = 64;

/** Tiny-ImageNet's archive, which is read without being unpacked. */
export const TINY_IMAGENET: VerifiedFiles = {
  name: 'tiny-imagenet',
  title: 'Tiny-ImageNet',
  megabytes: 1700,
  files: { [ARCHIVE]: { algorithm: 'md5', hex: '90528d7ca1a48142e341f4ef8d21d0de' } },
  sources: ADDRESSES.map((address) => ({
    title: address,
    fetch: async (folder, onProgress) => {
      await download(address, join(folder, ARCHIVE), (receivedBytes) => {
        onProgress?.({ source: address, receivedBytes, totalBytes: ARCHIVE_BYTES });
      });
    },
  })),
};

/** Makes sure that Tiny-ImageNet's archive is in the cache; returns its folder. */
export async function fetchTinyImagenet(options: FetchOptions): Promise<string> {
  return fetchVerified(TINY_IMAGENET, options);
}

/** Path of the archive in the cache, fetched if need be. */
export async function tinyImagenetArchive(options: FetchOptions): Promise<string> {
  return join(await fetchTinyImagenet(options), ARCHIVE);
}

/** The path above `train/<wnid>/`, e.g. `tiny-imagenet-200/`. */
function findRoot(tree: FileTree): string {
  for (const path of tree.paths) {
    const match = /^((?:[^/]+\/)*?)train\/n\d+\//.exec(path);
    if (match !== null) return match[1]!;
  }
  throw new DataError(`${tree.title}: is not laid out as Tiny-ImageNet (no folder train/<wnid>/images)`);
}

function validationFiles(
  tree: FileTree,
  root: string,
  annotations: string,
  labelOf: ReadonlyMap<string, number>,
): LabelledFiles {
  const present = new Set(tree.paths);
  const source = `${tree.title}: ${root}val/val_annotations.txt`;
  const found = new Map<string, number>();
  for (const [i, line] of annotations.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [file = '', wnid = ''] = line.split('\t');
    const label = labelOf.get(wnid.trim());
    if (label === undefined) {
      throw new DataError(
        `${source}:${i + 1}: has the class ${JSON.stringify(wnid)}, which no training image has`,
      );
    }
    const path = `${root}val/images/${file}`;
    if (!present.has(path)) throw new DataError(`${source}:${i + 1}: names ${file}, which is not there`);
    if (found.has(path)) throw new DataError(`${source}:${i + 1}: names ${file} a second time`);
    found.set(path, label);
  }
  if (found.size === 0) throw new DataError(`${source}: is empty`);
  const paths = [...found.keys()].sort();
  return { paths, labels: Int32Array.from(paths, (path) => found.get(path)!) };
}

/**
 * Finds the labelled images of Tiny-ImageNet. Classes are in ascending order of their WordNet numbers, named by the first
 * word of `words.txt` where it is there.
 * @throws DataError when the layout or the annotations are not as they should be.
 */
export async function readTinyImagenet(tree: FileTree): Promise<LabelledTree> {
  const root = findRoot(tree);
  const paths: string[] = [];
  const wnids: string[] = [];
  for (const path of tree.paths) {
    if (!path.startsWith(`${root}train/`) || !isImagePath(path)) continue;
    paths.push(path);
    wnids.push(path.slice(root.length).split('/')[1]!);
  }
  const classes = [...new Set(wnids)].sort();
  if (classes.length < 2) throw new DataError(`${tree.title}: has training images of fewer than two classes`);
  const labelOf = new Map(classes.map((wnid, label) => [wnid, label]));
  const annotationsPath = `${root}val/val_annotations.txt`;
  const texts = await readTexts(tree, [annotationsPath, `${root}words.txt`]);
  const annotations = texts.get(annotationsPath);
  if (annotations === undefined) throw new DataError(`${tree.title}: holds no file ${annotationsPath}`);
  const words = new Map(
    (texts.get(`${root}words.txt`) ?? '').split('\n').map((line) => {
      const [wnid = '', names = ''] = line.split('\t');
      return [wnid, names.split(',')[0]!.trim()] as const;
    }),
  );
  return {
    name: 'tiny-imagenet',
    classNames: classes.map((wnid) => {
      const word = words.get(wnid) ?? '';
      return word === '' ? wnid : word;
    }),
    train: { paths, labels: Int32Array.from(wnids, (wnid) => labelOf.get(wnid)!) },
    test: validationFiles(tree, root, annotations, labelOf),
  };
}
