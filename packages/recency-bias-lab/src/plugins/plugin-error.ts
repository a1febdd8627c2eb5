/** Errors in modules of the user's. */
import { pathToFileURL } from 'node:url';

/** A module that cannot be used; the message names its file, what is wrong, and what to do. */
export class PluginError extends Error {
  override readonly name = 'PluginError';
}

const loaded = new Set<string>();

/** Notes that the process runs code of a module, so that its errors are told from the program's. */
export function watchErrors(path: string): void {
  if (loaded.size === 0) Error.stackTraceLimit = Math.max(Error.stackTraceLimit, 50);
  loaded.add(path);
}

/** The message of anything thrown; of an error that comes out of a module with the module's file and line before it. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, stack = '' } = error;
  for (const path of loaded) {
    if (message.includes(path)) return message;
    const url = pathToFileURL(path).href;
    const at = stack.indexOf(url);
    if (at < 0) continue;
    const line = /^:(\d+)/.exec(stack.slice(at + url.length))?.[1];
    return `${path}${line === undefined ? '' : `:${line}`}: ${message}`;
  }
  return message;
}
