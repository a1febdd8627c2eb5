/** Features of images on disk, so that they are computed once. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeState, encodeState } from 'recency-bias';
import type { StateDict } from 'recency-bias';
import { makeDirectory } from '../ground/make-directory.js';
import { replaceFile } from '../ground/replace-file.js';

/** Content of a part: the images that it holds, by the hashes of their content, and their features. */
interface Part extends StateDict {
  readonly version: 1;
  readonly hashes: readonly string[];
  /** [images, length] */
  readonly rows: Float32Array;
}

function isPart(state: StateDict, length: number): state is Part {
  const { version, hashes, rows } = state;
  return (
    version === 1 &&
    Array.isArray(hashes) &&
    rows instanceof Float32Array &&
    rows.length === hashes.length * length
  );
}

/**
 * The features that one front of a network gives, by the images' content, in a folder of its own. Each write adds a file, so that
 * several processes may write at the same time, and nothing is lost when one is killed.
 */
export class FeatureCache {
  readonly #folder: string;
  readonly #length: number;

  /**
   * @param folder made with the first write
   * @param length number of values of an image's features
   */
  constructor(folder: string, length: number) {
    this.#folder = folder;
    this.#length = length;
  }

  /**
   * Puts the features of the images that are here into their rows of `out`. A file that is damaged counts as absent.
   * @returns the rows of the images that are not here
   */
  async read(hashes: readonly string[], out: Float32Array): Promise<number[]> {
    const rowsOf = new Map<string, number[]>();
    for (const [row, hash] of hashes.entries()) rowsOf.set(hash, [...(rowsOf.get(hash) ?? []), row]);
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names.filter((file) => file.endsWith('.bin')).sort()) {
      const part = await this.#readPart(join(this.#folder, name));
      for (const [i, hash] of (part?.hashes ?? []).entries()) {
        const row = part!.rows.subarray(i * this.#length, (i + 1) * this.#length);
        for (const target of rowsOf.get(hash) ?? []) out.set(row, target * this.#length);
        rowsOf.delete(hash);
      }
      if (rowsOf.size === 0) break;
    }
    return [...rowsOf.values()].flat().sort((a, b) => a - b);
  }

  async #readPart(path: string): Promise<Part | undefined> {
    try {
      const state = decodeState(await readFile(path));
      return isPart(state, this.#length) ? state : undefined;
    } catch {
      return undefined; // computed again
    }
  }

  /** Adds features. A cache that cannot be written costs time, not the result. */
  async add(hashes: readonly string[], rows: Float32Array): Promise<void> {
    try {
      await makeDirectory(this.#folder);
      const part: Part = { version: 1, hashes, rows };
      await replaceFile(join(this.#folder, `${hashes[0]!}.bin`), encodeState(part));
    } catch {
      // the next training computes them again
    }
  }
}
