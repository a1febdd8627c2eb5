import { describe, expect, it } from 'vitest';
import { seta, type SetaSelector } from './seta.js';

const all = (size: number): Int32Array => Int32Array.from({ length: size }, (_, i) => i);

/** The samples of an epoch, ascending. */
function samplesOf(selector: SetaSelector): number[] {
  const samples: number[] = [];
  for (let batch = selector.select(7); batch !== null; batch = selector.select(7)) {
    expect(batch.weights).toBeUndefined();
    samples.push(...batch.indices);
  }
  return samples.sort((a, b) => a - b);
}

describe('SeTa', () => {
  const size = 40;
  /** Four groups of ten samples, at the losses 0, 1, 2 and 3. */
  const loss = Float32Array.from(all(size), (i) => Math.floor(i / 10) + (i % 10) / 100);
  const group = (g: number): number[] => [...all(size)].filter((i) => Math.floor(i / 10) === g);

  it('slides a window of groups from the easy to the hard ones and begins anew', () => {
    const run = { size, classes: 2, epochs: 100, seed: 1 };
    const selector = seta({ pruneRatio: 0, groups: 4, windowScale: 0.5 })(run);
    selector.observe({ indices: all(size), loss });
    const epochs = [1, 2, 3, 4, 5].map((epoch) => {
      selector.beginEpoch(epoch);
      return samplesOf(selector);
    });
    expect(epochs[0]).toEqual([...all(size)]);
    expect(epochs[1]).toEqual([...group(1), ...group(2)]);
    expect(epochs[2]).toEqual([...group(2), ...group(3)]);
    expect(epochs[3]).toEqual([...group(0), ...group(1)]);
    expect(epochs[4]).toEqual(epochs[1]);
    expect(selector.epochSize).toBe(20);
  });

  it("rounds the window's groups as the authors' code does: 0.9 of 5 groups are 4", () => {
    const selector = seta({ pruneRatio: 0 })({ size, classes: 2, epochs: 100, seed: 1 });
    selector.observe({ indices: all(size), loss: Float32Array.from(all(size), (i) => Math.floor(i / 8)) });
    const sizes = [1, 2, 3].map((epoch) => {
      selector.beginEpoch(epoch);
      return selector.epochSize;
    });
    expect(sizes).toEqual([40, 32, 32]);
  });

  it('leaves out the share r at random before it groups, each sample as often as any other', () => {
    const epochs = 2000;
    const run = { size, classes: 2, epochs, seed: 3 };
    const selector = seta({ pruneRatio: 0.25, groups: 4, windowScale: 1, delta: 1 })(run);
    selector.observe({ indices: all(size), loss });
    const counts = new Float64Array(size);
    for (let epoch = 1; epoch <= epochs; epoch++) {
      selector.beginEpoch(epoch);
      const samples = samplesOf(selector);
      expect(samples).toHaveLength(30);
      for (const sample of samples) counts[sample]!++;
    }
    for (const count of counts) {
      expect(Math.abs(count / epochs - 0.75)).toBeLessThan(4.5 * Math.sqrt((0.75 * 0.25) / epochs));
    }
  });

  it('trains a random subset of all samples once δ · epochs is past', () => {
    const run = { size, classes: 2, epochs: 8, seed: 1 };
    const selector = seta({ pruneRatio: 0.5, groups: 4, windowScale: 0.25 })(run);
    selector.observe({ indices: all(size), loss });
    selector.beginEpoch(7);
    expect(selector.epochSize).toBeLessThan(20);
    selector.beginEpoch(8);
    expect(selector.epochSize).toBe(20);
    expect(new Set(samplesOf(selector).map((i) => Math.floor(i / 10))).size).toBe(4);
  });

  it('keeps samples without a known loss in every window', () => {
    const run = { size, classes: 2, epochs: 100, seed: 1 };
    const selector = seta({ pruneRatio: 0, groups: 4, windowScale: 0.5 })(run);
    selector.observe({ indices: all(30), loss: loss.slice(0, 30) });
    for (const epoch of [2, 3, 4]) {
      selector.beginEpoch(epoch);
      expect(samplesOf(selector)).toEqual(expect.arrayContaining(group(3)));
    }
  });

  it('trains the whole subset where the groups of the window are empty', () => {
    const selector = seta({ pruneRatio: 0, groups: 1000, windowScale: 1e-9 })({
      size: 4,
      classes: 2,
      epochs: 100,
      seed: 1,
    });
    selector.observe({ indices: all(4), loss: Float32Array.of(0, 0, 1, 1) });
    for (let epoch = 1; epoch <= 87; epoch++) {
      selector.beginEpoch(epoch);
      expect(samplesOf(selector).length).toBeGreaterThan(0);
    }
  });
});
