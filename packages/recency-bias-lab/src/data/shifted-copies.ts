/** Redundant training data on purpose: every image several times, each time a little shifted. */
import { Random } from 'recency-bias';
import { gatherImages } from './image-dataset.js';
import type { ImageDataset, ImageSplit } from './image-dataset.js';

/** How redundant. */
export interface Copies {
  /** How often each image is there, at least 2. */
  readonly count: number;
  /** Pixels by which a copy is shifted down or up and left or right, at most. */
  readonly shift: number;
}

/** Writes an image [height, width, channels] shifted by `dy` rows and `dx` columns; what comes in is black. */
function writeShifted(
  target: Uint8Array,
  image: Uint8Array,
  [height, width, channels]: ImageDataset['imageShape'],
  dy: number,
  dx: number,
): void {
  const row = width * channels;
  const from = Math.max(0, -dx) * channels;
  const to = (width - Math.max(0, dx)) * channels;
  for (let y = Math.max(0, dy); y < height + Math.min(0, dy); y++) {
    const source = image.subarray((y - dy) * row + from, (y - dy) * row + to);
    target.set(source, y * row + Math.max(0, dx) * channels);
  }
}

/**
 * The data set with each training image `count` times: first all images as they are, then all of them shifted at random, and so
 * on, with the same label each time. Sample i is a copy of image i % (number of images). The test data stay as they are.
 * @param seed decides the shifts, all of them alike likely, [0, 0] included
 */
export function withShiftedCopies(
  dataset: ImageDataset,
  { count, shift }: Copies,
  seed: number,
): ImageDataset {
  const { train, imageShape } = dataset;
  const size = train.size * count;
  const random = new Random(seed).split('shifted copies');
  const draw = (index: number): number => (index < train.size ? 0 : random.int(2 * shift + 1) - shift);
  const shifts = Array.from({ length: size }, (_, index) => [draw(index), draw(index)] as const);
  const length = imageShape[0] * imageShape[1] * imageShape[2];
  const shifted = (originals: Uint8Array, indices: Int32Array): Uint8Array => {
    const images = new Uint8Array(indices.length * length);
    for (const [row, index] of indices.entries()) {
      const own = images.subarray(row * length, (row + 1) * length);
      writeShifted(own, originals.subarray(row * length, (row + 1) * length), imageShape, ...shifts[index]!);
    }
    return images;
  };
  const original = (indices: Int32Array): Int32Array => indices.map((index) => index % train.size);
  const all = Int32Array.from({ length: size }, (_, index) => index);
  const labels = Int32Array.from(all, (index) => train.labels[index % train.size]!);
  const files = train.files && { files: Array.from(all, (index) => train.files![index % train.size]!) };
  const split: Omit<ImageSplit, 'images'> = { size, labels, ...files };
  if (train.source === undefined) {
    const originals = new Uint8Array(size * length);
    for (let copy = 0; copy < count; copy++) originals.set(train.images, copy * train.images.length);
    return { ...dataset, train: { ...split, images: shifted(originals, all) } };
  }
  const gather = async (indices: Int32Array): Promise<Uint8Array> =>
    shifted(await gatherImages(train, original(indices)), indices);
  return { ...dataset, train: { ...split, images: train.images, source: { gather } } };
}
