import { describe, expect, it } from 'vitest';
import { windowedProbability, type WindowedProbabilityOptions } from './windowed-probability.js';

/** A selector in its first adaptive epoch, of 4 samples with three probabilities each. */
function afterThree(options: WindowedProbabilityOptions, series: readonly (readonly number[])[]) {
  const selector = windowedProbability({ warmupEpochs: 0, ...options })({
    size: series.length,
    classes: 1000,
    epochs: 5,
    seed: 1,
  });
  const indices = Int32Array.from(series, (_, i) => i);
  for (let n = 0; n < series[0]!.length; n++) {
    selector.observe({
      indices,
      trueClassProbability: Float32Array.from(series, (values) => values[n]!),
    });
  }
  selector.beginEpoch(1);
  return selector;
}

describe('Windowed Probability', () => {
  const series = [
    [0, 1, 0, 1],
    [0.5, 0.5, 0.5, 0.5],
    [0, 0, 0, 1],
    [1, 1, 1, 0],
  ] as const;

  it('has twice the standard deviation of the window as uncertainty, for any number of classes', () => {
    const uncertainty = afterThree({}, series).uncertainty();
    const quarter = 2 * Math.sqrt(3 / 16);
    [1, 0, quarter, quarter].forEach((expected, i) => {
      expect(uncertainty[i]).toBeCloseTo(expected, 12);
    });
  });

  it("prefers hard samples among those that vary with the score 'dual'", () => {
    const uncertainty = afterThree({ score: 'dual' }, series).uncertainty();
    const greatest = (3 * Math.sqrt(3)) / 16;
    [0.25 / greatest, 0, 1, (Math.sqrt(3 / 16) * 0.25) / greatest].forEach((expected, i) => {
      expect(uncertainty[i]).toBeCloseTo(expected, 12);
    });
  });

  it('draws sample i with probability in proportion to s_e^F', () => {
    const selector = afterThree({ selectionPressure: { kind: 'constant', from: 50 } }, series);
    const weights = [...selector.uncertainty()].map((share) => 50 ** share);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    selector.probabilities().forEach((probability, i) => {
      expect(probability).toBeCloseTo(weights[i]! / total, 12);
    });
  });

  it('forgets what left the window, and counts an observation from the next batch on', () => {
    const selector = afterThree({ window: 2 }, series);
    expect(selector.uncertainty()[2]).toBeCloseTo(1, 12);
    const before = selector.probabilities()[2]!;
    for (let n = 0; n < 2; n++) {
      selector.observe({ indices: Int32Array.of(2), trueClassProbability: Float32Array.of(1) });
    }
    expect(selector.uncertainty()[2]).toBe(0);
    expect(selector.probabilities()[2]).toBeLessThan(before / 2);
  });

  it('takes a sample with fewer than two values for the most uncertain', () => {
    expect([...afterThree({}, [[0.3], [0.9]]).uncertainty()]).toEqual([1, 1]);
  });
});
