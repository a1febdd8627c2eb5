import { describe, expect, it } from 'vitest';
import { comparisonExperimentSchema, recordedExperimentSchema } from './experiment.js';

describe('the experiment of a record', () => {
  it('may lack any field, and keeps fields of other versions', () => {
    const old = { epochs: 3, learningRateSteps: [{ at: 0.5 }], optimizer: { name: 'momentum', decay: 1 } };
    expect(recordedExperimentSchema.parse(old)).toEqual(old);
  });

  it('has a type in each field that is there', () => {
    for (const wrong of [{ epochs: '3' }, { seeds: [-1] }, { optimizer: 'sgd' }, { grid: { selector: 1 } }]) {
      expect(recordedExperimentSchema.safeParse(wrong).success).toBe(false);
    }
  });

  it('names the runs of a comparison: a name, selectors and seeds', () => {
    const whole = { name: 'demo', selectors: { random: { name: 'uniform', options: {} } }, seeds: [1] };
    expect(comparisonExperimentSchema.parse(whole)).toEqual(whole);
    for (const field of ['name', 'selectors', 'seeds'] as const) {
      expect(comparisonExperimentSchema.safeParse({ ...whole, [field]: undefined }).success).toBe(false);
    }
  });
});
