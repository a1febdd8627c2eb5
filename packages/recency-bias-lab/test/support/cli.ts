/** Runs the built command line as users do, in a process of its own. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const BUILT = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** The script of the command. */
export const COMMAND = fileURLToPath(new URL('../../bin/recency-bias.mjs', import.meta.url));

/** The command as npm links it. */
const LINKED = fileURLToPath(new URL('../../../../node_modules/.bin/recency-bias', import.meta.url));

/** How a command ended. */
export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is running. */
export interface RunningCli {
  readonly process: ChildProcess;
  readonly result: Promise<CliResult>;
  /** Resolves when `text` has appeared on either output; rejects when the command ends without it. */
  readonly seen: (text: string) => Promise<void>;
  /** The text of both outputs so far. */
  readonly output: () => string;
}

/**
 * Starts a command in its own process group, so that a test can kill it with all its runs.
 * @param before the words of a command that runs it
 */
export function startCli(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
  before: readonly string[] = [],
): RunningCli {
  if (!existsSync(BUILT)) throw new Error('The command line is not built: run `npm run build` first.');
  const [program = '', ...words] = [...before, process.execPath, LINKED, ...args];
  const child = spawn(program, words, {
    cwd,
    detached: true,
    env: {
      ...process.env,
      PATH: [dirname(LINKED), process.env.PATH].join(delimiter),
      npm_lifecycle_event: undefined,
      npm_command: undefined,
      NO_COLOR: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const watcher of watchers) watcher();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const watcher of watchers) watcher();
  });
  const result = new Promise<CliResult>((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr });
    });
  });
  const seen = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const watcher = (): void => {
        if (!stdout.includes(text) && !stderr.includes(text)) return;
        watchers.delete(watcher);
        resolve();
      };
      watchers.add(watcher);
      watcher();
      void result.then(() => {
        reject(new Error(`The command ended without "${text}":\n${stdout}\n${stderr}`));
      });
    });
  return { process: child, result, seen, output: () => `${stdout}${stderr}` };
}

/** Runs a command to its end. */
export function runCli(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<CliResult> {
  return startCli(args, cwd, env).result;
}
