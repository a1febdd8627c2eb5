import type { Memory } from '../core/define/method.js';
import type { Selector, SelectorFactory, Signal } from '../core/selector.js';
import { show } from '../core/validate.js';

/**
 * Checks the selector that a wrapper is given.
 * @throws TypeError when it is no factory
 */
export function checkInner<S extends Signal>(owner: string, inner: SelectorFactory<S>): void {
  const given: unknown = inner;
  if (typeof given === 'function') return;
  throw new TypeError(`${owner}: inner is ${show(given)}; it must be a selector factory such as uniform().`);
}

/**
 * A selector as a part of its wrapper's memory. It must be the last part: a selector checks and loads a state in one step, so
 * everything else is to be checked before.
 */
export function memoryOf(selector: Selector): Memory {
  return {
    stateDict: () => selector.stateDict(),
    prepare: (state) => {
      selector.loadStateDict(state);
      return { commit: () => undefined };
    },
  };
}
