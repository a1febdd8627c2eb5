/** Experiments that come with the package. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ExperimentError } from '../experiment/problems.js';
import { readExperimentFile } from '../experiment/experiment-file.js';
import { unknownName } from '../experiment/suggest.js';

const FOLDER = fileURLToPath(new URL('../../presets', import.meta.url));

/** Names of all presets, in alphabetical order. */
export async function presetNames(): Promise<string[]> {
  const files = await readdir(FOLDER);
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => basename(file, '.yaml'))
    .sort();
}

/** Path of a preset's file. */
export function presetPath(name: string): string {
  return join(FOLDER, `${name}.yaml`);
}

/**
 * The content of a preset.
 * @throws ExperimentError for a name that does not exist.
 */
export async function readPreset(name: string): Promise<unknown> {
  const names = await presetNames();
  if (!names.includes(name)) throw new ExperimentError([`--preset: ${unknownName(name, names)}`]);
  return readExperimentFile(presetPath(name));
}
