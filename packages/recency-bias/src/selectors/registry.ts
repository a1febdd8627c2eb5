import type { SelectorFactory, Signal } from '../core/selector.js';
import { show, suggestion } from '../core/validate.js';
import { adaBoundary, adaBoundaryDefaults } from './ada-boundary.js';
import { activeBias, activeBiasDefaults } from './active-bias.js';
import { importanceSampling, importanceSamplingDefaults } from './importance-sampling.js';
import { infoBatch, infoBatchDefaults } from './info-batch.js';
import { onlineBatch, onlineBatchDefaults } from './online-batch.js';
import { randomPruning, randomPruningDefaults } from './random-pruning.js';
import { recencyBias, recencyBiasDefaults } from './recency-bias.js';
import { rhoLoss, rhoLossDefaults, type RhoLossOptions } from './rho-loss.js';
import { selectiveBackprop, selectiveBackpropDefaults } from './selective-backprop.js';
import { selfPaced, selfPacedDefaults } from './self-paced.js';
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
  /** Options without a usable default: null in `defaults`, to be given. */
  readonly required?: readonly string[];
  /** What an epoch is, where it is not one pass's worth of training: `fewer` samples trained, others `scored` besides. */
  readonly epoch?: readonly ('fewer' | 'scored')[];
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
  {
    name: 'importance-sampling',
    title: 'Importance Sampling',
    paper: 'Katharopoulos & Fleuret, ICML 2018, arXiv 1803.00942',
    signals: ['gradNormBound'],
    defaults: importanceSamplingDefaults,
    epoch: ['scored'],
    create: (options) => importanceSampling(options),
  },
  {
    name: 'selective-backprop',
    title: 'Selective-Backprop',
    paper: 'Jiang et al. 2019, arXiv 1910.00762',
    signals: ['loss'],
    defaults: selectiveBackpropDefaults,
    epoch: ['fewer', 'scored'],
    create: (options) => selectiveBackprop(options),
  },
  {
    name: 'info-batch',
    title: 'InfoBatch',
    paper: 'Qin et al., ICLR 2024, arXiv 2303.04947',
    signals: ['loss'],
    defaults: infoBatchDefaults,
    epoch: ['fewer'],
    create: (options) => infoBatch(options),
  },
  {
    name: 'rho-loss',
    title: 'RHO-LOSS',
    paper: 'Mindermann et al., ICML 2022, arXiv 2206.07137',
    signals: ['loss'],
    defaults: rhoLossDefaults,
    required: ['irreducibleLosses'],
    epoch: ['scored'],
    create: (options: object = {}) => rhoLoss(options as RhoLossOptions),
  },
  {
    name: 'ada-boundary',
    title: 'Ada-Boundary',
    paper: 'Song, Kim, Kim & Lee, Machine Learning 2020, doi 10.1007/s10994-020-05903-6',
    signals: ['boundaryDistance'],
    defaults: adaBoundaryDefaults,
    create: (options) => adaBoundary(options),
  },
  {
    name: 'self-paced',
    title: 'Self-paced Learning',
    paper: 'Kumar, Packer & Koller, NIPS 2010',
    signals: ['loss'],
    defaults: selfPacedDefaults,
    epoch: ['fewer'],
    create: (options) => selfPaced(options),
  },
  {
    name: 'random-pruning',
    title: 'Random Pruning',
    paper: 'Raju, Daruwalla & Lipasti 2021, arXiv 2111.12621 (control)',
    signals: [],
    defaults: randomPruningDefaults,
    epoch: ['fewer'],
    create: (options) => randomPruning(options),
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
