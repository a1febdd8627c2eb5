/** Labelled images in memory. */

/** One part of a data set: images and labels, sample i at row i. */
export interface ImageSplit {
  /** Number of samples. */
  readonly size: number;
  /** Pixels in [0, 255], row-major [size, height, width, channels]. */
  readonly images: Uint8Array;
  /** Class of each sample, in [0, classes). */
  readonly labels: Int32Array;
}

/** A classification data set with its official division into training and test samples. */
export interface ImageDataset {
  /** Registry name, e.g. `mnist`. */
  readonly name: string;
  /** [height, width, channels] of an image. */
  readonly imageShape: readonly [height: number, width: number, channels: number];
  /** Number of classes. */
  readonly classes: number;
  /** One name a class, in the order of the labels. */
  readonly classNames: readonly string[];
  readonly train: ImageSplit;
  readonly test: ImageSplit;
}

/** Number of values of one image. */
export function imageLength({ imageShape: [height, width, channels] }: ImageDataset): number {
  return height * width * channels;
}

/** Copies the samples at `indices` into a split of their own, sample `indices[i]` becoming sample i. */
export function takeSamples(split: ImageSplit, indices: Int32Array): ImageSplit {
  const length = split.images.length / split.size;
  const images = new Uint8Array(indices.length * length);
  const labels = new Int32Array(indices.length);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i]! * length;
    images.set(split.images.subarray(from, from + length), i * length);
    labels[i] = split.labels[indices[i]!]!;
  }
  return { size: indices.length, images, labels };
}
