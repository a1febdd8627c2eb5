/** Images that do not fit into memory: decoded when they are asked for, in libvips' threads, the latest ones kept. */
import type { ImageSource } from './image-dataset.js';
import { decodeImage } from './image-decoder.js';
import type { TargetImage } from './image-decoder.js';

/** Reads the encoded image of a path. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

/** The images of a list of files, sample i being file i. */
export class OnDemandImages implements ImageSource {
  readonly #paths: readonly string[];
  readonly #read: ReadFile;
  readonly #target: TargetImage;
  readonly #capacity: number;
  /** Decoded or being decoded, the least recently used first. */
  readonly #kept = new Map<number, Promise<Uint8Array>>();

  /** @param cacheBytes how much of what was decoded is kept; a batch under way may need more for a moment */
  constructor(paths: readonly string[], read: ReadFile, target: TargetImage, cacheBytes: number) {
    this.#paths = paths;
    this.#read = read;
    this.#target = target;
    this.#capacity = Math.max(1, Math.floor(cacheBytes / (target.height * target.width * target.channels)));
  }

  /** Number of images that are kept now. */
  get kept(): number {
    return this.#kept.size;
  }

  /** @throws DataError naming a file that cannot be read or decoded */
  async gather(indices: Int32Array): Promise<Uint8Array> {
    const { height, width, channels } = this.#target;
    const length = height * width * channels;
    const rows = Array.from(indices, (index) => this.#image(index));
    const bytes = new Uint8Array(indices.length * length);
    for (const [row, image] of (await Promise.all(rows)).entries()) bytes.set(image, row * length);
    return bytes;
  }

  #image(index: number): Promise<Uint8Array> {
    let image = this.#kept.get(index);
    if (image === undefined) {
      const path = this.#paths[index]!;
      image = this.#read(path).then((encoded) => decodeImage(encoded, path, this.#target));
      image.catch(() => this.#kept.delete(index)); // perhaps it can be read the next time
    } else {
      this.#kept.delete(index);
    }
    this.#kept.set(index, image);
    if (this.#kept.size > this.#capacity) this.#kept.delete(this.#kept.keys().next().value!);
    return image;
  }
}
