import type { Random } from '../core/random.js';
import { AliasTable } from '../core/sampling/alias-table.js';

/** Where the members of the buckets lie. */
export interface BucketLayout {
  /** Samples, at the slots that `slotOf` gives. */
  readonly members: Int32Array;
  /** Number of members of each bucket. */
  readonly counts: Int32Array;
  /** The slot of a bucket's member, `rank` in [0, count). */
  readonly slotOf: (bucket: number, rank: number) => number;
  /** Exchanges the members in two slots. */
  readonly swap: (a: number, b: number) => void;
}

/** Draws of samples that lie in buckets; see `bucketDraws`. */
export interface BucketDraws {
  /** To be called when `counts` changed. */
  invalidate(): void;
  /** Sets the weight of each bucket's samples: positive and finite, or 0 for a bucket without members. */
  setWeights(weights: Float64Array): void;
  /** Writes `count` distinct samples to the front of `out`. At most as many as there are. */
  draw(out: Int32Array, count: number, random: Random): void;
  /** Each sample's probability of being the next draw. */
  probabilities(): Float64Array;
}

/**
 * Draws distinct samples in O(1) when the weight of a sample depends only on its bucket: first a bucket, in
 * proportion to weight x size, then one of its members uniformly. Exact for sampling without replacement: each draw
 * follows the weights of the samples that the batch does not have yet.
 */
export function bucketDraws({ members, counts, slotOf, swap }: BucketLayout): BucketDraws {
  const { length } = counts;
  let weights: Float64Array = new Float64Array(length);
  const mass = new Float64Array(length);
  const alias = new AliasTable(length);
  /** How many members of each bucket the batch under way has; they are the bucket's last. */
  const taken = new Int32Array(length);
  /** How many members of each bucket the batch did not have when the alias table was built. */
  const open = new Int32Array(length);
  let stale = true;
  let buckets = new Int32Array(0);
  let ranks = buckets;
  let slots = buckets;

  const build = (): void => {
    for (let bucket = 0; bucket < length; bucket++) {
      open[bucket] = counts[bucket]! - taken[bucket]!;
      mass[bucket] = weights[bucket]! * open[bucket]!;
    }
    alias.build(mass);
    stale = false;
  };

  return {
    invalidate: () => {
      stale = true;
    },

    setWeights: (given) => {
      weights = given;
      stale = true;
    },

    draw: (out, count, random) => {
      if (stale) build();
      if (slots.length <= count) {
        buckets = new Int32Array(count + 1);
        ranks = new Int32Array(count + 1);
        slots = new Int32Array(count + 1);
      }
      for (let drawn = 0; drawn < count;) {
        // In rounds of proposals, so that the cache misses of a round overlap.
        const proposals = count - drawn;
        for (let n = 0; n < proposals; n++) {
          const bucket = alias.draw(random);
          buckets[n] = bucket;
          ranks[n] = random.int(open[bucket]!);
          slots[n] = slotOf(bucket, ranks[n]!);
        }
        let touched = 0;
        for (let n = 0; n < proposals; n++) touched ^= members[slots[n]!]!;
        // Kept, so that the reads are not optimised away.
        slots[proposals] = touched;
        let accepted = 0;
        for (let n = 0; n < proposals; n++) {
          const bucket = buckets[n]!;
          const last = counts[bucket]! - taken[bucket]! - 1;
          // The last ones are in the batch already: what is proposed again is rejected.
          if (ranks[n]! > last) continue;
          const slot = slots[n]!;
          out[drawn + accepted++] = members[slot]!;
          swap(slot, slotOf(bucket, last));
          taken[bucket]!++;
        }
        drawn += accepted;
        if (accepted * 2 < proposals) {
          // The batch holds much of the weight: go on with the distribution of what is left.
          build();
          stale = true;
        }
      }
      taken.fill(0);
    },

    probabilities: () => {
      let total = 0;
      for (let bucket = 0; bucket < length; bucket++) total += weights[bucket]! * counts[bucket]!;
      const out = new Float64Array(counts.reduce((sum, count) => sum + count, 0));
      for (let bucket = 0; bucket < length; bucket++) {
        for (let rank = 0; rank < counts[bucket]!; rank++) {
          out[members[slotOf(bucket, rank)]!] = weights[bucket]! / total;
        }
      }
      return out;
    },
  };
}
