import { LabelHistory } from 'recency-bias';
import { describe, expect, it } from 'vitest';
import { compositionOf } from './composition.js';

/** Four samples of ten classes: sure, sure, one label of ten astray, every label another. */
function history(): LabelHistory {
  const labels = new LabelHistory(4, 10, 10);
  for (let i = 0; i < 10; i++) {
    labels.record(0, 3);
    labels.record(1, 4);
    labels.record(2, i === 0 ? 5 : 6);
    labels.record(3, i);
  }
  return labels;
}

describe('what batches are made of', () => {
  const before = { epoch: 2, timesDrawn: Uint32Array.of(10, 10, 10, 10) };

  it('counts samples of the data once, and samples of the batches as often as they were drawn since then', () => {
    const now = { epoch: 3, timesDrawn: Uint32Array.of(10, 11, 11, 16) };
    expect(compositionOf(history(), now, before)).toEqual({
      data: { sure: 0.5, wavering: 0.25, undecided: 0.25 },
      batches: { sure: 1 / 8, wavering: 1 / 8, undecided: 6 / 8 },
      sinceEpoch: 2,
    });
  });

  it('counts all draws where the run began anew, nothing was drawn since, or nothing is known from before', () => {
    const anew = { epoch: 1, timesDrawn: Uint32Array.of(1, 1, 1, 1) };
    expect(compositionOf(history(), anew, before)).toMatchObject({ batches: { sure: 0.5 }, sinceEpoch: 0 });
    expect(compositionOf(history(), before, before)).toMatchObject({ sinceEpoch: 0 });
    expect(compositionOf(history(), before)).toMatchObject({ sinceEpoch: 0 });
  });

  it('is nothing before a sample was drawn twice', () => {
    const once = new LabelHistory(4, 10, 10);
    for (let index = 0; index < 4; index++) once.record(index, index);
    expect(compositionOf(once, { epoch: 1, timesDrawn: Uint32Array.of(1, 1, 1, 1) })).toBeUndefined();
  });
});
