/** Photos that are there twice: the same pixels, or nearly the same. */
import { imageHashes } from '../data/image-hashes.js';
import { gatherImages, imageLength } from '../data/image-dataset.js';
import type { ImageDataset, ImageSplit } from '../data/image-dataset.js';

/** A photo of a data set. */
export interface PhotoPlace {
  readonly file: string;
  readonly isHeldOut: boolean;
  /** Among the held-out photos, or among the training photos. */
  readonly index: number;
}

/** Two photos that are alike. */
export interface Duplicate {
  readonly first: PhotoPlace;
  readonly second: PhotoPlace;
  readonly isExact: boolean;
  /** Whether a held-out photo is alike a training photo. */
  readonly isAcross: boolean;
  readonly sameLabel: boolean;
}

/** Cells of the grid whose neighbours are compared; one bit each. */
const ROWS = 8;
const COLUMNS = 8;
/** Bits in which nearly equal photos may differ. */
const NEAR_BITS = 3;
/** Photos that are compared at most; more would take minutes. */
const COMPARED = 5000;
/** Photos that are read at a time. */
const PIECE = 64;

interface Fingerprint {
  readonly photo: PhotoPlace;
  readonly label: number;
  readonly hash: string;
  readonly high: number;
  readonly low: number;
  /** Whether the bits say something: a plain image has none. */
  readonly isVaried: boolean;
}

/** For each cell whether it is brighter than its neighbour at the left ("dHash", N. Krawetz 2013), of images of one shape. */
class DifferenceBits {
  readonly #shape: ImageDataset['imageShape'];
  /** The cell that each row and each column of pixels lies in. */
  readonly #rows: Int32Array;
  readonly #columns: Int32Array;
  readonly #counts = new Float64Array(ROWS * (COLUMNS + 1));
  readonly #sums = new Float64Array(ROWS * (COLUMNS + 1));

  constructor(shape: ImageDataset['imageShape']) {
    this.#shape = shape;
    const [height, width] = shape;
    this.#rows = Int32Array.from({ length: height }, (_, y) => Math.floor((y * ROWS) / height));
    this.#columns = Int32Array.from({ length: width }, (_, x) => Math.floor((x * (COLUMNS + 1)) / width));
    for (const row of this.#rows) {
      for (const column of this.#columns) this.#counts[row * (COLUMNS + 1) + column]!++;
    }
  }

  of(pixels: Uint8Array): Pick<Fingerprint, 'high' | 'low' | 'isVaried'> {
    const [height, width, channels] = this.#shape;
    const sums = this.#sums.fill(0);
    let at = 0;
    for (let y = 0; y < height; y++) {
      const row = this.#rows[y]! * (COLUMNS + 1);
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let c = 0; c < channels; c++) sum += pixels[at++]!;
        sums[row + this.#columns[x]!]! += sum;
      }
    }
    const means = sums.map((sum, cell) => sum / Math.max(1, this.#counts[cell]!));
    const words = [0, 0];
    let ones = 0;
    for (let bit = 0; bit < ROWS * COLUMNS; bit++) {
      const cell = Math.floor(bit / COLUMNS) * (COLUMNS + 1) + (bit % COLUMNS);
      if (means[cell + 1]! <= means[cell]!) continue;
      words[bit >> 5]! |= 1 << (bit & 31);
      ones++;
    }
    return { high: words[0]!, low: words[1]!, isVaried: ones > 8 && ones < ROWS * COLUMNS - 8 };
  }
}

/** Number of ones among the 32 bits of a word, counted in parallel in ever wider fields. */
function bitsSet(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

async function fingerprints(
  dataset: ImageDataset,
  split: ImageSplit,
  isHeldOut: boolean,
): Promise<Fingerprint[]> {
  const length = imageLength(dataset);
  const hashes = await imageHashes(split, length);
  const bits = new DifferenceBits(dataset.imageShape);
  const result: Fingerprint[] = [];
  for (let from = 0; from < split.size; from += PIECE) {
    const indices = Int32Array.from({ length: Math.min(PIECE, split.size - from) }, (_, i) => from + i);
    const images = await gatherImages(split, indices);
    for (const [row, index] of indices.entries()) {
      result.push({
        ...bits.of(images.subarray(row * length, (row + 1) * length)),
        ...{ hash: hashes[index]!, label: split.labels[index]! },
        photo: {
          file: split.files?.[index] ?? `${isHeldOut ? 'held-out' : 'training'} image ${index}`,
          ...{ isHeldOut, index },
        },
      });
    }
  }
  return result;
}

/**
 * Finds photos that are there twice, duplicates across the division first, exact before near.
 * @returns undefined where there are too many photos to compare
 */
export async function findDuplicates(dataset: ImageDataset): Promise<Duplicate[] | undefined> {
  if (dataset.train.size + dataset.test.size > COMPARED) return undefined;
  const all = [
    ...(await fingerprints(dataset, dataset.test, true)),
    ...(await fingerprints(dataset, dataset.train, false)),
  ];
  // Millions of pairs are compared, so by plain numbers.
  const high = Int32Array.from(all, (photo) => photo.high);
  const low = Int32Array.from(all, (photo) => photo.low);
  const varied = Uint8Array.from(all, ({ isVaried }) => Number(isVaried));
  const numbers = new Map<string, number>();
  const hashes = Int32Array.from(all, ({ hash }) => {
    const number = numbers.get(hash) ?? numbers.size;
    numbers.set(hash, number);
    return number;
  });
  const found: Duplicate[] = [];
  for (let i = 0; i < all.length; i++) {
    for (let j = i + 1; j < all.length; j++) {
      const isExact = hashes[i] === hashes[j];
      const isNear =
        (varied[i]! & varied[j]!) === 1 &&
        bitsSet(high[i]! ^ high[j]!) + bitsSet(low[i]! ^ low[j]!) <= NEAR_BITS;
      if (!isExact && !isNear) continue;
      const [a, b] = [all[i]!, all[j]!];
      found.push({
        ...{ first: a.photo, second: b.photo, isExact },
        isAcross: a.photo.isHeldOut !== b.photo.isHeldOut,
        sameLabel: a.label === b.label,
      });
    }
  }
  return found.sort(
    (a, b) => Number(b.isAcross) - Number(a.isAcross) || Number(b.isExact) - Number(a.isExact),
  );
}
