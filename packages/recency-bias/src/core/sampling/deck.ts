import type { Random } from '../random.js';

/**
 * All samples in random order, dealt like a deck of cards across epochs: nothing comes again before everything came once.
 * The samples of an epoch follow from the seed and the sizes of the epochs before, so a run may start at any epoch. 4 bytes
 * a sample.
 */
export class Deck {
  readonly #random: Random;
  readonly #sizeOf: (epoch: number) => number;
  readonly #samples: Int32Array;
  /** How many samples of the deck are gone; all of them before the first epoch. */
  #dealt: number;
  #decks = 0;
  #epoch = 0;

  /**
   * A deck of `size` samples.
   * @param random gives each shuffle a stream of its own
   * @param sizeOf how many samples an epoch, 1-based, is dealt: from 1 to `size`
   */
  constructor(size: number, random: Random, sizeOf: (epoch: number) => number) {
    this.#random = random;
    this.#sizeOf = sizeOf;
    this.#samples = new Int32Array(size);
    this.#dealt = size;
  }

  /**
   * The samples of an epoch, distinct, in the order of the deck. Where fewer are left than the epoch needs, these come
   * first; the deck is then shuffled anew, and the samples that the epoch has already come last in it.
   */
  deal(epoch: number): Int32Array {
    if (epoch <= this.#epoch) {
      this.#dealt = this.#samples.length;
      this.#decks = 0;
      this.#epoch = 0;
    }
    while (this.#epoch < epoch - 1) this.#next();
    return this.#next();
  }

  #next(): Int32Array {
    const samples = this.#samples;
    const out = new Int32Array(this.#sizeOf(++this.#epoch));
    const left = Math.min(out.length, samples.length - this.#dealt);
    out.set(samples.subarray(this.#dealt, this.#dealt + left));
    this.#dealt += left;
    if (left === out.length) return out;
    this.#shuffle();
    const has = new Uint8Array(samples.length);
    for (let n = 0; n < left; n++) has[out[n]!] = 1;
    const missing = out.length - left;
    for (let from = 0, to = 0; to < missing; from++) {
      const sample = samples[from]!;
      if (has[sample] === 1) continue;
      samples[from] = samples[to]!;
      samples[to++] = sample;
    }
    out.set(samples.subarray(0, missing), left);
    this.#dealt = missing;
    return out;
  }

  #shuffle(): void {
    for (let i = 0; i < this.#samples.length; i++) this.#samples[i] = i;
    this.#random.split(`deck ${++this.#decks}`).shuffle(this.#samples);
  }
}
