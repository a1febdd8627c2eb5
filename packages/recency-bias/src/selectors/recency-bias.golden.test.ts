import { describe, expect, it } from 'vitest';
import { recencyBiasFixtures } from '../../test/fixtures/golden.js';
import { recencyBias } from './recency-bias.js';

describe('Recency Bias against the authors’ implementation', () => {
  it.each(recencyBiasFixtures)(
    'agrees to 1e-9 with $size samples, $classes classes, window $window',
    (fixture) => {
      const { size, classes, window, startEpoch, endEpoch, initialPressure } = fixture;
      const options = { window, warmupEpochs: startEpoch, selectionPressure: initialPressure };
      const selector = recencyBias(options)({ size, classes, epochs: endEpoch, seed: 1 });
      const indices = Int32Array.from({ length: size }, (_, i) => i);
      for (const labels of fixture.predictedLabels) {
        selector.observe({ indices, predictedLabel: Int32Array.from(labels) });
      }
      selector.uncertainty().forEach((value, i) => {
        expect(Math.abs(value - fixture.uncertainty[i]!)).toBeLessThan(1e-9);
      });
      const epochs = Object.keys(fixture.probabilities);
      expect(epochs.length).toBeGreaterThan(2);
      for (const epoch of epochs) {
        selector.beginEpoch(Number(epoch));
        selector.probabilities().forEach((value, i) => {
          expect(Math.abs(value - fixture.probabilities[epoch]![i]!)).toBeLessThan(1e-9);
        });
      }
    },
  );
});
