import type { LabelHistory } from './label-history.js';
import type { Random } from '../core/random.js';
import type { StateDict } from '../core/selector.js';
import { readTyped, readVersion } from '../core/state-fields.js';
import type { DrawTable } from './draw-table.js';
import { SumTree } from '../core/sampling/sum-tree.js';

/**
 * Draws samples whose windows are too long to sort them into buckets by their counts: a sum tree over the samples'
 * weights, O(log N) a draw.
 */
export class TreeTable implements DrawTable {
  readonly #history: LabelHistory;
  readonly #tree: SumTree;
  readonly #live: boolean;
  #weightOf: (uncertainty: number) => number = () => 1;
  #weights = new Float64Array(0);

  /** @param live whether an update counts at once, or from the next `weigh` */
  constructor(history: LabelHistory, live: boolean) {
    this.#history = history;
    this.#tree = new SumTree(history.size);
    this.#live = live;
  }

  get byteLength(): number {
    return this.#tree.byteLength;
  }

  refresh(): void {
    // `weigh`, which follows, reads every uncertainty.
  }

  weigh(weightOf: (uncertainty: number) => number): void {
    this.#weightOf = weightOf;
    this.#tree.fill((index) => weightOf(this.#history.uncertainty(index)));
  }

  update(index: number): void {
    if (this.#live) this.#tree.set(index, this.#weightOf(this.#history.uncertainty(index)));
  }

  draw(out: Int32Array, count: number, random: Random): void {
    if (this.#weights.length < count) this.#weights = new Float64Array(count);
    this.#tree.drawDistinct(out, count, random, this.#weights);
  }

  probabilities(out: Float64Array): void {
    for (let i = 0; i < out.length; i++) out[i] = this.#tree.get(i) / this.#tree.total;
  }

  stateDict(): StateDict {
    return {
      version: 1,
      weights: Float64Array.from({ length: this.#history.size }, (_, i) => this.#tree.get(i)),
    };
  }

  prepare(state: StateDict): { commit(): void } {
    readVersion('tree table', state, 1);
    const weights = readTyped(state, 'weights', Float64Array, this.#history.size);
    if (!weights.every((weight) => weight > 0 && weight <= 1)) {
      throw new RangeError('state.weights must be above 0 and at most 1.');
    }
    return {
      commit: () => {
        this.#tree.fill((index) => weights[index]!);
      },
    };
  }
}
