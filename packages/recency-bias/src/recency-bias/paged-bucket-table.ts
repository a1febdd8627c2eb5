import type { LabelHistory } from './label-history.js';
import type { StateDict } from '../core/selector.js';
import { readPermutation, readVersion } from '../core/state-fields.js';
import { BucketDraws } from './bucket-draws.js';
import type { DrawTable } from './draw-table.js';

/**
 * Buckets of samples of equal uncertainty between which samples move at once, by swap-remove in O(1). The members lie in
 * pages of one pool, so that buckets grow and shrink without copying: with its position each sample takes 8 bytes and a
 * share of the pages' slack.
 */
export class PagedBucketTable extends BucketDraws implements DrawTable {
  protected readonly members: Int32Array;
  readonly #history: LabelHistory;
  readonly #classUncertainty: Float64Array;
  /** Slot of each sample. */
  readonly #slot: Int32Array;
  /** Pages of each bucket, in order; grown by doubling. */
  readonly #pages: Int32Array[];
  readonly #free: Int32Array;
  #freeCount = 0;
  readonly #shift: number;

  /** A bucket for each count class of `history`, which must track them. */
  constructor(history: LabelHistory, classUncertainty: Float64Array) {
    const buckets = classUncertainty.length;
    super(buckets);
    this.#history = history;
    this.#classUncertainty = classUncertainty;
    // Every bucket may have one page that is not full: pages small enough that this costs at most an eighth more.
    const share = history.size / (8 * buckets);
    this.#shift = Math.min(10, Math.max(2, Math.floor(Math.log2(share))));
    const pages = Math.ceil(history.size / 2 ** this.#shift) + buckets;
    this.members = new Int32Array(pages * 2 ** this.#shift);
    this.#slot = new Int32Array(history.size);
    this.#pages = Array.from({ length: buckets }, () => new Int32Array(1));
    this.#free = new Int32Array(pages);
  }

  get byteLength(): number {
    const directory = this.#pages.reduce((sum, pages) => sum + pages.byteLength, 0);
    return this.members.byteLength + this.#slot.byteLength + this.#free.byteLength + directory;
  }

  refresh(): void {
    this.#clear();
    for (let i = 0; i < this.#history.size; i++) this.#add(this.#history.countClass(i), i);
    this.invalidate();
  }

  weigh(weightOf: (uncertainty: number) => number): void {
    this.setWeights(this.#classUncertainty.map(weightOf));
  }

  update(index: number, before: number): void {
    const now = this.#history.countClass(index);
    if (now === before) return;
    const last = this.slotOf(before, this.counts[before]! - 1);
    this.swap(this.#slot[index]!, last);
    const left = --this.counts[before]!;
    const mask = 2 ** this.#shift - 1;
    if ((left & mask) === 0) this.#free[this.#freeCount++] = this.#pages[before]![left >>> this.#shift]!;
    this.#add(now, index);
    this.invalidate();
  }

  stateDict(): StateDict {
    return { version: 1, members: this.toArray() };
  }

  prepare(state: StateDict): { commit(): void } {
    readVersion('bucket table', state, 1);
    const members = readPermutation(state, 'members', this.#history.size);
    return {
      commit: () => {
        this.#clear();
        for (const member of members) this.#add(this.#history.countClass(member), member);
        this.invalidate();
      },
    };
  }

  protected slotOf(bucket: number, rank: number): number {
    const shift = this.#shift;
    return (this.#pages[bucket]![rank >>> shift]! << shift) + (rank & ((1 << shift) - 1));
  }

  protected swap(a: number, b: number): void {
    const { members } = this;
    const first = members[a]!;
    const second = members[b]!;
    members[a] = second;
    members[b] = first;
    this.#slot[second] = a;
    this.#slot[first] = b;
  }

  #clear(): void {
    this.counts.fill(0);
    this.#freeCount = this.#free.length;
    for (let n = 0; n < this.#freeCount; n++) this.#free[n] = this.#freeCount - 1 - n;
  }

  #add(bucket: number, sample: number): void {
    const rank = this.counts[bucket]!++;
    const number = rank >>> this.#shift;
    if ((rank & (2 ** this.#shift - 1)) === 0) {
      const pages = this.#pages[bucket]!;
      if (number === pages.length) {
        this.#pages[bucket] = new Int32Array(2 * number);
        this.#pages[bucket].set(pages);
      }
      this.#pages[bucket]![number] = this.#free[--this.#freeCount]!;
    }
    const slot = this.slotOf(bucket, rank);
    this.members[slot] = sample;
    this.#slot[sample] = slot;
  }
}
