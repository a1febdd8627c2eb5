/** How this program was started: for hints that work where they are printed. */
import { basename, delimiter, dirname, relative, resolve } from 'node:path';

/** The signs of how a program was started. */
export interface Start {
  /** Path of the script, as Node was given it. */
  readonly script: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Working directory. */
  readonly cwd: string;
}

const NAME = 'recency-bias';

/** A path, or another word of a command, as a shell takes it for one word. */
export function quoted(word: string): string {
  return /^[\w./\\:@%+,=~-]+$/.test(word) ? word : `"${word.replaceAll(/["$`]/g, String.raw`\$&`)}"`;
}

/**
 * The words that start the program again from the same place: `recency-bias` where that is a command of the shell, `npx recency-bias`
 * where npm started it (or nobody knows), else `node` with the path of the script.
 */
export function commandName({ script, env, cwd }: Start): string {
  const byNpm = env.npm_command !== undefined || env.npm_lifecycle_event !== undefined;
  if (byNpm || script === undefined) return `npx ${NAME}`;
  const name = basename(script);
  const isInPath = (env.PATH ?? '').split(delimiter).includes(dirname(resolve(cwd, script)));
  if (name === NAME && isInPath) return NAME;
  if (name !== NAME && name !== `${NAME}.mjs`) return `npx ${NAME}`; // a run's own process, or a program that imports this one
  const path = relative(cwd, script);
  return `node ${quoted(path.startsWith('..') && path.length > script.length ? script : path)}`;
}

/** The words that start this program again, e.g. `npx recency-bias`. */
export function startedAs(): string {
  return commandName({ script: process.argv[1], env: process.env, cwd: process.cwd() });
}
