/** A folder (or archive) of images by class: `<class>/<image>`, or `train/<class>/...` beside `test/` or `val/`. */
import { Random } from 'recency-bias';
import type { FileTree } from './file-tree.js';
import { readImageLists } from './image-lists.js';
import type { ListOptions } from './image-lists.js';
import { DataError } from './idx.js';
import type { LabelledFiles, LabelledTree } from './labelled-files.js';
import { stratifiedSubset } from './subset.js';

/** How to divide a folder that has no division of its own. */
export interface SplitOptions extends ListOptions {
  /** Share of each class that becomes test data, in (0, 1); default 0.2. */
  readonly testShare?: number | undefined;
  /** Seed of the division; default 0. */
  readonly splitSeed?: number | undefined;
}

const READ = /\.(jpe?g|jpe|jfif|png|webp)$/i;
/** Images that are not read: they are reported as unreadable rather than passed over. */
const OTHER_IMAGES = /\.(gif|bmp|tiff?|heic|heif|avif|jp2|jxl|ico|svg)$/i;

const TRAIN_NAMES = ['train', 'training'];
const TEST_NAMES = ['test', 'testing', 'val', 'valid', 'validation'];

/** Whether a path is that of an image, readable or not; other files are ignored. */
export function isImagePath(path: string): boolean {
  return READ.test(path) || OTHER_IMAGES.test(path);
}

/** The folders directly below `prefix` that hold images somewhere below, ascending. */
function foldersBelow(images: readonly string[], prefix: string): string[] {
  const names = new Set<string>();
  for (const path of images) {
    if (!path.startsWith(prefix)) continue;
    const slash = path.indexOf('/', prefix.length);
    if (slash > 0) names.add(path.slice(prefix.length, slash));
  }
  return [...names]; // the paths are in ascending order
}

/** Descends through folders that hold nothing but one folder of folders, as archives often begin. */
function findRoot(images: readonly string[]): string {
  let root = '';
  for (;;) {
    const [only, ...others] = foldersBelow(images, root);
    if (only === undefined || others.length > 0) return root;
    if (foldersBelow(images, `${root}${only}/`).length === 0) return root;
    root += `${only}/`;
  }
}

/** The images below `prefix` with the class that their first folder names. */
function collect(images: readonly string[], prefix: string, classNames: readonly string[]): LabelledFiles {
  const labelOf = new Map(classNames.map((name, label) => [name, label]));
  const paths: string[] = [];
  const labels: number[] = [];
  for (const path of images) {
    if (!path.startsWith(prefix)) continue;
    const label = labelOf.get(path.slice(prefix.length).split('/')[0]!);
    if (label === undefined || !path.includes('/', prefix.length)) continue;
    paths.push(path);
    labels.push(label);
  }
  return { paths, labels: Int32Array.from(labels) };
}

function take({ paths, labels }: LabelledFiles, indices: Int32Array): LabelledFiles {
  return {
    paths: Array.from(indices, (index) => paths[index]!),
    labels: Int32Array.from(indices, (index) => labels[index]!),
  };
}

/** A seeded division in which each class has its share in both parts. */
function divide(
  whole: LabelledFiles,
  { testShare = 0.2, splitSeed = 0 }: SplitOptions,
): [LabelledFiles, LabelledFiles] {
  const size = Math.max(1, Math.round(whole.labels.length * testShare));
  const test = stratifiedSubset(whole.labels, size, new Random(splitSeed).split('test-share'));
  const isTest = new Set(test);
  const train = Int32Array.from(whole.labels.keys()).filter((index) => !isTest.has(index));
  return [take(whole, train), take(whole, test)];
}

/** The test folder that goes with the training folder: the first whose folders are classes of the training data. */
function findTestFolder(
  images: readonly string[],
  root: string,
  folders: readonly string[],
  classNames: readonly string[],
): string | undefined {
  for (const wanted of TEST_NAMES) {
    const folder = folders.find((name) => name.toLowerCase() === wanted);
    if (folder === undefined) continue;
    const classes = foldersBelow(images, `${root}${folder}/`);
    if (classes.length > 0 && classes.every((name) => classNames.includes(name))) return folder;
    const stray = classes.find((name) => !classNames.includes(name));
    if (stray !== undefined && classes.some((name) => classNames.includes(name))) {
      throw new DataError(`${root}${folder}/${stray}: is a class that the training images do not have`);
    }
  }
  return undefined;
}

