/** Paths in flags of the files that methods read. */
import { resolve } from 'node:path';
import { inputOption } from '../experiment/document/named-selectors.js';
import { loadPlugins } from '../plugins/loaded-plugins.js';
import type { NamedOptions, NamedSelectors } from './flag-values.js';

/**
 * Selectors from flags whose input files have absolute paths: the working directory's, whatever file the flags are put over.
 * @throws PluginError for a selector whose module cannot be loaded
 */
export async function withAbsoluteInputs(selectors: NamedSelectors): Promise<NamedSelectors> {
  await loadPlugins({ selectors });
  const absolute = ({ name, options }: NamedOptions): NamedOptions => {
    const option = inputOption(name);
    const file = option === undefined ? undefined : options[option];
    return option === undefined || typeof file !== 'string'
      ? { name, options }
      : { name, options: { ...options, [option]: resolve(file) } };
  };
  return Object.fromEntries(Object.entries(selectors).map(([label, named]) => [label, absolute(named)]));
}
