/** From image files with labels to pixels in memory. */
import { DataError } from './idx.js';
import type { FileTree } from './file-tree.js';
import { contentHash } from './identity.js';
import { decodeImage } from './image-decoder.js';
import type { TargetImage } from './image-decoder.js';
import type { ImageDataset, ImageSplit } from './image-dataset.js';

/** Image files of one part of a data set, file i belonging to sample i. */
export interface LabelledFiles {
  readonly paths: readonly string[];
  readonly labels: Int32Array;
}

/** A data set whose images are still files. */
export interface LabelledTree {
  readonly name: string;
  readonly classNames: readonly string[];
  readonly train: LabelledFiles;
  readonly test: LabelledFiles;
  /** Test data where `test` is a validation part that chooses the epoch. */
  readonly final?: LabelledFiles;
  /** Notices for the user: files that are left out, measurements that are not made. */
  readonly notices?: readonly string[];
}

/** How to decode. */
export interface DecodeOptions {
  readonly target: TargetImage;
  /** Leave out files that cannot be decoded instead of failing. Default false. */
  readonly skipUnreadable?: boolean | undefined;
  /** Told the number of images decoded so far. */
  readonly onDecoded?: (done: number, total: number) => void;
}

/** A decoded data set, and the files that were left out with the reason of each. */
export interface DecodedDataset {
  readonly dataset: ImageDataset;
  readonly skipped: readonly string[];
  /** Notices for the user about the folder. */
  readonly notices?: readonly string[];
}

const SHOWN = 10;

/** One line that names the files that cannot be read, the first ten of many. */
export function unreadableError(title: string, reasons: readonly string[]): DataError {
  const shown = reasons.slice(0, SHOWN).map((reason) => `\n  - ${reason}`);
  const more = reasons.length > SHOWN ? `\n  - and ${reasons.length - SHOWN} more` : '';
  const files = reasons.length === 1 ? '1 file' : `${reasons.length} files`;
  return new DataError(
    `${title}: ${files} cannot be read; remove what is wrong, or leave such files out with --skip-unreadable:${shown.join('')}${more}`,
  );
}

/** Moves the rows that are kept together, in place. */
function compact(
  split: ImageSplit & { readonly files: readonly string[]; readonly hashes: readonly string[] },
  keep: (index: number) => boolean,
): ImageSplit {
  const length = split.images.length / split.size;
  const files: string[] = [];
  const hashes: string[] = [];
  let size = 0;
  for (let i = 0; i < split.size; i++) {
    if (!keep(i)) continue;
    split.images.copyWithin(size * length, i * length, (i + 1) * length);
    split.labels[size++] = split.labels[i]!;
    files.push(split.files[i]!);
    hashes.push(split.hashes[i]!);
  }
  return {
    size,
    images: split.images.subarray(0, size * length),
    labels: split.labels.subarray(0, size),
    files,
    hashes,
  };
}

/**
 * Decodes all files of a data set into memory, several at a time, in one pass over the tree.
 * @throws DataError when files cannot be decoded, naming them, unless they are to be skipped; when nothing is left.
 */
export async function decodeTree(
  tree: FileTree,
  files: LabelledTree,
  { target, skipUnreadable = false, onDecoded }: DecodeOptions,
): Promise<DecodedDataset> {
  const { height, width, channels } = target;
  const length = height * width * channels;
  const make = ({ paths, labels }: LabelledFiles) => ({
    files: paths,
    hashes: new Array<string>(paths.length).fill(''),
    size: labels.length,
    images: new Uint8Array(labels.length * length),
    labels: labels.slice(),
  });
  const splits = [make(files.train), make(files.test)] as const;
  const slots = new Map<string, readonly [split: number, index: number]>();
  [files.train, files.test].forEach(({ paths }, split) => {
    paths.forEach((path, index) => slots.set(path, [split, index]));
  });

  const missing = [new Set<number>(), new Set<number>()] as const;
  const unreadable: string[] = [];
  const pending = new Set(slots.keys());
  let done = 0;
  await tree.read(pending, async (path, content) => {
    const [split, index] = slots.get(path)!;
    try {
      if (content instanceof DataError) throw content;
      splits[split]!.hashes[index] = contentHash(content);
      splits[split]!.images.set(await decodeImage(content, path, target), index * length);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      unreadable.push(error.message);
      missing[split]!.add(index);
    }
    pending.delete(path);
    onDecoded?.(++done, slots.size);
  });
  unreadable.sort();
  if (unreadable.length > 0 && !skipUnreadable) throw unreadableError(tree.title, unreadable);
  const [train, test] = splits.map((split, s) => compact(split, (index) => !missing[s]!.has(index)));
  for (const [part, split] of Object.entries({ training: train!, test: test! })) {
    if (split.size === 0) throw new DataError(`${tree.title}: holds no readable ${part} images`);
  }
  const { name, classNames } = files;
  const present = new Set(train!.labels);
  const lost = classNames.filter((_, label) => !present.has(label) && files.train.labels.includes(label));
  if (lost.length > 0)
    throw new DataError(`${tree.title}: the class ${lost[0]!} has no readable training images`);
  return {
    dataset: {
      name,
      imageShape: [height, width, channels],
      classes: classNames.length,
      classNames,
      train: train!,
      test: test!,
    },
    skipped: unreadable,
    ...(files.notices && { notices: files.notices }),
  };
}
