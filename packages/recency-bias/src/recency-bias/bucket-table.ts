import type { LabelHistory } from './label-history.js';
import { readPermutation, readTyped, readVersion } from '../core/state-fields.js';
import { bucketDraws } from './bucket-draws.js';
import type { DrawTable } from './draw-table.js';

/**
 * Buckets of samples of equal uncertainty that stay as they are until `refresh`: one array, bucket by bucket, 4 bytes
 * a sample. For distributions that are fixed during an epoch.
 *
 * @param classUncertainty the uncertainty of each count class of `history`, which must track them: a bucket each
 */
export function bucketTable(history: LabelHistory, classUncertainty: Float64Array): DrawTable {
  const { size } = history;
  const members = new Int32Array(size);
  const counts = new Int32Array(classUncertainty.length);
  const start = new Int32Array(counts.length);
  const draws = bucketDraws({
    members,
    counts,
    slotOf: (bucket, rank) => start[bucket]! + rank,
    swap: (a, b) => {
      const member = members[a]!;
      members[a] = members[b]!;
      members[b] = member;
    },
  });
  let weightOf: (uncertainty: number) => number = () => 1;

  /** A weight costs an exponential, and where samples are few, so are the buckets that have any. */
  const weighOccupied = (): void => {
    draws.setWeights(
      classUncertainty.map((uncertainty, bucket) => (counts[bucket]! > 0 ? weightOf(uncertainty) : 0)),
    );
  };

  /** Puts the buckets one behind the other. */
  const arrange = (): void => {
    for (let bucket = 1; bucket < counts.length; bucket++) {
      start[bucket] = start[bucket - 1]! + counts[bucket - 1]!;
    }
    draws.invalidate();
  };

  return {
    ...draws,
    byteLength: members.byteLength,

    refresh: () => {
      counts.fill(0);
      for (let i = 0; i < size; i++) counts[history.countClass(i)]!++;
      arrange();
      const next = start.slice();
      for (let i = 0; i < size; i++) members[next[history.countClass(i)]!++] = i;
    },

    weigh: (given) => {
      weightOf = given;
      weighOccupied();
    },

    stateDict: () => ({ version: 1, members: members.slice(), counts: counts.slice() }),

    prepare: (state) => {
      readVersion('bucket table', state, 1);
      const savedMembers = readPermutation(state, 'members', size);
      const savedCounts = readTyped(state, 'counts', Int32Array, counts.length);
      if (
        savedCounts.some((count) => count < 0) ||
        savedCounts.reduce((sum, count) => sum + count, 0) !== size
      ) {
        throw new RangeError(`state.counts must not be negative and must sum to ${size}.`);
      }
      return {
        commit: () => {
          members.set(savedMembers);
          counts.set(savedCounts);
          arrange();
          weighOccupied();
        },
      };
    },
  };
}
