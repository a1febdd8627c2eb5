import type { Selector, SelectorFactory, Signal } from '../core/selector.js';
import { checkKeys, checkNumber } from '../core/validate.js';
import { mixture } from './mixture.js';
import { checkInner } from './wrapper.js';

/** Options of `withSmoothing`. */
export interface SmoothingOptions {
  /** Probability that a draw is uniform instead, from 0 to 1. */
  readonly uniformShare: number;
}

/**
 * Draws each sample uniformly with probability `uniformShare`, otherwise by the inner selector:
 * P = (1 − u) P_inner + u / N, so that no sample is forgotten. Samples drawn uniformly have weight 1.
 *
 * @throws TypeError or RangeError for a bad option
 */
export function withSmoothing<S extends Signal>(
  inner: SelectorFactory<S>,
  options: SmoothingOptions,
): SelectorFactory<S, Selector<S>> {
  checkInner('withSmoothing', inner);
  checkKeys('withSmoothing', options, ['uniformShare']);
  const uniformShare = checkNumber('withSmoothing: uniformShare', options.uniformShare, 0, 1);
  return mixture(inner, {
    owner: 'withSmoothing',
    uniformShare,
    uniformDraws: (count, _, random) => {
      let uniform = 0;
      for (let n = 0; n < count; n++) if (random.float() < uniformShare) uniform++;
      return uniform;
    },
  });
}
