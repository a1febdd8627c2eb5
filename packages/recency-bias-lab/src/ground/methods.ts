/** The library's methods, as far as the lab treats some of them apart. */
import { selectorRegistry } from 'recency-bias';
import type { SelectorDefinition } from 'recency-bias';

/** The definition of a method; undefined for a name of another version or program. */
export function definitionOf(name: string): SelectorDefinition | undefined {
  return Object.hasOwn(selectorRegistry, name) ? selectorRegistry[name] : undefined;
}

function methodOfRole(role: SelectorDefinition['role']): SelectorDefinition {
  return Object.values(selectorRegistry).find((definition) => definition.role === role)!;
}

/** The method that every other is read against. */
export const BASELINE = methodOfRole('baseline');

/** The method that comparisons are about. */
export const SUBJECT = methodOfRole('subject');

/** Label of the baseline in comparisons, as the papers call it. */
export const BASELINE_LABEL = 'random';

/** The usual label of a method as it is, without options of its own: its name, or that of the baseline. */
export function usualLabel(name: string): string {
  return name === BASELINE.name ? BASELINE_LABEL : name;
}

/** Whether a selector's label says that it is the method as it is. */
export function isUsualLabel(label: string, name: string): boolean {
  return label === name || label === usualLabel(name);
}

/** The role of a method in comparisons, by its name or its usual label; undefined for most. */
export function roleOf(method: string): SelectorDefinition['role'] {
  return method === BASELINE_LABEL ? BASELINE.role : definitionOf(method)?.role;
}

/** The selectors of an experiment that needs none but the baseline. */
export const BASELINE_SELECTORS = { [BASELINE_LABEL]: { name: BASELINE.name, options: {} } };

/** The selectors of an experiment that trains one and names none. */
export const DEFAULT_SELECTORS = { [SUBJECT.name]: { name: SUBJECT.name, options: {} } };

/** The flag that gives a file of losses to the method that reads one. */
export function inputFlag(file: string): string {
  const { name, inputs } = Object.values(selectorRegistry).find(
    (definition) => definition.inputs.length > 0,
  )!;
  return `--selector ${name}:${inputs[0]!}=${file}`;
}
