import type { Random } from '../random.js';
import { AliasTable } from './alias-table.js';

/** After so many rejections in a row the distribution over the buckets is brought up to date. */
const PATIENCE = 8;

/**
 * Draws distinct samples in O(1) when the weight of a sample depends only on its bucket: first a bucket, in
 * proportion to weight x size, then one of its members uniformly. Exact for sampling without replacement: each draw
 * follows the weights of the samples that the batch does not have yet.
 *
 * The members lie in one array, bucket by bucket, and stay until `fill`. 4 bytes a sample.
 */
export class BucketTable {
  readonly #members: Int32Array;
  readonly #start: Int32Array;
  /** How many members of each bucket the batch under way has; they lie at the bucket's end. */
  readonly #taken: Int32Array;
  /** How many members of each bucket the batch did not have when the alias table was built. */
  readonly #open: Int32Array;
  readonly #weights: Float64Array;
  readonly #mass: Float64Array;
  readonly #alias: AliasTable;

  /** A table of `size` samples in `buckets` buckets; empty of members until `fill` or `restore`. */
  constructor(size: number, buckets: number) {
    this.#members = new Int32Array(size);
    this.#start = new Int32Array(buckets + 1);
    this.#taken = new Int32Array(buckets);
    this.#open = new Int32Array(buckets);
    this.#weights = new Float64Array(buckets);
    this.#mass = new Float64Array(buckets);
    this.#alias = new AliasTable(buckets);
  }

  /** Number of buckets. */
  get buckets(): number {
    return this.#taken.length;
  }

  /** Bytes that grow with the number of samples. */
  get byteLength(): number {
    return this.#members.byteLength;
  }

  /** Sorts all samples into buckets; sample i belongs to bucket `words[offset + i * stride]`. */
  fill(words: Uint16Array, offset: number, stride: number): void {
    const members = this.#members;
    const start = this.#start;
    start.fill(0);
    for (let i = 0, at = offset; i < members.length; i++, at += stride) start[words[at]! + 1]!++;
    for (let bucket = 0; bucket < this.buckets; bucket++) start[bucket + 1]! += start[bucket]!;
    const next = start.slice(0, this.buckets);
    for (let i = 0, at = offset; i < members.length; i++, at += stride) members[next[words[at]!]!++] = i;
  }

  /** Sets the weight of each bucket's samples: positive and finite. */
  setWeights(weights: Float64Array): void {
    this.#weights.set(weights);
    this.#build();
  }

  /** Writes `count` distinct samples to the front of `out`. At most as many as there are. */
  draw(out: Int32Array, count: number, random: Random): void {
    const members = this.#members;
    const start = this.#start;
    const taken = this.#taken;
    const open = this.#open;
    const alias = this.#alias;
    let rejections = 0;
    let rebuilt = false;
    for (let n = 0; n < count;) {
      const bucket = alias.draw(random);
      const position = start[bucket]! + random.int(open[bucket]!);
      const last = start[bucket + 1]! - taken[bucket]! - 1;
      if (position > last) {
        // The batch has this sample already. When that keeps happening, the batch holds most of the weight.
        if (++rejections >= PATIENCE) {
          this.#build();
          rebuilt = true;
          rejections = 0;
        }
        continue;
      }
      rejections = 0;
      const sample = members[position]!;
      members[position] = members[last]!;
      members[last] = sample;
      taken[bucket]!++;
      out[n++] = sample;
    }
    taken.fill(0);
    if (rebuilt) this.#build();
  }

  /** Adds each sample's probability of being the next draw to `out`. */
  probabilities(out: Float64Array): void {
    let total = 0;
    for (let bucket = 0; bucket < this.buckets; bucket++) {
      total += this.#weights[bucket]! * (this.#start[bucket + 1]! - this.#start[bucket]!);
    }
    for (let bucket = 0; bucket < this.buckets; bucket++) {
      const probability = this.#weights[bucket]! / total;
      for (let at = this.#start[bucket]!; at < this.#start[bucket + 1]!; at++) {
        out[this.#members[at]!] = probability;
      }
    }
  }

  /** The members in their order, and where each bucket starts. */
  toArrays(): { readonly members: Int32Array; readonly start: Int32Array } {
    return { members: this.#members.slice(), start: this.#start.slice() };
  }

  /** Restores what `toArrays` gave, checked by the caller; weights are to be set again. */
  restore(members: Int32Array, start: Int32Array): void {
    this.#members.set(members);
    this.#start.set(start);
  }

  #build(): void {
    for (let bucket = 0; bucket < this.buckets; bucket++) {
      const left = this.#start[bucket + 1]! - this.#start[bucket]! - this.#taken[bucket]!;
      this.#open[bucket] = left;
      this.#mass[bucket] = this.#weights[bucket]! * left;
    }
    this.#alias.build(this.#mass);
  }
}
