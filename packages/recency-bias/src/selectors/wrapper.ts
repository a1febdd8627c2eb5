import type { Memory } from '../core/define/method.js';
import type { Selector, SelectorFactory, Signal, StateDict, StateValue } from '../core/selector.js';
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
 * @param epochOf which epoch the selector is in when its wrapper is in one; undefined where it may be in any
 */
export function memoryOf(selector: Selector, epochOf: (outer: number) => number | undefined): Memory {
  return {
    stateDict: () => selector.stateDict(),
    prepare: (state, position) => {
      const expected = epochOf(position.epoch);
      const found = epochIn(state);
      if (expected !== undefined && found !== undefined && found !== expected) {
        throw new RangeError(
          `state.inner stands in epoch ${show(found)}, but its wrapper in one where it must be ${expected}.`,
        );
      }
      selector.loadStateDict(state);
      return { commit: () => undefined };
    },
  };
}

/** The epoch in the state of a selector that `defineSelector` made; undefined in a state of another. */
function epochIn({ epoch }: StateDict): StateValue | undefined {
  return typeof epoch === 'object' && epoch !== null && 'number' in epoch ? epoch.number : undefined;
}
