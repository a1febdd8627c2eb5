/** The differences between two experiments. */
import { isDeepStrictEqual } from 'node:util';
import { shortJson } from '../../ground/experiment-error.js';

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One line a differing field: `batchSize: was 128, is 64`. */
export function differences(before: unknown, after: unknown, path = ''): string[] {
  if (isMapping(before) && isMapping(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) =>
      differences(before[key], after[key], path === '' ? key : `${path}.${key}`),
    );
  }
  if (isDeepStrictEqual(before, after)) return [];
  if (path === 'dataset.fingerprint') return ['dataset: its samples or their division have changed since'];
  if (path.endsWith('.source'))
    return [`${path.slice(0, -'.source'.length)}: the source of its module has changed since`];
  const text = (value: unknown): string => (value === undefined ? 'not given' : shortJson(value));
  return [`${path}: was ${text(before)}, is ${text(after)}`];
}
