import type { StateDict } from './selector.js';
import { readTyped, readVersion } from './state-fields.js';
import { checkInteger } from './validate.js';

const MASK_64 = (1n << 64n) - 1n;
const GOLDEN_GAMMA = 0x9e3779b97f4a7c15n;
const FNV_OFFSET = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;

/** Below this n, `uint32() * n` is exact in a double. */
const EXACT_PRODUCT = 2 ** 21;
const TWO_32 = 2 ** 32;
const TWO_53 = 2 ** 53;

/**
 * A seeded random generator: xoshiro128** (Blackman & Vigna 2018, arXiv 1805.01407), its state filled by SplitMix64
 * (Steele, Lea & Flood 2014) from a 64-bit key. Not for cryptography.
 *
 * `split(purpose)` derives an independent stream from the key and the purpose alone, so neither the number of draws
 * made before nor the order of the splits changes it.
 */
export class Random {
  #key: bigint;
  readonly #state = new Int32Array(4);

  /**
   * @param seed an integer in [0, 2^32)
   * @throws RangeError or TypeError for another seed
   */
  constructor(seed: number) {
    this.#key = BigInt(checkInteger('seed', seed, 0, 0xffffffff));
    this.#fill();
  }

  /** An independent stream for `purpose`, e.g. `'augmentation'`. The parent does not advance. */
  split(purpose: string): Random {
    const child = new Random(0);
    child.restart(this, purpose);
    return child;
  }

  /** Begins the stream `parent.split(purpose)` in this generator, which forgets its own. */
  restart(parent: Random, purpose: string): void {
    let hash = FNV_OFFSET;
    for (let i = 0; i < purpose.length; i++) {
      hash = ((hash ^ BigInt(purpose.charCodeAt(i))) * FNV_PRIME) & MASK_64;
    }
    this.#key = splitMix64((splitMix64(parent.#key) ^ hash) & MASK_64);
    this.#fill();
  }

  /** A uniform integer in [0, 2^32). */
  uint32(): number {
    const s = this.#state;
    const s0 = s[0]!;
    const s1 = s[1]!;
    const s2 = s[2]! ^ s0;
    const s3 = s[3]! ^ s1;
    const product = Math.imul(s1, 5);
    s[0] = s0 ^ s3;
    s[1] = s1 ^ s2;
    s[2] = s2 ^ (s1 << 9);
    s[3] = (s3 << 11) | (s3 >>> 21);
    return Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
  }

  /** A uniform number in [0, 1), a multiple of 2^-53. */
  float(): number {
    const high = this.uint32() >>> 5;
    return (high * 0x4000000 + (this.uint32() >>> 6)) / TWO_53;
  }

  /**
   * A uniform integer in [0, n), unbiased.
   * @param n an integer in [1, 2^53]; not checked, as this is the innermost call of every draw
   */
  int(n: number): number {
    if (n < EXACT_PRODUCT) {
      // Lemire 2019 (arXiv 1805.10941): the high word of a 32 x 32 bit product, rejecting the few low words
      // that would be counted once too often.
      let x = this.uint32();
      let low = Math.imul(x, n) >>> 0;
      if (low < n) {
        const threshold = TWO_32 % n;
        while (low < threshold) {
          x = this.uint32();
          low = Math.imul(x, n) >>> 0;
        }
      }
      return ((x * n - low) / TWO_32) | 0;
    }
    const wide = n > TWO_32;
    const range = wide ? TWO_53 : TWO_32;
    for (;;) {
      let x = this.uint32();
      if (wide) x = (x >>> 11) * TWO_32 + this.uint32();
      if (x < range - (range % n)) return x % n;
    }
  }

  /** Puts `values` in a uniformly random order, in place (Fisher & Yates). */
  shuffle(values: Int32Array): void {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const value = values[i]!;
      values[i] = values[j]!;
      values[j] = value;
    }
  }

  /** The position in the stream, and the key that `split` needs. */
  stateDict(): StateDict {
    const key = Uint32Array.of(Number(this.#key >> 32n), Number(this.#key & 0xffffffffn));
    return { version: 1, key, state: new Uint32Array(this.#state) };
  }

  /**
   * Continues where `stateDict` was taken.
   * @throws RangeError or TypeError when it is no state of a generator
   */
  loadStateDict(state: StateDict): void {
    readVersion('Random', state, 1);
    const key = readTyped(state, 'key', Uint32Array, 2);
    const words = readTyped(state, 'state', Uint32Array, 4);
    if (words.every((word) => word === 0)) {
      throw new RangeError('state.state must not be all zeros.');
    }
    this.#key = (BigInt(key[0]!) << 32n) | BigInt(key[1]!);
    this.#state.set(words);
  }

  #fill(): void {
    let counter = this.#key;
    for (let word = 0; word < 4; word += 2) {
      const value = splitMix64(counter);
      counter = (counter + GOLDEN_GAMMA) & MASK_64;
      this.#state[word] = Number(value & 0xffffffffn);
      this.#state[word + 1] = Number(value >> 32n);
    }
  }
}

/** The output of SplitMix64 whose counter stands at `counter`. */
export function splitMix64(counter: bigint): bigint {
  let z = (counter + GOLDEN_GAMMA) & MASK_64;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK_64;
  return z ^ (z >> 31n);
}
