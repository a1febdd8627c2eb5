/** Hashes that tell images apart, whatever their names and parts of the data set. */
import { contentHash } from './identity.js';
import { gatherImages } from './image-dataset.js';
import type { ImageSplit } from './image-dataset.js';

/** Images that are read at a time where they are not in memory. */
const PIECE = 64;

const known = new WeakMap<ImageSplit, readonly string[]>();

/**
 * The hash of each image of a split: of its pixels, or of its file where decoding it once more would cost.
 * @param length number of values of an image
 */
export async function imageHashes(split: ImageSplit, length: number): Promise<readonly string[]> {
  const found = known.get(split) ?? (await hashImages(split, length));
  known.set(split, found);
  return found;
}

async function hashImages(split: ImageSplit, length: number): Promise<readonly string[]> {
  const { size, images, source, hashes, pixelHashes } = split;
  if (source !== undefined && hashes !== undefined) return hashes;
  if (pixelHashes !== undefined) return pixelHashes;
  const result: string[] = [];
  for (let from = 0; from < size; from += PIECE) {
    const count = Math.min(PIECE, size - from);
    const indices = Int32Array.from({ length: count }, (_, i) => from + i);
    const bytes =
      source === undefined
        ? images.subarray(from * length, (from + count) * length)
        : await gatherImages(split, indices);
    for (let i = 0; i < count; i++) result.push(contentHash(bytes.subarray(i * length, (i + 1) * length)));
  }
  return result;
}
