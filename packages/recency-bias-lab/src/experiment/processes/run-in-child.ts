/** Starts child processes. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ChildInstruction, ChildMessage, JobName, Jobs } from './protocol.js';

/** How a child process ended. */
export type ChildOutcome<Name extends JobName> =
  | { readonly status: 'done'; readonly result: Jobs[Name]['result'] }
  /** Its job failed, or it could not be started. */
  | { readonly status: 'failed'; readonly message: string; readonly detail: string }
  /** It ended without a last message, by a signal or an exit code; `how` is e.g. `with exit code 1`. */
  | {
      readonly status: 'ended';
      readonly how: string;
      readonly signal?: NodeJS.Signals;
      readonly detail: string;
    };

/** How a job is listened to and stopped. */
export interface ChildOptions<Name extends JobName> {
  readonly onUpdate?: (update: Jobs[Name]['update']) => void;
  /** Aborted to make the child save and end; it does so within a step. */
  readonly stop?: AbortSignal;
}

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));

/** How much is kept of the end of what a process wrote to its error output. */
const DETAIL_LENGTH = 4000;

/** Does a job in a process of its own. */
export function runInChild<Name extends JobName>(
  job: Name,
  order: Jobs[Name]['order'],
  { onUpdate, stop }: ChildOptions<Name> = {},
): Promise<ChildOutcome<Name>> {
  return new Promise((resolve) => {
    const child = fork(CHILD, [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      execArgv: [],
    });
    let outcome: ChildOutcome<Name> | undefined;
    let detail = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      detail = (detail + text).slice(-DETAIL_LENGTH);
    });
    const send = (instruction: ChildInstruction<Name>): void => {
      if (child.connected) child.send(instruction);
    };
    const tellStop = (): void => {
      send({ type: 'stop' });
    };
    stop?.addEventListener('abort', tellStop, { once: true });

    child.on('message', (message: ChildMessage<Name>) => {
      switch (message.type) {
        case 'update':
          onUpdate?.(message.update);
          break;
        case 'result':
          outcome = { status: 'done', result: message.result };
          break;
        case 'failed':
          outcome = { status: 'failed', message: message.message, detail: message.stack ?? '' };
      }
    });
    const finish = (otherwise: ChildOutcome<Name>): void => {
      stop?.removeEventListener('abort', tellStop);
      resolve(outcome ?? otherwise);
    };
    child.on('error', ({ message }) => {
      finish({ status: 'failed', message: `its process could not be started (${message})`, detail });
    });
    child.on('close', (code, signal) => {
      const how = signal === null ? `with exit code ${code ?? 0}` : `by signal ${signal}`;
      finish({ status: 'ended', how, ...(signal !== null && { signal }), detail });
    });
    send({ type: 'begin', job, order });
    if (stop?.aborted === true) tellStop();
  });
}
