import type { Memory } from '../core/define/method.js';
import type { StateDict } from '../core/selector.js';
import { readArray, readSame, readVersion } from '../core/state-fields.js';
import { checkInteger } from '../core/validate.js';
import { countClasses, type CountClasses } from './count-classes.js';
import { packLabels, unpackLabels } from './label-codec.js';
import { entropyScale, uncertaintyOf, type Normalization } from './uncertainty.js';

/** The longest window: its cursor takes a 16-bit word. */
export const MAX_WINDOW = 32767;

/** Bytes behind the labels of a record: cursor and count class. */
const META_BYTES = 4;

/**
 * A sliding window over the last predicted labels of each sample.
 *
 * A sample is one record, so that an observation touches one or two cache lines: `window` labels of 1, 2 or 4 bytes (up
 * to 256, 65,536 or more classes) in a ring, then two 16-bit words. The cursor c says how many labels the ring holds and
 * where the next one goes: c < window means c labels so far, otherwise the ring is full and its oldest label is at
 * c − window. The count class tells the window's uncertainty (see `CountClasses`).
 */
export class LabelHistory implements Memory {
  /** Number of samples. */
  readonly size: number;
  /** Number of classes k. */
  readonly classes: number;
  /** Labels remembered for each sample, q. */
  readonly window: number;
  /** The classes of count multisets; null when the window has too many, which then are not tracked. */
  readonly countClasses: CountClasses | null;
  /** Uncertainty of each count class, in [0, 1]; null when classes are not tracked. */
  readonly classUncertainty: Float64Array | null;

  readonly #scale: number;
  readonly #labels: Uint8Array | Uint16Array | Uint32Array;
  /** Each sample's cursor, and its count class behind it; from one sample to the next `#metaStride`. */
  readonly #meta: Uint16Array;
  readonly #labelStride: number;
  readonly #metaStride: number;
  /** Holds what `warm` read, so that the reads are not optimised away. */
  protected warmed = 0;

