import { util, type DataType } from '@tensorflow/tfjs-core';

/** A tensor as plain data; strings are allowed in a string tensor only. */
export interface Literal {
  readonly shape: readonly number[];
  readonly dtype: DataType;
  readonly values: readonly (number | string)[];
}

/** How the numbers of a tensor are drawn. */
export type Range = 'any' | 'finite' | 'plain' | 'positive' | 'unit';

const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 1e-12, 1024, -1024] as const;

/** Seeded draws of sizes, choices and tensors (mulberry32). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 1). */
  real(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.real() * (high - low + 1));
  }

  yes(probability = 0.5): boolean {
    return this.real() < probability;
  }

  of<T>(...choices: readonly T[]): T {
    return choices[this.int(0, choices.length - 1)]!;
  }

  list<T>(length: number, item: (index: number) => T): T[] {
    return Array.from({ length }, (_, index) => item(index));
  }

  shuffled<T>(items: readonly T[]): T[] {
    const left = [...items];
    return items.map(() => left.splice(this.int(0, left.length - 1), 1)[0]!);
  }

  /** A shape of a rank between the two; one in twenty has an empty axis where `empty` allows it. */
  shape(lowRank = 0, highRank = 5, empty = true): number[] {
    const rank = this.int(lowRank, highRank);
    const largest = rank > 4 ? 3 : rank > 2 ? 5 : 9;
    const shape = this.list(rank, () => this.int(1, largest));
    if (empty && rank > 0 && this.yes(0.05)) shape[this.int(0, rank - 1)] = 0;
    return shape;
  }

  /** Two shapes that broadcast against each other. */
  broadcastable(): [number[], number[]] {
    const full = this.shape();
    const part = (): number[] => {
      const kept = this.yes(0.4) ? full : full.slice(this.int(0, full.length));
      return kept.map((size) => (this.yes(0.25) ? 1 : size));
    };
    return this.yes(0.3) ? [full, full] : this.yes() ? [full, part()] : [part(), part()];
  }

  number(range: Range): number {
    const value = Math.round((this.real() * 2 - 1) * 64) / 16;
    if (range === 'unit') return this.real();
    if (range === 'positive') return Math.abs(value) + 0.0625;
    if (range === 'plain') return value;
    return value * this.of(1, 1, 1, 8, 0.125, 0);
  }

  /** A tensor; range 'any' puts NaN, infinities and huge numbers into one tensor of four. */
  tensor(shape: readonly number[], dtype: DataType = 'float32', range: Range = 'any'): Literal {
    const special = range === 'any' && this.yes(0.25);
    const sign = range !== 'positive' && range !== 'unit' && this.yes(0.15) ? -1 : 0;
    const values = this.list(util.sizeFromShape([...shape]), () => {
      if (dtype === 'bool') return this.int(0, 1);
      const value = special && this.yes(0.3) ? this.of(...SPECIAL) : this.number(range);
      if (dtype === 'int32') return Number.isFinite(value) && Math.abs(value) < 1e9 ? Math.round(value) : 0;
      return sign < 0 && Number.isFinite(value) ? -Math.abs(value) : value;
    });
    return { shape, dtype, values };
  }

  /** An int32 tensor of numbers from `low` to `high`. */
  indices(shape: readonly number[], low: number, high: number): Literal {
    const values = this.list(util.sizeFromShape([...shape]), () => this.int(low, high));
    return { shape, dtype: 'int32', values };
  }
}
