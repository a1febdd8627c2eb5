import { describe, expect, it } from 'vitest';
import { joinExperiments } from './join-experiments.js';
import { parseExperiment, resolveExperiment } from './resolve.js';
import type { ResolvedExperiment } from './resolve.js';

function resolved(changes: Record<string, unknown> = {}): ResolvedExperiment {
  const input = { dataset: 'mnist', epochs: 20, seeds: [1, 2], selectors: { random: 'uniform' }, ...changes };
  return resolveExperiment(parseExperiment(input), { trainSize: 1000, testSize: 200, classes: 10 });
}

const stored = (changes: Record<string, unknown> = {}): unknown =>
  JSON.parse(JSON.stringify(resolved(changes)));
const grid = (...pressures: number[]): Record<string, unknown> => ({
  grid: { selector: 'recency-bias', options: { selectionPressure: pressures, window: [5] } },
});

describe('joinExperiments', () => {
  it('changes nothing where the same is asked for again', () => {
    const { experiment, conflicts, isExtended } = joinExperiments(stored(), resolved());
    expect(experiment).toEqual(resolved());
    expect(conflicts).toEqual([]);
    expect(isExtended).toBe(false);
  });

  it('adds seeds and selectors behind those that are there, none of which is lost', () => {
    const asked = resolved({ seeds: [3, 1], selectors: { again: 'uniform' }, description: 'longer' });
    const { experiment, conflicts, isExtended } = joinExperiments(stored(), asked);
    expect(experiment.seeds).toEqual([1, 2, 3]);
    expect(Object.keys(experiment.selectors)).toEqual(['random', 'again']);
    expect(conflicts).toEqual([]);
    expect(isExtended).toBe(true);
  });

  it('lets a grid grow, keeps the larger one, and refuses two that overlap', () => {
    const grown = joinExperiments(stored(grid(1, 10)), resolved(grid(1, 10, 100)));
    expect(grown.conflicts).toEqual([]);
    expect(grown.experiment.grid!.labels).toHaveLength(3);
    const part = joinExperiments(stored(grid(1, 10)), resolved(grid(10)));
    expect(part.conflicts).toEqual([]);
    expect(part.experiment.grid!.options.selectionPressure).toEqual([1, 10]);
    const without = joinExperiments(stored(grid(1, 10)), resolved());
    expect(without.experiment.grid!.labels).toHaveLength(2);
    expect(without.isExtended).toBe(false);
    expect(joinExperiments(stored(grid(1, 10)), resolved(grid(10, 100))).conflicts).toContain(
      'grid.options.selectionPressure: was [1,10], is [10,100]',
    );
  });

  it('names all else that differs', () => {
    const asked = resolved({
      batchSize: 64,
      seeds: [9],
      selectors: { random: { name: 'uniform', options: { order: 'batch' } } },
    });
    expect(joinExperiments(stored(), asked).conflicts).toEqual([
      'selectors.random.options.order: was "epoch", is "batch"',
      'batchSize: was 128, is 64',
    ]);
  });
});
