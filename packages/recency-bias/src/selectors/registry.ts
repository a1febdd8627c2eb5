import type { SelectorFactory, Signal } from '../core/selector.js';
import { show, suggestion } from '../core/validate.js';
import { activeBias, activeBiasDefaults } from './active-bias.js';
import { onlineBatch, onlineBatchDefaults } from './online-batch.js';
import { recencyBias, recencyBiasDefaults } from './recency-bias.js';
import { uniform, uniformDefaults } from './uniform.js';

/** A selector as the registry knows it. */
export interface SelectorEntry {
  /** Name in experiment files, run records and on the command line, e.g. `'recency-bias'`. */
  readonly name: string;
  /** Name for people, e.g. `'Recency Bias'`. */
  readonly title: string;
  /** Where the method was published. */
  readonly paper: string;
  /** The signals it needs from the trainer. */
  readonly signals: readonly Signal[];
  /** Every option with its default, as plain JSON. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Makes a factory from options, checked as by the method's own function. */
  readonly create: (options?: object) => SelectorFactory;
}

const entries: readonly SelectorEntry[] = [
  {
    name: 'uniform',
    title: 'Random',
    paper: 'stochastic gradient descent with random batches (baseline)',
    signals: [],
    defaults: uniformDefaults,
    create: (options) => uniform(options),
  },
  {
    name: 'recency-bias',
    title: 'Recency Bias',
    paper: 'Song, Kim, Kim & Lee, CIKM 2020, arXiv 1911.08050',
    signals: ['predictedLabel'],
    defaults: recencyBiasDefaults,
    create: (options) => recencyBias(options),
  },
  {
    name: 'online-batch',
    title: 'Online Batch',
    paper: 'Loshchilov & Hutter 2015, arXiv 1511.06343',
    signals: ['loss'],
    defaults: onlineBatchDefaults,
    create: (options: object = {}) => onlineBatch(options),
  },
  {
    name: 'active-bias',
    title: 'Active Bias',
    paper: 'Chang, Learned-Miller & McCallum, NIPS 2017, arXiv 1704.07433',
    signals: ['trueClassProbability'],
    defaults: activeBiasDefaults,
    create: (options) => activeBias(options),
  },
];

/** All selectors by name. */
export const selectorRegistry: Readonly<Record<string, SelectorEntry>> = Object.freeze(
  Object.fromEntries(entries.map((entry) => [entry.name, Object.freeze(entry)])),
);

/**
 * A selector's factory by its registry name, for experiment files and command lines.
 *
 * @throws RangeError for an unknown name, with a suggestion; RangeError or TypeError for an unknown option or value
 */
export function createSelector(name: string, options: object = {}): SelectorFactory {
  const entry = Object.hasOwn(selectorRegistry, name) ? selectorRegistry[name] : undefined;
  if (entry === undefined) {
    const names = Object.keys(selectorRegistry);
    throw new RangeError(
      `selector ${show(name)} is unknown.${suggestion(name, names)} There are ${names.join(', ')}.`,
    );
  }
  return entry.create(options);
}
