import { describe, expect, it } from 'vitest';
import { selfPaced, type SelfPacedOptions } from './self-paced.js';

const all = (size: number): Int32Array => Int32Array.from({ length: size }, (_, i) => i);

/** The samples of each epoch, sorted; sample i has the loss i. */
function easy(options: SelfPacedOptions, size: number, epochs: number): number[][] {
  const selector = selfPaced(options)({ size, classes: 0, epochs, seed: 1 });
  selector.observe({ indices: all(size), loss: Float32Array.from(all(size)) });
  return Array.from({ length: epochs }, (_, e) => {
    selector.beginEpoch(e + 1);
    return [...(selector.select(size)?.indices ?? [])].sort((a, b) => a - b);
  });
}

describe('self-paced learning', () => {
  it('trains samples whose loss is below a threshold that grows by a factor', () => {
    const epochs = easy({ threshold: 2, growth: 2, warmupEpochs: 1 }, 20, 5);
    expect(epochs.map((samples) => samples.length)).toEqual([20, 2, 4, 8, 16]);
    expect(epochs[2]).toEqual([0, 1, 2, 3]);
  });

  it('trains a share of the samples, the easiest, that grows by a factor until all take part', () => {
    const epochs = easy({ startShare: 0.3, growth: 1.5, warmupEpochs: 0 }, 20, 5);
    expect(epochs.map((samples) => samples.length)).toEqual([6, 9, 14, 20, 20]);
    expect(epochs[0]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('trains the easiest sample where none is below the threshold, and samples without a loss', () => {
    expect(easy({ threshold: -5, growth: 1, warmupEpochs: 0 }, 4, 1)).toEqual([[0]]);
    const selector = selfPaced({ threshold: 1, warmupEpochs: 0 })({
      size: 4,
      classes: 0,
      epochs: 2,
      seed: 1,
    });
    selector.observe({ indices: Int32Array.of(0, 1), loss: Float32Array.of(0.5, 3) });
    selector.beginEpoch(1);
    expect([...selector.select(4)!.indices].sort()).toEqual([0, 2, 3]);
  });
});
