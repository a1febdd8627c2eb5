import type { SelectorDefinition } from '../core/define/define-selector.js';
import type { SelectorFactory } from '../core/selector.js';
import { show, suggestion } from '../core/validate.js';
import { activeBias } from './active-bias.js';
import { adaBoundary } from './ada-boundary.js';
import { importanceSampling } from './importance-sampling.js';
import { infoBatch } from './info-batch.js';
import { onlineBatch } from './online-batch.js';
import { randomPruning } from './random-pruning.js';
import { recencyBias } from './recency-bias.js';
import { rhoLoss } from './rho-loss.js';
import { selectiveBackprop } from './selective-backprop.js';
import { selfPaced } from './self-paced.js';
import { seta } from './seta.js';
import { uniform } from './uniform.js';
import { windowedProbability } from './windowed-probability.js';

/** All methods, the baseline first. */
const METHODS = [
  uniform,
  recencyBias,
  onlineBatch,
  activeBias,
  windowedProbability,
  importanceSampling,
  selectiveBackprop,
  infoBatch,
  seta,
  rhoLoss,
  adaBoundary,
  selfPaced,
  randomPruning,
];

/** The definitions of all selectors by name. */
export const selectorRegistry: Readonly<Record<string, SelectorDefinition>> = Object.freeze(
  Object.fromEntries(METHODS.map(({ definition }) => [definition.name, definition])),
);

/**
 * A selector's factory by its registry name, for experiment files and command lines.
 *
 * @throws RangeError for an unknown name, with a suggestion; RangeError or TypeError for an unknown option or value
 */
export function createSelector(name: string, options: object = {}): SelectorFactory {
  const definition = Object.hasOwn(selectorRegistry, name) ? selectorRegistry[name] : undefined;
  if (definition === undefined) {
    const names = Object.keys(selectorRegistry);
    throw new RangeError(
      `selector ${show(name)} is unknown.${suggestion(name, names)} There are ${names.join(', ')}.`,
    );
  }
  return definition.create(options);
}
