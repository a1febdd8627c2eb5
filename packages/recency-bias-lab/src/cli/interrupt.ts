/** Ctrl-C: the first asks politely, the second ends at once. A terminal or pipe that closes asks politely too. */
import { STOPPING_SIGNALS } from '../ground/stopping-signals.js';
import { INTERRUPTED } from './errors.js';

/** Exit code where nobody reads the output any more, as shells have it: 128 + SIGPIPE. */
const UNREAD = 141;

/** Called when nobody reads the output any more; commands that train set it to stop as Ctrl-C does. */
let onUnread: () => void = () => process.exit(UNREAD);

/** Ends the process without a stack trace when its output is a pipe or a terminal that was closed. */
export function watchOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE' || code === 'EIO') onUnread();
      else process.exit(1); // a full disk, say: there is no place to say so
    });
  }
}

/**
 * Aborts a signal on the first Ctrl-C (or `kill`), or when the terminal or the pipe of the output is closed; the second Ctrl-C ends
 * the process, whose runs then save and end by themselves.
 * @param onInterrupt called once, at the first
 */
export function interruptSignal(onInterrupt: () => void): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) return;
    controller.abort();
    onInterrupt();
  };
  const handler = (name: NodeJS.Signals): void => {
    // A closed terminal sends SIGHUP more than once.
    if (controller.signal.aborted && name !== 'SIGHUP') process.exit(INTERRUPTED);
    stop();
  };
  for (const name of STOPPING_SIGNALS) process.on(name, handler);
  const before = onUnread;
  onUnread = stop;
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of STOPPING_SIGNALS) process.off(name, handler);
      onUnread = controller.signal.aborted ? () => undefined : before;
    },
  };
}