  /**
   * @param size number of samples, at least 1
   * @param classes number of classes, at least 2
   * @param window labels remembered for each sample, 1 to 32,767
   * @param normalize what the entropy is divided by; default `'classes'`, as in the paper
   * @throws RangeError or TypeError naming the argument
   */
  constructor(size: number, classes: number, window: number, normalize: Normalization = 'classes') {
    this.size = checkInteger('size', size, 1, 0x7fffffff);
    this.classes = checkInteger('classes', classes, 2, 0x7fffffff);
    this.window = checkInteger('window', window, 1, MAX_WINDOW);
    this.#scale = entropyScale(normalize, classes, window);
    this.countClasses = countClasses(window, classes);
    this.classUncertainty =
      this.countClasses && Float64Array.from(this.countClasses.counts, (c) => uncertaintyOf(c, this.#scale));

    const LabelArray = classes <= 2 ** 8 ? Uint8Array : classes <= 2 ** 16 ? Uint16Array : Uint32Array;
    const labelBytes = LabelArray.BYTES_PER_ELEMENT;
    // Whole labels and whole 16-bit words: META_BYTES are one label of the largest kind.
    const recordBytes = Math.ceil((window * labelBytes + META_BYTES) / 2) * 2;
    this.#labelStride = recordBytes / labelBytes;
    this.#metaStride = recordBytes / 2;
    const buffer = new ArrayBuffer(size * recordBytes);
    this.#labels = new LabelArray(buffer);
    this.#meta = new Uint16Array(buffer, recordBytes - META_BYTES);
  }

  /** Bytes of all records. */
  get byteLength(): number {
    return this.#labels.byteLength;
  }

  /**
   * Records a predicted label; the oldest one leaves a full window.
   * @param index a sample in [0, size)
   * @param label a class in [0, classes)
   * @throws RangeError or TypeError
   */
  record(index: number, label: number): void {
    checkInteger('index', index, 0, this.size - 1);
    checkInteger('label', label, 0, this.classes - 1);
    this.recordUnchecked(index, label);
  }

  /** `record` for callers that have checked both; answers the sample's count class before (0 if not tracked). */
  recordUnchecked(index: number, label: number): number {
    const labels = this.#labels;
    const window = this.window;
    const base = index * this.#labelStride;
    const at = index * this.#metaStride;
    const cursor = this.#meta[at]!;
    const before = this.#meta[at + 1]!;
    const full = cursor >= window;
    const slot = full ? cursor - window : cursor;
    const oldest = labels[base + slot]!;
    this.#meta[at] = cursor + 1 === 2 * window ? window : cursor + 1;
    if (full && oldest === label) return before;

    labels[base + slot] = label;
    if (this.countClasses === null) return 0;
    const width = window + 1;
    const { addition, removal } = this.countClasses;
    // Occurrences among the labels that stay; the slot just written is the one that leaves.
    const end = base + (full ? window : slot + 1);
    let same = -1;
    let old = 1;
    for (let j = base; j < end; j++) {
      const other = labels[j]!;
      same += equal(other, label);
      old += equal(other, oldest);
    }
    const left = full ? removal[before * width + old]! : before;
    this.#meta[at + 1] = addition[left * width + same]!;
    return before;
  }

  /**
   * Reads the records of `indices` once, so that the cache misses of recording a batch overlap instead of adding up.
   */
  warm(indices: Int32Array): void {
    const labels = this.#labels;
    const meta = this.#meta;
    let seen = 0;
    for (const index of indices) {
      seen ^= labels[index * this.#labelStride]! ^ meta[index * this.#metaStride]!;
    }
    this.warmed = seen;
  }

  /** The sample's count class; 0 when never seen, or when classes are not tracked. */
  countClass(index: number): number {
    return this.#meta[index * this.#metaStride + 1]!;
  }

  /** Uncertainty of a sample's window, in [0, 1]; 1 for a sample never seen. */
  uncertainty(index: number): number {
    checkInteger('index', index, 0, this.size - 1);
    if (this.classUncertainty !== null) return this.classUncertainty[this.countClass(index)]!;
    return uncertaintyOf(this.#counts(index), this.#scale);
  }

  /** How many labels the sample's window holds, 0 to `window`. */
  count(index: number): number {
    checkInteger('index', index, 0, this.size - 1);
    return Math.min(this.#meta[index * this.#metaStride]!, this.window);
  }

  /** The sample's window, oldest label first. */
  labels(index: number): number[] {
    const { window } = this;
    const base = index * this.#labelStride;
    const oldest = Math.max(0, this.#meta[index * this.#metaStride]! - window);
    return Array.from({ length: this.count(index) }, (_, n) => this.#labels[base + ((oldest + n) % window)]!);
  }

  /** All windows, packed (see `packLabels`). */
  stateDict(): StateDict {
    const { size, classes, window } = this;
    const words = packLabels(this, this.#labels, this.#labelStride, this.#meta, this.#metaStride);
    return { version: 2, size, classes, window, words };
  }

  /**
   * Replaces all windows.
   * @throws RangeError or TypeError when the state is of another size, number of classes or window, or is damaged;
   *   nothing changes then
   */
  loadStateDict(state: StateDict): void {
    this.prepare(state).commit();
  }

  /** Checks a state; `commit` loads it. */
  prepare(state: StateDict): { commit(): void } {
    readVersion('LabelHistory', state, 2);
    for (const field of ['size', 'classes', 'window'] as const) readSame(state, field, this[field]);
    const words = readArray(state, 'words', Uint32Array);
    // Read twice instead of kept unpacked, which would double the memory.
    if (!unpackLabels(words, this)) {
      throw new RangeError(
        `state.words is damaged: it is not ${this.size} windows of ${this.classes} classes.`,
      );
    }
    return {
      commit: () => {
        this.#labels.fill(0);
        unpackLabels(words, this, (index, label) => {
          this.recordUnchecked(index, label);
        });
      },
    };
  }

  /** Occurrences of each label in a window, in descending order. */
  #counts(index: number): number[] {
    const base = index * this.#labelStride;
    const counts: number[] = [];
    let before = -1;
    for (const label of this.#labels.slice(base, base + this.count(index)).sort()) {
      if (label === before) counts[counts.length - 1]!++;
      else counts.push(1);
      before = label;
    }
    return counts.sort((a, b) => b - a);
  }
}

/** 1 when two numbers of [0, 2^31) are equal, else 0; free of branches, as whether labels agree is hard to predict. */
function equal(a: number, b: number): number {
  return ((a ^ b) - 1) >>> 31;
}
