/** Runs the part of a network that does not change over images, once an image. */
import * as tf from '@tensorflow/tfjs';
import type { FeatureCache } from './feature-cache.js';

/** Images at a time, and images after which what was computed is saved. */
const BATCH = 64;
const SAVED = 8 * BATCH;

/** Images whose features are to be computed. */
export interface FeatureInput {
  /** Hash of the content of each image. */
  readonly hashes: readonly string[];
  /** The front's inputs for the images at `indices`. */
  readonly read: (indices: Int32Array) => Promise<tf.Tensor>;
}

/** How features are computed. */
export interface FeatureOptions {
  /** Where they are kept. Default: nowhere. */
  readonly cache?: FeatureCache | undefined;
  /** Aborted when the work is to stop; what was computed is kept. */
  readonly stop?: AbortSignal | undefined;
  /** After each batch: images done, of those that had to be computed. */
  readonly onFeatures?: ((done: number, total: number) => void) | undefined;
}

/** The work was stopped. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

/**
 * The features of images in inference mode, [images, length], from the cache as far as they are there.
 * @param length number of values of an image's features
 * @throws StoppedError when `stop` is aborted before all are computed.
 */
export async function computeFeatures(
  front: tf.LayersModel,
  length: number,
  { hashes, read }: FeatureInput,
  { cache, stop, onFeatures }: FeatureOptions = {},
): Promise<Float32Array> {
  const out = new Float32Array(hashes.length * length);
  const all = Array.from(hashes.keys());
  const missing = cache === undefined ? all : await cache.read(hashes, out);
  for (let from = 0; from < missing.length; from += SAVED) {
    const rows = missing.slice(from, from + SAVED);
    const part = new Float32Array(rows.length * length);
    for (let at = 0; at < rows.length; at += BATCH) {
      if (stop?.aborted === true) throw new StoppedError();
      const indices = Int32Array.from(rows.slice(at, at + BATCH));
      const images = await read(indices);
      const output = front.predictOnBatch(images);
      if (Array.isArray(output)) throw new TypeError('The features come out of several outputs');
      part.set(await output.data<'float32'>(), at * length);
      tf.dispose([images, output]);
      onFeatures?.(from + at + indices.length, missing.length);
      await new Promise((resolve) => setImmediate(resolve)); // wasm's promises never leave the current turn
    }
    for (const [i, row] of rows.entries()) out.set(part.subarray(i * length, (i + 1) * length), row * length);
    await cache?.add(
      rows.map((row) => hashes[row]!),
      part,
    );
  }
  return out;
}
