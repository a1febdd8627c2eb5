/** Loads a module of the user's. */
import { register } from 'node:module';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf, PluginError, watchErrors } from './plugin-error.js';

let hooked = false;

/** Whether this Node runs TypeScript by leaving out the types. */
function runsTypeScript(): boolean {
  const { typescript } = process.features as { readonly typescript?: unknown };
  return typescript !== undefined && typescript !== false;
}

/**
 * The export of a module that the lab takes: its default export, or its only one.
 * @param expected what the export is to be, for the error
 * @throws PluginError naming the file
 */
export async function loadExport(path: string, expected: string): Promise<unknown> {
  if (/^\.[cm]?ts$/.test(extname(path)) && !runsTypeScript()) {
    throw new PluginError(
      `${path}: Node ${process.versions.node} does not run TypeScript; use Node 22.18 or newer, or compile it to JavaScript`,
    );
  }
  if (!hooked) register('./resolve-hook.js', import.meta.url);
  hooked = true;
  watchErrors(path);
  let exports: Record<string, unknown>;
  try {
    exports = (await import(pathToFileURL(resolve(path)).href)) as Record<string, unknown>;
  } catch (error) {
    const message = messageOf(error);
    throw new PluginError(message.startsWith(path) ? message : `${path}: cannot be loaded: ${message}`, {
      cause: error,
    });
  }
  if (exports.default !== undefined) return exports.default;
  const names = Object.keys(exports);
  if (names.length === 1) return exports[names[0]!];
  throw new PluginError(
    names.length === 0
      ? `${path}: exports nothing; expected ${expected} as its default export`
      : `${path}: exports ${names.join(', ')}, and none as default; expected ${expected} as its default export`,
  );
}
