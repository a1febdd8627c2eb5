/** Measures time spent in training, without evaluation and saving. */
export class TrainingClock {
  #seconds: number;
  #startedAt: number | undefined;

  /** @param seconds time spent before, as read from a checkpoint */
  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  start(): void {
    this.#startedAt ??= performance.now();
  }

  pause(): void {
    this.#seconds = this.seconds;
    this.#startedAt = undefined;
  }

  /** Cumulative seconds. */
  get seconds(): number {
    if (this.#startedAt === undefined) return this.#seconds;
    return this.#seconds + (performance.now() - this.#startedAt) / 1000;
  }
}
