/** Photos that are there twice: the same pixels, or nearly the same. */
import { imageHashes } from '../data/image-hashes.js';
import { gatherImages, imageLength } from '../data/image-dataset.js';
import type { ImageDataset, ImageSplit } from '../data/image-dataset.js';

/** Two photos that are alike. */
export interface Duplicate {
  readonly first: string;
  readonly second: string;
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
  readonly file: string;
  readonly label: number;
  readonly isHeldOut: boolean;
  readonly hash: string;
  readonly high: number;
  readonly low: number;
  /** Whether the bits say something: a plain image has none. */
  readonly isVaried: boolean;
}

/** For each cell whether it is brighter than its neighbour at the left ("dHash", N. Krawetz 2013). */
function differenceBits(
  pixels: Uint8Array,
  [height, width, channels]: ImageDataset['imageShape'],
): { high: number; low: number; isVaried: boolean } {
  const sums = new Float64Array(ROWS * (COLUMNS + 1));
  const counts = new Float64Array(sums.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = Math.floor((y * ROWS) / height) * (COLUMNS + 1) + Math.floor((x * (COLUMNS + 1)) / width);
      for (let c = 0; c < channels; c++) sums[cell]! += pixels[(y * width + x) * channels + c]!;
      counts[cell]!++;
    }
  }
  const means = sums.map((sum, cell) => sum / Math.max(1, counts[cell]!));
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

function bitsSet(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
}

async function fingerprints(
  dataset: ImageDataset,
  split: ImageSplit,
  isHeldOut: boolean,
): Promise<Fingerprint[]> {
  const length = imageLength(dataset);
  const hashes = await imageHashes(split, length);
  const result: Fingerprint[] = [];
  for (let from = 0; from < split.size; from += PIECE) {
    const indices = Int32Array.from({ length: Math.min(PIECE, split.size - from) }, (_, i) => from + i);
    const images = await gatherImages(split, indices);
    for (const [row, index] of indices.entries()) {
      result.push({
        ...differenceBits(images.subarray(row * length, (row + 1) * length), dataset.imageShape),
        ...{ isHeldOut, hash: hashes[index]!, label: split.labels[index]! },
        file: split.files?.[index] ?? `${isHeldOut ? 'held-out' : 'training'} image ${index}`,
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
  const found: Duplicate[] = [];
  for (const [i, a] of all.entries()) {
    for (const b of all.slice(i + 1)) {
      const isExact = a.hash === b.hash;
      const isNear =
        a.isVaried && b.isVaried && bitsSet(a.high ^ b.high) + bitsSet(a.low ^ b.low) <= NEAR_BITS;
      if (!isExact && !isNear) continue;
      found.push({
        ...{ first: a.file, second: b.file, isExact },
        isAcross: a.isHeldOut !== b.isHeldOut,
        sameLabel: a.label === b.label,
      });
    }
  }
  return found.sort(
    (a, b) => Number(b.isAcross) - Number(a.isAcross) || Number(b.isExact) - Number(a.isExact),
  );
}
