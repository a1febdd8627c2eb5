import type { Memory } from '../core/define/method.js';
import type { Random } from '../core/random.js';
import { readState, readVersion } from '../core/state-fields.js';
import { bucketTable } from './bucket-table.js';
import type { DrawTable } from './draw-table.js';
import type { LabelHistory } from './label-history.js';
import { pagedBucketTable } from './paged-bucket-table.js';
import { treeTable } from './tree-table.js';

/** Draws of samples by their windows; see `windowDraws`. */
export interface WindowDraws extends Memory {
  /** Bytes that grow with the number of samples. */
  readonly byteLength: number;
  /** Starts an epoch: its weights, from every sample's uncertainty at the moment. */
  begin(epoch: number): void;
  /** Fills `batch` with distinct samples, each drawn from those that are not drawn yet. */
  draw(batch: Int32Array, random: Random): void;
  /** Records predicted labels, both columns checked by the caller. */
  learn(indices: Int32Array, labels: Int32Array): void;
  /** Each sample's probability of being the next draw. */
  probabilities(): Float64Array;
}

/**
 * Draws samples by a weight that the uncertainty of their windows stands for. The table that does so, chosen by the window
 * and by when predictions count, is made when the first epoch begins: a warm-up needs none.
 *
 * @param live whether a prediction counts from the next batch, or from the next epoch
 * @param weightIn the weight, positive and finite, of an uncertainty in an epoch
 */
export function windowDraws(
  history: LabelHistory,
  live: boolean,
  weightIn: (epoch: number) => (uncertainty: number) => number,
): WindowDraws {
  let table: DrawTable | null = null;

  const makeTable = (): DrawTable => {
    const { classUncertainty } = history;
    if (classUncertainty === null) return treeTable(history);
    return (live ? pagedBucketTable : bucketTable)(history, classUncertainty);
  };

  return {
    get byteLength() {
      return table?.byteLength ?? 0;
    },

    begin: (epoch) => {
      table ??= makeTable();
      table.refresh?.();
      table.weigh(weightIn(epoch));
    },

    draw: (batch, random) => {
      table!.draw(batch, batch.length, random);
    },

    learn: (indices, labels) => {
      const updated = live ? table : null;
      history.warm(indices);
      for (let row = 0; row < indices.length; row++) {
        const index = indices[row]!;
        const before = history.recordUnchecked(index, labels[row]!);
        updated?.update?.(index, before);
      }
    },

    probabilities: () => table!.probabilities(),

    stateDict: () => ({ version: 1, table: table?.stateDict() ?? null }),

    prepare: (state, { epoch, order }) => {
      readVersion('draws', state, 1);
      const draws = epoch > 0 && order.length === 0;
      const loaded = state.table === null && !draws ? null : makeTable();
      const load = loaded?.prepare(readState(state, 'table'));
      return {
        commit: () => {
          table = loaded;
          loaded?.weigh(weightIn(epoch));
          load?.commit();
        },
      };
    },
  };
}
