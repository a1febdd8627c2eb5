import type { Random } from '../random.js';

/**
 * Draws an index in proportion to fixed weights in O(1): each index is a column that it shares with at most one other
 * (Walker 1977; built in one sweep over light and heavy indices, Hübschle-Schneider & Sanders 2019, arXiv 1903.00227).
 * 12 bytes a weight.
 */
export class AliasTable {
  readonly #share: Float64Array;
  readonly #alias: Int32Array;

  /** Room for `length` weights. */
  constructor(length: number) {
    this.#share = new Float64Array(length);
    this.#alias = new Int32Array(length);
  }

  /**
   * Builds the table for `weights`, as many as there is room for: finite, not negative, with a positive sum (not checked).
   */
  build(weights: Float64Array): void {
    const { length } = weights;
    let total = 0;
    for (let i = 0; i < length; i++) total += weights[i]!;
    const mean = total / length;
    const share = this.#share;
    const alias = this.#alias;
    for (let i = 0; i < length; i++) {
      share[i] = 1;
      alias[i] = i;
    }

    /** The next index from `i` on that is heavy, or light. */
    const next = (i: number, isHeavy: boolean): number => {
      while (i < length && weights[i]! > mean !== isHeavy) i++;
      return i;
    };
    let light = next(0, false);
    let heavy = next(0, true);
    let giver = 0;
    let rest = weights[heavy]!;
    while (heavy < length) {
      giver = heavy;
      if (rest > mean) {
        if (light >= length) break;
        share[light] = weights[light]! / mean;
        alias[light] = heavy;
        rest += weights[light]! - mean;
        light = next(light + 1, false);
      } else {
        const other = next(heavy + 1, true);
        if (other >= length) break;
        share[heavy] = rest / mean;
        alias[heavy] = other;
        rest += weights[other]! - mean;
        heavy = other;
      }
    }
    // Rounding may leave light columns over. They are full but for rounding, unless their weight is zero.
    for (; light < length; light = next(light + 1, false)) {
      if (weights[light] === 0) {
        share[light] = 0;
        alias[light] = giver;
      }
    }
  }

  /** An index, drawn in proportion to its weight. */
  draw(random: Random): number {
    const point = random.float() * this.#share.length;
    const column = point | 0;
    return point - column < this.#share[column]! ? column : this.#alias[column]!;
  }
}