/** Only what is in the list. */
function only({ paths, labels }: LabelledFiles, list: ReadonlySet<string>): LabelledFiles {
  const kept = Int32Array.from(labels.keys()).filter((index) => list.has(paths[index]!));
  return take({ paths, labels }, kept);
}

/** Each class needs an image to train on and one to test on. */
function checkClasses(title: string, { paths, labels }: LabelledFiles, classNames: readonly string[]): void {
  const counts = new Int32Array(classNames.length);
  for (const label of labels) counts[label]!++;
  const lone = counts.indexOf(1);
  if (lone < 0) return;
  const path = paths[labels.indexOf(lone)]!;
  throw new DataError(
    `${title}: the class ${classNames[lone]!} has a single image (${path}); at least two are needed, to train on and to test on: add some, or remove the folder`,
  );
}

/** An empty folder beside those of the classes is a class that somebody forgot to fill. */
function checkEmptyFolders(tree: FileTree, parent: string): void {
  const empty = tree.emptyFolders.find((folder) => folder.slice(0, folder.lastIndexOf('/') + 1) === parent);
  if (empty !== undefined) {
    throw new DataError(
      `${tree.title}: the folder ${empty} is empty; put images of that class into it, or remove it`,
    );
  }
}

/** A folder whose division is in lists of files. */
async function readListed(
  tree: FileTree,
  images: readonly string[],
  root: string,
  options: SplitOptions,
): Promise<LabelledTree> {
  const { train, test, names } = await readImageLists(tree, options, root, images);
  const listed = train === undefined ? images : images.filter((path) => train.has(path) || test!.has(path));
  const folders = foldersBelow(listed, root);
  if (folders.length < 2) throw new DataError(`${tree.title}: its images are of fewer than two classes`);
  const whole = collect(listed, root, folders);
  const classNames = folders.map((folder) => names.get(folder) ?? folder);
  if (train !== undefined) {
    return { name: 'folder', classNames, train: only(whole, train), test: only(whole, test!) };
  }
  checkClasses(tree.title, whole, classNames);
  const [trained, tested] = divide(whole, options);
  return { name: 'folder', classNames, train: trained, test: tested };
}

/**
 * Finds classes and division in a tree of files. Classes are in ascending order of their folders' names.
 * @param options how to divide where the disk does not say
 * @throws DataError when there are fewer than two classes, or no images.
 */
export async function readImageFolder(tree: FileTree, options: SplitOptions = {}): Promise<LabelledTree> {
  const images = tree.paths.filter(isImagePath);
  if (images.length === 0) {
    throw new DataError(`${tree.title}: holds no images (JPEG, PNG or WebP files, in one folder a class)`);
  }
  const root = findRoot(images);
  const { trainList, testList, classFile } = options;
  if (trainList !== undefined || testList !== undefined || classFile !== undefined) {
    return readListed(tree, images, root, options);
  }
  const folders = foldersBelow(images, root);
  const trainFolder = folders.find((name) => TRAIN_NAMES.includes(name.toLowerCase()));
  if (trainFolder !== undefined) {
    const classNames = foldersBelow(images, `${root}${trainFolder}/`);
    const testFolder = findTestFolder(images, root, folders, classNames);
    if (classNames.length >= 2 && testFolder !== undefined) {
      checkEmptyFolders(tree, `${root}${trainFolder}/`);
      return {
        name: 'folder',
        classNames,
        train: collect(images, `${root}${trainFolder}/`, classNames),
        test: collect(images, `${root}${testFolder}/`, classNames),
      };
    }
    if (
      folders.length > 1 &&
      folders.every((name) => [...TRAIN_NAMES, ...TEST_NAMES].includes(name.toLowerCase()))
    ) {
      throw new DataError(
        `${tree.title}: has a folder ${trainFolder} but no test or val folder with the same classes beside it`,
      );
    }
  }
  checkEmptyFolders(tree, root);
  if (folders.length < 2) {
    throw new DataError(
      `${tree.title}: ${folders.length === 0 ? 'its images are in no folder' : `all images are in one folder (${folders[0]!})`}; at least two classes are needed, one folder each`,
    );
  }
  const whole = collect(images, root, folders);
  checkClasses(tree.title, whole, folders);
  const [train, test] = divide(whole, options);
  return { name: 'folder', classNames: folders, train, test };
}
