/** Names under which selectors are shown. */
import { definitionOf, isUsualLabel } from '../../ground/methods.js';
import type { RunHeader } from '../../records/schema.js';

/**
 * Title of a selector of an experiment: the method's title when the label is the method's name (or `random`, as the
 * papers call uniform batches), else the label itself, which then says what is special about it.
 */
export function selectorTitle(label: string, method: RunHeader['method'] | undefined): string {
  const name = method?.name ?? label;
  return (isUsualLabel(label, name) ? definitionOf(name)?.title : undefined) ?? label;
}
