/** A folder (or archive) of images by class: `<class>/<image>`, or `train/<class>/...` beside `test/` or `val/`. */
import { Random } from 'recency-bias';
import type { FileTree } from './file-tree.js';
import { findRoot, foldersBelow, partOf } from './folder-layout.js';
import type { Part } from './folder-layout.js';
import { isCompanionPath, isImagePath, READ_FORMATS } from './image-formats.js';
import { readImageLists } from './image-lists.js';
import type { ListOptions } from './image-lists.js';
import { DataError } from './idx.js';
import type { LabelledFiles, LabelledTree } from './labelled-files.js';
import { heldOut } from './subset.js';

/** How to divide a folder that has no division of its own. */
export interface SplitOptions extends ListOptions {
  /** Share of each class that becomes test data, in (0, 1); default 0.2. */
  readonly testShare?: number | undefined;
  /** Seed of the division; default 0. */
  readonly splitSeed?: number | undefined;
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

/** A seeded division in which each class has its share in both parts, and at least one image. */
export function divide(
  whole: LabelledFiles,
  { testShare = 0.2, splitSeed = 0 }: SplitOptions,
): [LabelledFiles, LabelledFiles] {
  const test = heldOut(whole.labels, testShare, new Random(splitSeed).split('test-share'));
  const isTest = new Set(test);
  const train = Int32Array.from(whole.labels.keys()).filter((index) => !isTest.has(index));
  return [take(whole, train), take(whole, test)];
}

/** Only what is in the list. */
function only({ paths, labels }: LabelledFiles, list: ReadonlySet<string>): LabelledFiles {
  const kept = Int32Array.from(labels.keys()).filter((index) => list.has(paths[index]!));
  return take({ paths, labels }, kept);
}

/** Each class needs an image to train on and one to test on. */
export function checkClasses(
  title: string,
  { paths, labels }: LabelledFiles,
  classNames: readonly string[],
): void {
  const counts = new Int32Array(classNames.length);
  for (const label of labels) counts[label]!++;
  const lone = counts.indexOf(1);
  if (lone < 0) return;
  const path = paths[labels.indexOf(lone)]!;
  throw new DataError(
    `${title}: the class ${classNames[lone]!} has a single image (${path}); at least two are needed, to train on and to test on: add some, or leave the class out`,
  );
}

/** `a, b and 3 more` */
function naming(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

/** Folders beside those of the classes in which no image is found are classes that nobody can learn, unless they hold lists and the like. */
function checkFolders(tree: FileTree, parent: string, classNames: readonly string[]): string[] {
  const empty = tree.emptyFolders.find((folder) => folder.slice(0, folder.lastIndexOf('/') + 1) === parent);
  if (empty !== undefined) {
    throw new DataError(
      `${tree.title}: the folder ${empty} is empty; put images of that class into it, or remove it`,
    );
  }
  const known = new Set(classNames);
  for (const name of foldersBelow(tree.paths, parent)) {
    if (known.has(name)) continue;
    const files = tree.paths.filter((path) => path.startsWith(`${parent}${name}/`));
    const photos = files.filter((path) => !isCompanionPath(path));
    if (photos.length === 0) continue;
    const names = photos.map((path) => path.slice(parent.length));
    throw new DataError(
      `${tree.title}: the folder ${parent}${name} holds no file that is known as an image (${naming(names)}); give its photos names such as photo.jpg (${READ_FORMATS}), or remove it`,
    );
  }
  const loose = tree.paths.filter(
    (path) => path.startsWith(parent) && !path.includes('/', parent.length) && isImagePath(path),
  );
  if (loose.length === 0) return [];
  const which = loose.length === 1 ? '1 image lies' : `${loose.length} images lie`;
  return [`${which} beside the folders of the classes, in none of them: left out (${naming(loose)})`];
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

/** A folder of the division, and where its classes begin. */
interface PartFolder {
  readonly name: string;
  readonly prefix: string;
  readonly classes: readonly string[];
}

/** The folder of a part; undefined where there is none. */
function partFolder(
  tree: FileTree,
  images: readonly string[],
  root: string,
  folders: readonly string[],
  part: Part,
): PartFolder | undefined {
  const found = folders
    .filter((name) => partOf(name) === part)
    .map((name) => {
      const prefix = findRoot(images, `${root}${name}/`);
      return { name, prefix, classes: foldersBelow(images, prefix) };
    })
    .filter(({ classes }) => classes.length > 0);
  const [first, second] = found;
  if (first !== undefined && second !== undefined) {
    throw new DataError(
      `${tree.title}: both ${root}${first.name} and ${root}${second.name} look like its ${part} part; leave one of them`,
    );
  }
  return first;
}

/** Classes of the training images that a part has no image of. */
function absent(title: string, part: PartFolder, classNames: readonly string[]): string[] {
  const stray = part.classes.find((name) => !classNames.includes(name));
  if (stray !== undefined) {
    throw new DataError(`${part.prefix}${stray}: is a class that the training images do not have`);
  }
  const missing = classNames.filter((name) => !part.classes.includes(name));
  return missing.length === 0
    ? []
    : [
        `${title}: ${part.name} holds no image of ${naming(missing)}: how well that is recognised is not measured`,
      ];
}

/** The division that folders make; undefined where they are no such folders. */
function readDivided(
  tree: FileTree,
  images: readonly string[],
  root: string,
  folders: readonly string[],
): LabelledTree | undefined {
  const find = (part: Part): PartFolder | undefined => partFolder(tree, images, root, folders, part);
  const train = find('train');
  if (train === undefined || train.classes.length < 2) return undefined;
  const { classes: classNames } = train;
  const shares = (part: PartFolder | undefined): part is PartFolder =>
    part?.classes.some((name) => classNames.includes(name)) === true;
  const [val, test] = [find('val'), find('test')].map((part) => (shares(part) ? part : undefined));
  const held = val ?? test;
  if (held === undefined) {
    if (folders.length > 1 && folders.every((name) => partOf(name) !== undefined)) {
      throw new DataError(
        `${tree.title}: has a folder ${train.name} but no test or val folder with the same classes beside it`,
      );
    }
    return undefined;
  }
  const final = val === undefined ? undefined : test;
  const used = [train, held, final].flatMap((part) => (part === undefined ? [] : [part.name]));
  const unused = folders.filter((name) => !used.includes(name));
  const files = collect(images, held.prefix, classNames);
  const finalFiles = final && collect(images, final.prefix, classNames);
  return {
    name: 'folder',
    classNames,
    train: collect(images, train.prefix, classNames),
    test: files,
    ...(finalFiles && { final: finalFiles }),
    notices: [
      ...checkFolders(tree, train.prefix, classNames),
      ...absent(tree.title, held, classNames),
      ...(final === undefined ? [] : absent(tree.title, final, classNames)),
      ...(finalFiles === undefined
        ? []
        : [
            `${held.name} is held out and chooses the best epoch; the ${finalFiles.paths.length} images of ${final!.name} are left for the end`,
          ]),
      ...(unused.length === 0 ? [] : [`not used: ${naming(unused)}, which is no part of the division`]),
    ],
  };
}

/** Refuses folders that look like parts of a division rather than classes. */
function checkNoDivision(
  tree: FileTree,
  images: readonly string[],
  root: string,
  folders: readonly string[],
): void {
  const inside = folders.map((name) => foldersBelow(images, `${root}${name}/`));
  const [first = []] = inside;
  const refuse = (what: string): never => {
    throw new DataError(
      `${tree.title}: looks like a division into parts, but not one that is understood: ${what}. Name the parts train and test (or train, val and test), each with one folder a class; or put the folders of the classes side by side`,
    );
  };
  if (first.length >= 2 && inside.every((names) => names.join('/') === first.join('/'))) {
    refuse(`each of its folders (${naming(folders)}) holds the same folders (${naming(first)})`);
  }
  const part = folders.findIndex((name, i) => partOf(name) === 'train' && inside[i]!.length >= 2);
  if (part >= 0) {
    const others = folders.filter((_, i) => i !== part);
    refuse(`${folders[part]!} holds folders (${naming(inside[part]!)}), and beside it is ${naming(others)}`);
  }
  if (
    folders.every((name) => partOf(name) !== undefined) &&
    folders.some((name) => partOf(name) === 'train')
  ) {
    refuse(`its folders are ${naming(folders)}, and hold no folders of classes`);
  }
}

/**
 * Finds classes and division in a tree of files. Classes are in ascending order of their folders' names.
 * @param options how to divide where the disk does not say
 * @throws DataError when there are fewer than two classes, or no images; when folders are neither classes nor a division that is
 *   understood.
 */
export async function readImageFolder(tree: FileTree, options: SplitOptions = {}): Promise<LabelledTree> {
  const images = tree.paths.filter(isImagePath);
  if (images.length === 0) {
    throw new DataError(`${tree.title}: holds no images (${READ_FORMATS} files, in one folder a class)`);
  }
  const root = findRoot(images);
  const { trainList, testList, classFile } = options;
  if (trainList !== undefined || testList !== undefined || classFile !== undefined) {
    return readListed(tree, images, root, options);
  }
  const folders = foldersBelow(images, root);
  const divided = readDivided(tree, images, root, folders);
  if (divided !== undefined) return divided;
  const notices = checkFolders(tree, root, folders);
  if (folders.length < 2) {
    throw new DataError(
      `${tree.title}: ${folders.length === 0 ? 'its images are in no folder' : `all images are in one folder (${folders[0]!})`}; at least two classes are needed, one folder each`,
    );
  }
  checkNoDivision(tree, images, root, folders);
  const whole = collect(images, root, folders);
  checkClasses(tree.title, whole, folders);
  const [train, test] = divide(whole, options);
  return { name: 'folder', classNames: folders, train, test, notices };
}
