/** A short name for what a split holds, to tell whether numbers about its samples belong to it. */
import { createHash } from 'node:crypto';
import { gatherImages } from './image-dataset.js';
import type { ImageSplit } from './image-dataset.js';

/** Images whose pixels are looked at: labels alone do not tell subsets of sorted data apart. */
const PIXEL_SAMPLES = 64;

/** SHA-256, hexadecimal, of all labels in their order and of the pixels of at most 64 images at equal distances. */
export async function fingerprint(split: ImageSplit): Promise<string> {
  const count = Math.min(split.size, PIXEL_SAMPLES);
  const indices = Int32Array.from({ length: count }, (_, i) => Math.floor((i * split.size) / count));
  return createHash('sha256')
    .update(split.labels.join())
    .update(await gatherImages(split, indices))
    .digest('hex');
}
