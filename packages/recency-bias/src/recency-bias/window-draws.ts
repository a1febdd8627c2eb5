import type { EpochPosition } from '../core/define/epoch.js';
import type { Memory } from '../core/define/method.js';
import type { Random } from '../core/random.js';
import type { StateDict } from '../core/selector.js';
import { readState, readVersion } from '../core/state-fields.js';
import { BucketTable } from './bucket-table.js';
import type { DrawTable } from './draw-table.js';
import type { LabelHistory } from './label-history.js';
import { PagedBucketTable } from './paged-bucket-table.js';
import { TreeTable } from './tree-table.js';

/**
 * Draws samples by a weight that the uncertainty of their windows stands for. The table that does so, chosen by the window
 * and by when predictions count, is made when the first epoch begins: a warm-up needs none.
 */
export class WindowDraws implements Memory {
  readonly #history: LabelHistory;
  readonly #live: boolean;
  readonly #weightIn: (epoch: number) => (uncertainty: number) => number;
  #table: DrawTable | null = null;

  /**
   * @param live whether a prediction counts from the next batch, or from the next epoch
   * @param weightIn the weight, positive and finite, of an uncertainty in an epoch
   */
  constructor(
    history: LabelHistory,
    live: boolean,
    weightIn: (epoch: number) => (uncertainty: number) => number,
  ) {
    this.#history = history;
    this.#live = live;
    this.#weightIn = weightIn;
  }

  /** Bytes that grow with the number of samples. */
  get byteLength(): number {
    return this.#table?.byteLength ?? 0;
  }

  /** Starts an epoch: its weights, from every sample's uncertainty at the moment. */
  begin(epoch: number): void {
    this.#table ??= this.#make();
    this.#table.refresh();
    this.#table.weigh(this.#weightIn(epoch));
  }

  /** Fills `batch` with distinct samples, each drawn from those that are not drawn yet. */
  draw(batch: Int32Array, random: Random): void {
    this.#table!.draw(batch, batch.length, random);
  }

  /** Records predicted labels, both columns checked by the caller. */
  learn(indices: Int32Array, labels: Int32Array): void {
    const history = this.#history;
    const table = this.#live ? this.#table : null;
    history.warm(indices);
    for (let row = 0; row < indices.length; row++) {
      const index = indices[row]!;
      const before = history.recordUnchecked(index, labels[row]!);
      table?.update(index, before);
    }
  }

  /** Each sample's probability of being the next draw. */
  probabilities(): Float64Array {
    const out = new Float64Array(this.#history.size);
    this.#table!.probabilities(out);
    return out;
  }

  stateDict(): StateDict {
    return { version: 1, table: this.#table?.stateDict() ?? null };
  }

  prepare(state: StateDict, { epoch, order }: EpochPosition): { commit(): void } {
    readVersion('draws', state, 1);
    const draws = epoch > 0 && order.length === 0;
    if (state.table === null && !draws) {
      return {
        commit: () => {
          this.#table = null;
        },
      };
    }
    const table = this.#make();
    const loaded = table.prepare(readState(state, 'table'));
    return {
      commit: () => {
        this.#table = table;
        table.weigh(this.#weightIn(epoch));
        loaded.commit();
      },
    };
  }

  #make(): DrawTable {
    const { classUncertainty } = this.#history;
    if (classUncertainty === null) return new TreeTable(this.#history, this.#live);
    return this.#live
      ? new PagedBucketTable(this.#history, classUncertainty)
      : new BucketTable(this.#history, classUncertainty);
  }
}
