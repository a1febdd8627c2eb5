/** The selectors that an experiment can name: by their registry names, and modules of the user's by their paths, once loaded. */
import type { SelectorDefinition } from 'recency-bias';
import { definitionOf } from '../../ground/methods.js';
import { loadedSelector } from '../../plugins/loaded-plugins.js';

/** A selector by its name or path; undefined where there is none. */
export function selectorNamed(name: string): SelectorDefinition | undefined {
  return definitionOf(name) ?? loadedSelector(name)?.part;
}

/** The option of a selector that is read from a file; undefined for selectors without one. */
export function inputOption(name: string): string | undefined {
  return selectorNamed(name)?.inputs[0];
}
