/** Ctrl-C: the first asks politely, the second ends at once. */
import { INTERRUPTED } from './errors.js';

/**
 * Aborts a signal on the first Ctrl-C (or `kill`); the second ends the process, whose runs then save and end by
 * themselves.
 * @param onInterrupt called once, at the first
 */
export function interruptSignal(onInterrupt: () => void): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  const handler = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
    onInterrupt();
  };
  process.on('SIGINT', handler);
  process.on('SIGTERM', handler);
  return {
    signal: controller.signal,
    dispose: () => {
      process.off('SIGINT', handler);
      process.off('SIGTERM', handler);
    },
  };
}
