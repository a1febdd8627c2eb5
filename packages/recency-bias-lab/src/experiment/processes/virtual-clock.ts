/** Time that passes as soon as nothing is left to do before the next moment. */
import { setImmediate as turn } from 'node:timers/promises';
import { smallest } from '../../ground/extremes.js';

/** Sleeps that take no time: the clock goes from one waking to the next, in order. */
export class VirtualClock {
  #now = 0;
  #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  /** Seconds since the beginning. */
  get seconds(): number {
    return this.#now;
  }

  /** Resolves when the time has passed; the time passes only in `run`. */
  sleep(seconds: number): Promise<void> {
    return new Promise((wake) => {
      this.#sleepers.push({ at: this.#now + seconds, wake });
    });
  }

  /** Lets time pass until the work has ended, which may wait for nothing but this clock. */
  async run<T>(work: Promise<T>): Promise<T> {
    const [result] = await Promise.all([work, this.#pass()]);
    return result;
  }

  async #pass(): Promise<void> {
    for (;;) {
      await turn(); // whatever can go on without more time has then gone on
      if (this.#sleepers.length === 0) return;
      this.#now = smallest(this.#sleepers.map(({ at }) => at));
      const due = this.#sleepers.filter(({ at }) => at <= this.#now);
      this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now);
      for (const { wake } of due) wake();
    }
  }
}
