/** Starts the process of one run. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EpochEvent } from '../../records/schema.js';
import { STOP } from './messages.js';
import type { WorkerMessage, WorkerOrder } from './messages.js';
import type { RunProgress } from '../training/train-run.js';

/** How a run's process ended. */
export type RunOutcome =
  | { readonly status: 'complete' }
  /** It saved and stopped because it was told to. */
  | { readonly status: 'stopped' }
  | { readonly status: 'failed'; readonly message: string; readonly detail: string };

/** What to do with the messages of a run. */
export interface RunListener {
  onProgress(progress: RunProgress): void;
  onEpoch(event: EpochEvent): void;
}

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));

/** The last lines of what a process wrote to its error output. */
const DETAIL_LENGTH = 4000;

/**
 * Trains a run in a process of its own.
 * @param stop aborted to make it save and stop; it does so within a step
 */
export function startRun(order: WorkerOrder, listener: RunListener, stop: AbortSignal): Promise<RunOutcome> {
  return new Promise((resolve) => {
    const child = fork(WORKER, [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      execArgv: [],
    });
    let outcome: RunOutcome | undefined;
    let detail = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      detail = (detail + text).slice(-DETAIL_LENGTH);
    });
    const tellStop = (): void => {
      if (child.connected) child.send(STOP);
    };
    stop.addEventListener('abort', tellStop, { once: true });

    child.on('message', (message: WorkerMessage) => {
      switch (message.type) {
        case 'progress':
          listener.onProgress(message.progress);
          break;
        case 'epoch':
          listener.onEpoch(message.event);
          break;
        case 'done':
          outcome = { status: message.complete ? 'complete' : 'stopped' };
          break;
        case 'failed':
          outcome = { status: 'failed', message: message.message, detail: message.stack ?? '' };
      }
    });
    child.on('error', (error) => {
      outcome ??= {
        status: 'failed',
        message: `its process could not be started (${error.message})`,
        detail,
      };
      finish();
    });
    child.on('close', (code, signal) => {
      const how = signal === null ? `with exit code ${code ?? 0}` : `by signal ${signal}`;
      outcome ??= { status: 'failed', message: `its process ended ${how}`, detail };
      finish();
    });
    const finish = (): void => {
      stop.removeEventListener('abort', tellStop);
      resolve(outcome!);
    };
    child.send(order);
    if (stop.aborted) tellStop();
  });
}
