/** Names of parts of an experiment that are files: a module in the place of a registry name. */
import { basename, extname, isAbsolute, relative, resolve, sep } from 'node:path';

/** Whether a name ends as files of JavaScript or TypeScript do: `./my-selector.js`, `../data.ts`, `model.mjs`. */
export function isPluginPath(name: unknown): name is string {
  return typeof name === 'string' && /\.[cm]?[jt]s$/.test(name);
}

/**
 * How experiments and records name a module: by its path from the working directory, so that a comparison says the same on
 * every machine that has the same project.
 * @param folder what the path as written is relative to
 */
export function pluginPath(name: string, folder = '.'): string {
  const path = relative('.', resolve(folder, name));
  if (isAbsolute(path)) return path; // another drive
  const plain = path.split(sep).join('/');
  return plain.startsWith('../') ? plain : `./${plain}`;
}

/** The label of a selector that was given none: the name of its file, or its registry name. */
export function labelOfModule(name: string): string {
  if (!isPluginPath(name)) return name;
  return basename(name, extname(name)).replaceAll(/[^A-Za-z0-9._-]/g, '-');
}
