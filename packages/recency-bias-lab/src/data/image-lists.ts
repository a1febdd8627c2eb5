/** Text files that come with folders of images: which images are for training and testing, and what classes are called. */
import { readTexts } from './file-tree.js';
import type { FileTree } from './file-tree.js';
import { DataError } from './idx.js';

/** Names of such files, relative to the folder. */
export interface ListOptions {
  /** Images to train on, one path a line, relative to the folder of the classes. Default: all but those of `testList`. */
  readonly trainList?: string | undefined;
  /** Images to test on. Default: all but those of `trainList`. */
  readonly testList?: string | undefined;
  /** Lines of a class's folder, a tab and its name; other lines, such as a heading, are passed over. */
  readonly classFile?: string | undefined;
}

/** The content of the files. */
export interface ImageLists {
  /** Paths within the tree. */
  readonly train?: ReadonlySet<string>;
  readonly test?: ReadonlySet<string>;
  /** Folder of a class -> its name. */
  readonly names: ReadonlyMap<string, string>;
}

function parseList(text: string, source: string, root: string, present: ReadonlySet<string>): Set<string> {
  const listed = new Set<string>();
  for (const [i, line] of text.split('\n').entries()) {
    const name = line.trim().replaceAll('\\', '/');
    if (name === '') continue;
    const path = [root + name, name].find((candidate) => present.has(candidate));
    if (path === undefined) throw new DataError(`${source}:${i + 1}: names ${name}, which is not there`);
    listed.add(path);
  }
  if (listed.size === 0) throw new DataError(`${source}: names no images`);
  return listed;
}

function parseNames(text: string): Map<string, string> {
  const rows = text.split('\n').map((line) => line.trim().split('\t'));
  return new Map(rows.flatMap(([folder, name]) => (folder && name ? [[folder, name.trim()] as const] : [])));
}

/**
 * Reads them.
 * @param root what is above the folders of the classes
 * @param images paths of all images
 * @throws DataError when one is missing or names an image that is.
 */
export async function readImageLists(
  tree: FileTree,
  { trainList, testList, classFile }: ListOptions,
  root: string,
  images: readonly string[],
): Promise<ImageLists> {
  const wanted = [trainList, testList, classFile].filter((file) => file !== undefined);
  const texts = await readTexts(tree, wanted);
  const missing = wanted.find((file) => !texts.has(file));
  if (missing !== undefined) throw new DataError(`${tree.title}: holds no file ${missing}`);
  const present = new Set(images);
  const listOf = (file: string | undefined): Set<string> | undefined =>
    file === undefined ? undefined : parseList(texts.get(file)!, `${tree.title}: ${file}`, root, present);
  const rest = (listed: ReadonlySet<string> | undefined): Set<string> | undefined =>
    listed && new Set(images.filter((path) => !listed.has(path)));
  const train = listOf(trainList);
  const test = listOf(testList);
  const twice = [...(train ?? [])].find((path) => test?.has(path));
  if (twice !== undefined)
    throw new DataError(`${tree.title}: ${twice} is in both ${trainList!} and ${testList!}`);
  return {
    ...(train !== undefined || test !== undefined
      ? { train: train ?? rest(test)!, test: test ?? rest(train)! }
      : {}),
    names: classFile === undefined ? new Map() : parseNames(texts.get(classFile)!),
  };
}
