/** How commands end when something is wrong. */
import { messageOf } from '../plugins/plugin-error.js';
import { printable } from '../report/printable.js';

/** A mistake of the user's, or a failure that a stack trace would not explain; the message says what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  /** @param exitCode the code with which the process ends, default 1 */
  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}

/** Exit code after Ctrl-C, as shells have it: 128 + SIGINT. */
export const INTERRUPTED = 130;

/** One line a problem; the stack only when asked for. */
export function formatError(error: unknown, verbose: boolean): string {
  const isTraced = verbose && error instanceof Error && error.stack !== undefined;
  const text = isTraced ? error.stack! : messageOf(error);
  // A message may quote a label or a file name, which could hold control characters.
  return text.replaceAll(/[^\n\t]+/g, printable);
}
