/** Numbers about the selection of an epoch. */
import type { LabelHistory } from 'recency-bias';
import { LOSS_BIN_EDGES, UNCERTAINTY_BINS } from '../records/schema.js';

/** Bin of a loss by LOSS_BIN_EDGES: bin b holds edges[b-1] < loss <= edges[b], the last one everything above. */
export function lossBin(loss: number): number {
  let low = 0;
  let high = LOSS_BIN_EDGES.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (loss <= LOSS_BIN_EDGES[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Samples by uncertainty in UNCERTAINTY_BINS equal bins of [0, 1]; samples never seen are left out. */
export function uncertaintyHistogram(history: LabelHistory, size: number): number[] {
  const bins = new Array<number>(UNCERTAINTY_BINS).fill(0);
  for (let i = 0; i < size; i++) {
    if (history.count(i) === 0) continue;
    bins[Math.min(UNCERTAINTY_BINS - 1, Math.floor(history.uncertainty(i) * UNCERTAINTY_BINS))]!++;
  }
  return bins;
}

/**
 * Indices of the `count` most uncertain samples that were seen, most uncertain first; of equals the one drawn more
 * often, then the lower index. One pass over the data and no list of all samples, since checkpoints ask for it too.
 */
export function mostUncertainIndices(
  history: LabelHistory,
  timesDrawn: Uint32Array,
  count: number,
): number[] {
  const best: { index: number; uncertainty: number }[] = [];
  for (let index = 0; index < timesDrawn.length; index++) {
    if (history.count(index) === 0) continue;
    const uncertainty = history.uncertainty(index);
    const comesBefore = (other: { index: number; uncertainty: number }): boolean =>
      uncertainty > other.uncertainty ||
      (uncertainty === other.uncertainty && timesDrawn[index]! > timesDrawn[other.index]!);
    const last = best[count - 1];
    if (last !== undefined && !comesBefore(last)) continue;
    let at = best.length;
    while (at > 0 && comesBefore(best[at - 1]!)) at--;
    best.splice(at, 0, { index, uncertainty });
    if (best.length > count) best.pop();
  }
  return best.map(({ index }) => index);
}
