/** The process of one run. It is told by messages what to do, and ends by itself when the comparison is gone. */
import { STOP } from './messages.js';
import type { WorkerMessage, WorkerOrder } from './messages.js';
import { prepareComparison } from '../prepare/prepare.js';
import { trainRun } from '../training/train-run.js';

const stop = new AbortController();
const send = (message: WorkerMessage): void => {
  if (process.connected) process.send?.(message);
};

async function work({ task, out, cache, saveEverySeconds, force }: WorkerOrder): Promise<void> {
  const prepared = await prepareComparison(out, { cache, purpose: 'train' });
  const complete = await trainRun({
    ...prepared,
    task,
    out,
    saveEverySeconds,
    force,
    stop: stop.signal,
    onProgress: (progress) => {
      send({ type: 'progress', progress });
    },
    onEpoch: (event) => {
      send({ type: 'epoch', event });
    },
  });
  send({ type: 'done', complete });
}

// Ctrl-C, and the end of a terminal, reach every process of the terminal; the comparison decides what it means.
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
process.on('disconnect', () => {
  stop.abort();
});
process.on('message', (message: WorkerOrder | typeof STOP) => {
  if (message === STOP) {
    stop.abort();
    return;
  }
  work(message)
    .catch((error: unknown) => {
      const { message: text, stack } = error instanceof Error ? error : new Error(String(error));
      send({ type: 'failed', message: text, ...(stack !== undefined && { stack }) });
      process.exitCode = 1;
    })
    .finally(() => {
      if (process.connected) process.disconnect();
    });
});
