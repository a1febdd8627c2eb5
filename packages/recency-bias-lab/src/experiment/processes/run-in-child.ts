/** Starts child processes. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
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

/** A process that does one job after another. */
export class JobProcess {
  readonly #process: ChildProcess;
  /** The end of what it wrote to its error output. */
  #detail = '';
  #isEnding = false;

  /** A process that loads what every training takes. It keeps the command waiting only when it has a job. */
  static startAhead(): JobProcess {
    const ahead = new JobProcess();
    ahead.#send({ type: 'load' });
    ahead.#holdCommand(false);
    return ahead;
  }

  constructor() {
    this.#process = fork(CHILD, [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      execArgv: [],
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#detail = (this.#detail + text).slice(-DETAIL_LENGTH);
    });
    this.#process.once('exit', () => (this.#isEnding = true));
  }

  /** Whether it can do another job. */
  get isFree(): boolean {
    return !this.#isEnding && this.#process.connected;
  }

  /**
   * Does a job.
   * @param keep whether the process is to stay for another job when this one is done; otherwise it has ended when the job has
   */
  run<Name extends JobName>(
    job: Name,
    order: Jobs[Name]['order'],
    { onUpdate, stop, keep = false }: ChildOptions<Name> & { readonly keep?: boolean } = {},
  ): Promise<ChildOutcome<Name>> {
    this.#holdCommand(true);
    return new Promise((resolve) => {
      const child = this.#process;
      let outcome: ChildOutcome<Name> | undefined;
      const tellStop = (): void => {
        this.#send({ type: 'stop' });
      };
      const finish = (ended: ChildOutcome<Name>): void => {
        stop?.removeEventListener('abort', tellStop);
        child.off('message', onMessage).off('error', onError).off('close', onClose);
        resolve(ended);
      };
      const onMessage = (message: ChildMessage<Name>): void => {
        switch (message.type) {
          case 'update':
            onUpdate?.(message.update);
            break;
          case 'result':
            outcome = { status: 'done', result: message.result };
            if (keep && stop?.aborted !== true) finish(outcome);
            else this.end();
            break;
          case 'failed':
            outcome = { status: 'failed', message: message.message, detail: message.stack ?? '' };
            this.end();
        }
      };
      const onError = ({ message }: Error): void => {
        this.#isEnding = true;
        finish({
          status: 'failed',
          message: `its process could not be started (${message})`,
          detail: this.#detail,
        });
      };
      const onClose = (code: number | null, signal: NodeJS.Signals | null): void => {
        const how = signal === null ? `with exit code ${code ?? 0}` : `by signal ${signal}`;
        finish(outcome ?? { status: 'ended', how, ...(signal !== null && { signal }), detail: this.#detail });
      };
      child.on('message', onMessage).on('error', onError).on('close', onClose);
      stop?.addEventListener('abort', tellStop, { once: true });
      this.#send({ type: 'begin', job, order });
      if (stop?.aborted === true) tellStop();
    });
  }

  /** Lets it end. It is the child that closes the channel: where the parent does, Node never says that the child has ended. */
  end(): void {
    this.#isEnding = true;
    this.#send({ type: 'end' });
  }

  /** Whether the command cannot end before this process has. */
  #holdCommand(holds: boolean): void {
    const { channel, stderr } = this.#process;
    for (const handle of [this.#process, channel, stderr instanceof Socket ? stderr : undefined]) {
      if (holds) handle?.ref();
      else handle?.unref();
    }
  }

  #send(instruction: ChildInstruction): void {
    // A child that has ended meanwhile says so by its end.
    if (this.#process.connected) this.#process.send(instruction, () => undefined);
  }
}

let ahead: JobProcess | undefined;

/** Starts the next process now: it loads TensorFlow.js and libtorch while the command finds out what is to be done. */
export function startProcessAhead(): void {
  ahead ??= JobProcess.startAhead();
}

/** A process without a job: the process that was started ahead, or a new one. */
export function nextProcess(): JobProcess {
  const next = ahead?.isFree === true ? ahead : new JobProcess();
  ahead = undefined;
  return next;
}

/** Does a job in a process of its own. */
export function runInChild<Name extends JobName>(
  job: Name,
  order: Jobs[Name]['order'],
  options: ChildOptions<Name> = {},
): Promise<ChildOutcome<Name>> {
  return nextProcess().run(job, order, options);
}
