import type { Pace, PageMessage, WorkerMessage } from './messages.js';

/** A training in a worker, seen from the page. */
export class Training {
  readonly #worker: Worker;

  constructor(
    start: Extract<PageMessage, { kind: 'train' | 'photos' }>,
    listen: (message: WorkerMessage) => void,
  ) {
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    this.#worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => {
      listen(data);
    });
    this.#worker.addEventListener('error', ({ message }) => {
      listen({ kind: 'failed', message: message === '' ? 'The worker that trains did not start.' : message });
    });
    this.#say(start);
  }

  /** Changes how fast it trains. */
  setPace(pace: Pace): void {
    this.#say({ kind: 'pace', pace });
  }

  /** Ends it. */
  stop(): void {
    this.#worker.terminate();
  }

  /** Says something about photos to the worker. */
  tell(message: Extract<PageMessage, { kind: 'photo' | 'train-photos' | 'save-photos' }>): void {
    this.#say(message);
  }

  #say(message: PageMessage): void {
    this.#worker.postMessage(message);
  }
}
