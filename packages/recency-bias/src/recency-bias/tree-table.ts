import type { LabelHistory } from './label-history.js';
import { readTyped, readVersion } from '../core/state-fields.js';
import type { DrawTable } from './draw-table.js';
import { SumTree } from '../core/sampling/sum-tree.js';

/**
 * Draws samples whose windows are too long to sort them into buckets by their counts: a sum tree over the samples'
 * weights, O(log N) a draw.
 */
export function treeTable(history: LabelHistory): DrawTable {
  const { size } = history;
  const tree = new SumTree(size);
  let weightOf: (uncertainty: number) => number = () => 1;
  let scratch = new Float64Array(0);

  return {
    byteLength: tree.byteLength,

    weigh: (given) => {
      weightOf = given;
      tree.fill((index) => weightOf(history.uncertainty(index)));
    },

    update: (index) => {
      tree.set(index, weightOf(history.uncertainty(index)));
    },

    draw: (out, count, random) => {
      if (scratch.length < count) scratch = new Float64Array(count);
      tree.drawDistinct(out, count, random, scratch);
    },

    probabilities: () => tree.probabilities(),

    stateDict: () => ({
      version: 1,
      weights: Float64Array.from({ length: size }, (_, i) => tree.get(i)),
    }),

    prepare: (state) => {
      readVersion('tree table', state, 1);
      const weights = readTyped(state, 'weights', Float64Array, size);
      if (!weights.every((weight) => weight > 0 && weight <= 1)) {
        throw new RangeError('state.weights must be above 0 and at most 1.');
      }
      return {
        commit: () => {
          tree.fill((index) => weights[index]!);
        },
      };
    },
  };
}
