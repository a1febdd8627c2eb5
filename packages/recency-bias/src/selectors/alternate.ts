import type { Selector, SelectorFactory, Signal } from '../core/selector.js';
import { checkInteger, checkKeys } from '../core/validate.js';
import { mixture } from './mixture.js';
import { checkInner } from './wrapper.js';

/** Options of `alternate`. */
export interface AlternateOptions {
  /** Every how many batches of an epoch one is uniform; at least 2. */
  readonly every: number;
}

/**
 * Makes every k-th batch of an epoch a uniform one, k being `every`; the others are the inner selector's.
 *
 * @throws TypeError or RangeError for a bad option
 */
export function alternate<S extends Signal>(
  inner: SelectorFactory<S>,
  options: AlternateOptions,
): SelectorFactory<S, Selector<S>> {
  checkInner('alternate', inner);
  checkKeys('alternate', options, ['every']);
  const every = checkInteger('alternate: every', options.every, 2);
  return mixture(inner, {
    owner: 'alternate',
    uniformDraws: (count, batch) => (batch % every === 0 ? count : 0),
  });
}
