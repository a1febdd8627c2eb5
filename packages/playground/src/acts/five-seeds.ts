/** The race over five seeds: as many workers as the machine has room for, the verdict at the end. */
import type { PageMessage } from '../training/messages.js';
import { Training } from '../training/training.js';
import type { SeedResult } from './verdict.js';

/** Is told how the seeds go. */
export interface SeedsListener {
  /** @param done share of all epochs that are done, in [0, 1] */
  progress(done: number): void;
  result(result: SeedResult): void;
  failed(message: string): void;
  done(): void;
}

/** Races over several seeds that are under way. */
export class Seeds {
  readonly #start: (seed: number) => Extract<PageMessage, { kind: 'train' }>;
  readonly #listener: SeedsListener;
  readonly #running = new Set<Training>();
  readonly #waiting: number[];
  #epochs = 0;
  #finished = 0;

  constructor(
    seeds: readonly number[],
    start: (seed: number) => Extract<PageMessage, { kind: 'train' }>,
    listener: SeedsListener,
  ) {
    this.#start = start;
    this.#listener = listener;
    this.#waiting = [...seeds];
    const { warmupEpochs, epochs } = start(0).settings;
    const total = seeds.length * (2 * epochs - warmupEpochs);
    // One core is left to the page.
    const workers = Math.max(1, Math.min(4, navigator.hardwareConcurrency - 1));
    for (let n = 0; n < workers; n++) this.#next(total, seeds.length);
  }

  /** Ends all of them. */
  stop(): void {
    this.#waiting.length = 0;
    for (const training of this.#running) training.stop();
    this.#running.clear();
  }

  #next(total: number, seeds: number): void {
    const seed = this.#waiting.shift();
    if (seed === undefined) return;
    const last = { random: NaN, 'recency-bias': NaN };
    const training = new Training(this.#start(seed), (message) => {
      if (message.kind === 'epoch') {
        last[message.racer] = message.testError;
        this.#listener.progress(++this.#epochs / total);
      } else if (message.kind === 'failed') {
        this.stop();
        this.#listener.failed(message.message);
      } else if (message.kind === 'done') {
        training.stop();
        this.#running.delete(training);
        this.#listener.result({ seed, random: last.random, recencyBias: last['recency-bias'] });
        if (++this.#finished === seeds) this.#listener.done();
        else this.#next(total, seeds);
      }
    });
    this.#running.add(training);
  }
}
