/** Labelled images. */

/** Images that are not in memory. */
export interface ImageSource {
  /** Pixels of the images at `indices`, row i belonging to `indices[i]`. */
  readonly gather: (indices: Int32Array) => Promise<Uint8Array>;
}

/** One part of a data set: images and labels, sample i at row i. */
export interface ImageSplit {
  /** Number of samples. */
  readonly size: number;
  /** Pixels in [0, 255], row-major [size, height, width, channels]; empty where there is a `source`. */
  readonly images: Uint8Array;
  /** Where the images come from when they do not fit into memory. */
  readonly source?: ImageSource;
  /** Class of each sample, in [0, classes). */
  readonly labels: Int32Array;
  /** Path of each sample's file within its folder or archive, where each sample is a file. */
  readonly files?: readonly string[];
  /** Hash of the content of each of these files (`contentHash`). */
  readonly hashes?: readonly string[];
  /** Hash of the pixels of each image in memory, where they are known from the cache. */
  readonly pixelHashes?: readonly string[];
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

/** Pixels of the images at `indices`, from memory or not. */
export async function gatherImages(
  { size, images, source }: ImageSplit,
  indices: Int32Array,
): Promise<Uint8Array> {
  if (source !== undefined) return source.gather(indices);
  const length = images.length / size;
  const bytes = new Uint8Array(indices.length * length);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i]! * length;
    bytes.set(images.subarray(from, from + length), i * length);
  }
  return bytes;
}

/** Copies the samples at `indices` into a split of their own, sample `indices[i]` becoming sample i. */
export function takeSamples(split: ImageSplit, indices: Int32Array): ImageSplit {
  const { source } = split;
  const files = {
    ...(split.files && { files: Array.from(indices, (index) => split.files![index]!) }),
    ...(split.hashes && { hashes: Array.from(indices, (index) => split.hashes![index]!) }),
    ...(split.pixelHashes && { pixelHashes: Array.from(indices, (index) => split.pixelHashes![index]!) }),
  };
  if (source !== undefined) {
    return {
      ...files,
      size: indices.length,
      images: split.images,
      labels: Int32Array.from(indices, (index) => split.labels[index]!),
      source: { gather: (within) => source.gather(Int32Array.from(within, (index) => indices[index]!)) },
    };
  }
  const length = split.images.length / split.size;
  const images = new Uint8Array(indices.length * length);
  const labels = new Int32Array(indices.length);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i]! * length;
    images.set(split.images.subarray(from, from + length), i * length);
    labels[i] = split.labels[indices[i]!]!;
  }
  return { ...files, size: indices.length, images, labels };
}
