/** Experiments that come with the package, as files below `presets/`. */
import { readdirSync } from 'node:fs';
import { basename, join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ExperimentError } from '../../ground/experiment-error.js';
import { unknownName } from '../../ground/suggest.js';

const FOLDER = fileURLToPath(new URL('../../../presets', import.meta.url));
const SUFFIX = '.yaml';

/** Names of the presets: their paths below `presets/`. Files that begin with an underscore are there to be extended only. */
function allNames(): string[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length).replaceAll(sep, posix.sep));
}

/** Names of all presets that can be run, a list for each folder: those in no folder first, all in alphabetical order. */
export function presetGroups(): string[][] {
  const groups = new Map<string, string[]>();
  for (const name of allNames().sort()) {
    if (basename(name).startsWith('_')) continue;
    const folder = posix.dirname(name);
    groups.set(folder, [...(groups.get(folder) ?? []), name]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, names]) => names); // '.' sorts before letters
}

/** Names of all presets that can be run. */
export function presetNames(): string[] {
  return presetGroups().flat();
}

/**
 * Path of a preset's file.
 * @param field what named it, for the error
 * @throws ExperimentError for a name that does not exist.
 */
export function presetPath(name: string, field: string): string {
  if (!allNames().includes(name))
    throw new ExperimentError([`${field}: ${unknownName(name, presetNames())}`]);
  return join(FOLDER, ...`${name}${SUFFIX}`.split(posix.sep));
}
