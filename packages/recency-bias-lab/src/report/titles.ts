/** Names under which selectors are shown. */
import type { RunHeader } from '../records/schema.js';

/** Titles of the methods, by registry name; labels of an experiment that differ from them are shown as they are. */
const METHOD_TITLES: Readonly<Record<string, string>> = {
  'recency-bias': 'Recency Bias',
  uniform: 'Random',
  'online-batch': 'Online Batch',
  'active-bias': 'Active Bias',
};

/**
 * Title of a selector of an experiment: the method's title when the label is the method's name (or `random`, as the
 * papers call uniform batches), else the label itself, which then says what is special about it.
 */
export function selectorTitle(label: string, method: RunHeader['method'] | undefined): string {
  const name = method?.name ?? label;
  const plain = label === name || (label === 'random' && name === 'uniform');
  return (plain && Object.hasOwn(METHOD_TITLES, name) ? METHOD_TITLES[name] : undefined) ?? label;
}
