import { describe, expect, it } from 'vitest';
import { LOSS_BIN_EDGES, UNCERTAINTY_BINS } from '../../records/schema.js';
import { bins, courses, epochEvent, run } from '../../../test/support/records.js';
import { coverages, lossDistributions, momentOf, uncertaintyBin, uncertaintyHistories } from './selection.js';

const LOSS_BINS = LOSS_BIN_EDGES.length + 1;

function withSelection(seed: number, lossBin: number, effectiveSampleSize: number | null) {
  const base = run([0.1], { selector: 'a', seed });
  const event = epochEvent(1, 0.1);
  return {
    ...base,
    epochs: [
      {
        ...event,
        selection: {
          ...event.selection,
          effectiveSampleSize,
          distinctShare: seed / 2,
          uncertaintyHistogram: bins(UNCERTAINTY_BINS, lossBin % UNCERTAINTY_BINS, 10 * seed),
          selectedLossHistogram: bins(LOSS_BINS, lossBin, 10 * seed),
        },
      },
    ],
  };
}

describe('the moment shown', () => {
  it('is the epoch at that share of training', () => {
    expect(momentOf(0.3, 20, 5)).toEqual({ share: 0.3, epoch: 6, inWarmup: false });
    expect(momentOf(0.7, 20, 5)).toEqual({ share: 0.7, epoch: 14, inWarmup: false });
  });

  it('is the first epoch after the warm-up when the share falls in the warm-up', () => {
    expect(momentOf(0.3, 12, 5)).toEqual({ share: 0.3, epoch: 6, inWarmup: true });
  });

  it('stays within the run', () => {
    expect(momentOf(0.3, 1, 0).epoch).toBe(1);
    expect(momentOf(0.3, 4, 4).epoch).toBe(4);
  });
});

describe('selection over seeds', () => {
  const records = courses(withSelection(1, 3, 0.5), withSelection(2, 5, null));

  it('averages shares, so that every seed counts alike', () => {
    const [row] = lossDistributions(['a', 'b'], records, momentOf(0.3, 1, 0));
    expect(row!.runs).toBe(2);
    expect(row!.shares[3]).toBe(0.5);
    expect(row!.shares[5]).toBe(0.5);
    const [history] = uncertaintyHistories(['a', 'b'], records);
    expect(history!.epochs).toEqual([1]);
    expect(history!.shares[0]![3]).toBe(0.5);
  });

  it('leaves out what has no distribution', () => {
    const [coverage] = coverages(['a'], records);
    expect(coverage!.effectiveSampleSize).toEqual([0.5]);
    expect(coverage!.distinctShare).toEqual([0.75]);
    expect(coverages(['a'], courses(withSelection(1, 3, null)))[0]!.effectiveSampleSize).toEqual([null]);
  });

  it('leaves out histograms in which nothing was counted', () => {
    const empty = withSelection(1, 3, 1);
    empty.epochs[0]!.selection.uncertaintyHistogram.fill(0);
    empty.epochs[0]!.selection.selectedLossHistogram.fill(0);
    expect(uncertaintyHistories(['a'], courses(empty))).toEqual([]);
    expect(lossDistributions(['a'], courses(empty), momentOf(0.3, 1, 0))).toEqual([]);
  });

  it('bounds the uncertainty bins by twentieths', () => {
    expect(uncertaintyBin(0)).toEqual([0, 0.05]);
    expect(uncertaintyBin(UNCERTAINTY_BINS - 1)).toEqual([0.95, 1]);
  });
});
