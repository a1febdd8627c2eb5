import type { Random } from '../core/random.js';
import { AliasTable } from '../core/sampling/alias-table.js';

/**
 * Draws distinct samples in O(1) when the weight of a sample depends only on its bucket: first a bucket, in
 * proportion to weight x size, then one of its members uniformly. Exact for sampling without replacement: each draw
 * follows the weights of the samples that the batch does not have yet.
 *
 * Where the members lie is the subclass's business.
 */
export abstract class BucketDraws {
  /** Samples, at the slots that `slotOf` gives. */
  protected abstract readonly members: Int32Array;
  /** Number of members of each bucket. */
  protected readonly counts: Int32Array;

  readonly #weights: Float64Array;
  readonly #mass: Float64Array;
  readonly #alias: AliasTable;
  /** How many members of each bucket the batch under way has; they are the bucket's last. */
  readonly #taken: Int32Array;
  /** How many members of each bucket the batch did not have when the alias table was built. */
  readonly #open: Int32Array;
  #stale = true;
  #buckets = new Int32Array(0);
  #ranks = new Int32Array(0);
  #slots = new Int32Array(0);
  /** Holds what the warming reads found, so that they are not optimised away. */
  protected touched = 0;

  constructor(buckets: number) {
    this.counts = new Int32Array(buckets);
    this.#weights = new Float64Array(buckets);
    this.#mass = new Float64Array(buckets);
    this.#alias = new AliasTable(buckets);
    this.#taken = new Int32Array(buckets);
    this.#open = new Int32Array(buckets);
  }

  /** The slot of a bucket's member, `rank` in [0, count). */
  protected abstract slotOf(bucket: number, rank: number): number;

  /** Exchanges the members in two slots. */
  protected abstract swap(a: number, b: number): void;

  /** To be called when `counts` changed. */
  protected invalidate(): void {
    this.#stale = true;
  }

  /** Sets the weight of each bucket's samples: positive and finite, or 0 for a bucket without members. */
  protected setWeights(weights: Float64Array): void {
    this.#weights.set(weights);
    this.#stale = true;
  }

  /** Writes `count` distinct samples to the front of `out`. At most as many as there are. */
  draw(out: Int32Array, count: number, random: Random): void {
    if (this.#stale) this.#build();
    if (this.#slots.length < count) {
      this.#buckets = new Int32Array(count);
      this.#ranks = new Int32Array(count);
      this.#slots = new Int32Array(count);
    }
    const members = this.members;
    const buckets = this.#buckets;
    const ranks = this.#ranks;
    const slots = this.#slots;
    const taken = this.#taken;
    for (let drawn = 0; drawn < count;) {
      // In rounds of proposals, so that the cache misses of a round overlap.
      const proposals = count - drawn;
      for (let n = 0; n < proposals; n++) {
        const bucket = this.#alias.draw(random);
        buckets[n] = bucket;
        ranks[n] = random.int(this.#open[bucket]!);
        slots[n] = this.slotOf(bucket, ranks[n]!);
      }
      let touched = 0;
      for (let n = 0; n < proposals; n++) touched ^= members[slots[n]!]!;
      this.touched = touched;
      let accepted = 0;
      for (let n = 0; n < proposals; n++) {
        const bucket = buckets[n]!;
        const last = this.counts[bucket]! - taken[bucket]! - 1;
        // The last ones are in the batch already: what is proposed again is rejected.
        if (ranks[n]! > last) continue;
        const slot = slots[n]!;
        out[drawn + accepted++] = members[slot]!;
        this.swap(slot, this.slotOf(bucket, last));
        taken[bucket]!++;
      }
      drawn += accepted;
      if (accepted * 2 < proposals) {
        // The batch holds much of the weight: go on with the distribution of what is left.
        this.#build();
        this.#stale = true;
      }
    }
    taken.fill(0);
  }

  /** Writes each sample's probability of being the next draw. */
  probabilities(out: Float64Array): void {
    const { counts } = this;
    let total = 0;
    for (let bucket = 0; bucket < counts.length; bucket++) total += this.#weights[bucket]! * counts[bucket]!;
    for (let bucket = 0; bucket < counts.length; bucket++) {
      const probability = this.#weights[bucket]! / total;
      for (let rank = 0; rank < counts[bucket]!; rank++) {
        out[this.members[this.slotOf(bucket, rank)]!] = probability;
      }
    }
  }

  /** The members bucket by bucket, each bucket in its order. */
  protected toArray(): Int32Array {
    const { counts, members } = this;
    const out = new Int32Array(counts.reduce((sum, count) => sum + count, 0));
    let at = 0;
    for (let bucket = 0; bucket < counts.length; bucket++) {
      for (let rank = 0; rank < counts[bucket]!; rank++) out[at++] = members[this.slotOf(bucket, rank)]!;
    }
    return out;
  }

  #build(): void {
    for (let bucket = 0; bucket < this.counts.length; bucket++) {
      const left = this.counts[bucket]! - this.#taken[bucket]!;
      this.#open[bucket] = left;
      this.#mass[bucket] = this.#weights[bucket]! * left;
    }
    this.#alias.build(this.#mass);
    this.#stale = false;
  }
}
