import type { LabelHistory } from './label-history.js';
import { readPermutation, readVersion } from '../core/state-fields.js';
import { bucketDraws } from './bucket-draws.js';
import type { DrawTable } from './draw-table.js';

/**
 * Buckets of samples of equal uncertainty between which samples move at once, by swap-remove in O(1). The members lie in
 * pages of one pool, so that buckets grow and shrink without copying: with its position each sample takes 8 bytes and a
 * share of the pages' slack.
 *
 * @param classUncertainty the uncertainty of each count class of `history`, which must track them: a bucket each
 */
export function pagedBucketTable(history: LabelHistory, classUncertainty: Float64Array): DrawTable {
  const { size } = history;
  const buckets = classUncertainty.length;
  // Every bucket may have one page that is not full: pages small enough that this costs at most an eighth more.
  const shift = Math.min(10, Math.max(2, Math.floor(Math.log2(size / (8 * buckets)))));
  const mask = (1 << shift) - 1;
  const pageCount = Math.ceil(size / 2 ** shift) + buckets;
  const members = new Int32Array(pageCount * 2 ** shift);
  const counts = new Int32Array(buckets);
  /** Slot of each sample. */
  const slotOfSample = new Int32Array(size);
  /** Pages of each bucket, in order; grown by doubling. */
  const pages = Array.from(counts, () => new Int32Array(1));
  const free = new Int32Array(pageCount);
  let freeCount = 0;

  const slotOf = (bucket: number, rank: number): number =>
    (pages[bucket]![rank >>> shift]! << shift) + (rank & mask);

  const put = (slot: number, sample: number): void => {
    members[slot] = sample;
    slotOfSample[sample] = slot;
  };

  const swap = (a: number, b: number): void => {
    const first = members[a]!;
    put(a, members[b]!);
    put(b, first);
  };

  const add = (sample: number): void => {
    const bucket = history.countClass(sample);
    const rank = counts[bucket]!++;
    const number = rank >>> shift;
    if ((rank & mask) === 0) {
      const own = pages[bucket]!;
      if (number === own.length) {
        pages[bucket] = new Int32Array(2 * number);
        pages[bucket].set(own);
      }
      pages[bucket]![number] = free[--freeCount]!;
    }
    put(slotOf(bucket, rank), sample);
  };

  const draws = bucketDraws({ members, counts, slotOf, swap });

  /** Starts over with all samples, in the order of `sampleAt`. */
  const load = (sampleAt: (n: number) => number): void => {
    counts.fill(0);
    freeCount = pageCount;
    for (let n = 0; n < pageCount; n++) free[n] = pageCount - 1 - n;
    for (let n = 0; n < size; n++) add(sampleAt(n));
    draws.invalidate();
  };

  return {
    ...draws,

    get byteLength() {
      const directory = pages.reduce((sum, own) => sum + own.byteLength, 0);
      return members.byteLength + slotOfSample.byteLength + free.byteLength + directory;
    },

    refresh: () => {
      load((sample) => sample);
    },

    weigh: (weightOf) => {
      draws.setWeights(classUncertainty.map(weightOf));
    },

    update: (index, before) => {
      if (history.countClass(index) === before) return;
      const left = --counts[before]!;
      swap(slotOfSample[index]!, slotOf(before, left));
      if ((left & mask) === 0) free[freeCount++] = pages[before]![left >>> shift]!;
      add(index);
      draws.invalidate();
    },

    stateDict: () => {
      const order = new Int32Array(size);
      let at = 0;
      counts.forEach((count, bucket) => {
        for (let rank = 0; rank < count; rank++) order[at++] = members[slotOf(bucket, rank)]!;
      });
      return { version: 1, members: order };
    },

    prepare: (state) => {
      readVersion('bucket table', state, 1);
      const order = readPermutation(state, 'members', size);
      return {
        commit: () => {
          load((n) => order[n]!);
        },
      };
    },
  };
}
