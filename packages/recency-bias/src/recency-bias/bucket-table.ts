import type { LabelHistory } from './label-history.js';
import type { StateDict } from '../core/selector.js';
import { readPermutation, readTyped, readVersion } from '../core/state-fields.js';
import { BucketDraws } from './bucket-draws.js';
import type { DrawTable } from './draw-table.js';

/**
 * Buckets of samples of equal uncertainty that stay as they are until `refresh`: one array, bucket by bucket, 4 bytes
 * a sample. For distributions that are fixed during an epoch.
 */
export class BucketTable extends BucketDraws implements DrawTable {
  protected readonly members: Int32Array;
  readonly #history: LabelHistory;
  readonly #classUncertainty: Float64Array;
  readonly #start: Int32Array;
  #weightOf: (uncertainty: number) => number = () => 1;

  /** A bucket for each count class of `history`, which must track them. */
  constructor(history: LabelHistory, classUncertainty: Float64Array) {
    super(classUncertainty.length);
    this.#history = history;
    this.#classUncertainty = classUncertainty;
    this.members = new Int32Array(history.size);
    this.#start = new Int32Array(classUncertainty.length);
  }

  get byteLength(): number {
    return this.members.byteLength;
  }

  refresh(): void {
    const { members, counts } = this;
    const { words, offset, stride } = this.#history.countClassView;
    counts.fill(0);
    for (let i = 0, at = offset; i < members.length; i++, at += stride) counts[words[at]!]!++;
    this.#arrange();
    const next = this.#start.slice();
    for (let i = 0, at = offset; i < members.length; i++, at += stride) members[next[words[at]!]!++] = i;
  }

  weigh(weightOf: (uncertainty: number) => number): void {
    this.#weightOf = weightOf;
    this.#weighOccupied();
  }

  update(): void {
    // Counts from the next `refresh`.
  }

  stateDict(): StateDict {
    return { version: 1, members: this.members.slice(), counts: this.counts.slice() };
  }

  prepare(state: StateDict): { commit(): void } {
    readVersion('bucket table', state, 1);
    const members = readPermutation(state, 'members', this.members.length);
    const counts = readTyped(state, 'counts', Int32Array, this.counts.length);
    if (
      counts.some((count) => count < 0) ||
      counts.reduce((sum, count) => sum + count, 0) !== members.length
    ) {
      throw new RangeError(`state.counts must not be negative and must sum to ${members.length}.`);
    }
    return {
      commit: () => {
        this.members.set(members);
        this.counts.set(counts);
        this.#arrange();
        this.#weighOccupied();
      },
    };
  }

  protected slotOf(bucket: number, rank: number): number {
    return this.#start[bucket]! + rank;
  }

  protected swap(a: number, b: number): void {
    const member = this.members[a]!;
    this.members[a] = this.members[b]!;
    this.members[b] = member;
  }

  /** A weight costs an exponential, and where samples are few, so are the buckets that have any. */
  #weighOccupied(): void {
    const { counts } = this;
    const uncertainty = this.#classUncertainty;
    const weightOf = this.#weightOf;
    const weights = new Float64Array(counts.length);
    for (let bucket = 0; bucket < counts.length; bucket++) {
      if (counts[bucket]! > 0) weights[bucket] = weightOf(uncertainty[bucket]!);
    }
    this.setWeights(weights);
  }

  /** Puts the buckets one behind the other. */
  #arrange(): void {
    for (let bucket = 1; bucket < this.counts.length; bucket++) {
      this.#start[bucket] = this.#start[bucket - 1]! + this.counts[bucket - 1]!;
    }
    this.invalidate();
  }
}
