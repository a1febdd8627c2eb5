/** The variants of every selector that tests run over, by the selector's name. */
import type { SelectorFactory } from '../../src/core/selector.js';
import { createSelector, selectorRegistry } from '../../src/selectors/registry.js';
import { rhoLoss } from '../../src/selectors/rho-loss.js';

/** Irreducible losses for a run of `size` samples. */
export const irreducible = (size: number): number[] => Array.from({ length: size }, (_, i) => (i * 7) % 5);

/** Options of every variant; those of a warm-up are added by `factoryOf`. */
export const variants: Readonly<Record<string, readonly object[]>> = {
  uniform: [{}, { order: 'batch' }, { order: 'sequential' }],
  'recency-bias': [
    {},
    { update: 'batch' },
    { window: 40 },
    { window: 40, update: 'batch' },
    { normalize: 'window', window: 3, selectionPressure: { kind: 'linear', from: 50, to: 2 } },
  ],
  'online-batch': [{}, { recompute: true }],
  'active-bias': [{}, { form: 'sampling' }, { window: 3 }, { form: 'sampling', window: 4 }],
  'windowed-probability': [{}, { score: 'dual', window: 3 }],
  'importance-sampling': [{}, { threshold: 0 }, { threshold: 1.01, momentum: 0.5 }],
  'selective-backprop': [{}, { staleness: 2, history: 20 }, { beta: 0 }],
  'info-batch': [{}, { pruneRatio: 0.9, delta: 0.6 }],
  seta: [{}, { pruneRatio: 0.3, groups: 7, windowScale: 0.4, delta: 0.6 }],
  'rho-loss': [{}, { candidates: 2 }],
  'ada-boundary': [{}, { selectionPressure: { kind: 'exponential', from: 1e4, to: 1 } }],
  'self-paced': [{}, { threshold: 0.4, growth: 1.5 }],
  'random-pruning': [{}, { share: [0.2, 1, 0.5, 0.6, 0.7, 0.1, 0.9, 1] }, { share: 0.4, cover: true }],
};

/** A variant's factory, whose warm-up fits a run of 8 epochs, and its options. */
export function factoryOf(name: string, options: object): { settings: object; factory: SelectorFactory } {
  const hasWarmup = Object.hasOwn(selectorRegistry[name]!.defaults, 'warmupEpochs');
  const settings = { ...(hasWarmup && { warmupEpochs: 3 }), ...options };
  // Tests run a selector with several sizes, but irreducible losses are of one.
  const factory: SelectorFactory =
    name === 'rho-loss'
      ? (run) => rhoLoss({ ...settings, irreducibleLosses: irreducible(run.size >>> 0) })(run)
      : createSelector(name, settings);
  return { settings, factory };
}
