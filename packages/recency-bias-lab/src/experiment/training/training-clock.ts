/** Seconds spent in training. */
export interface TrainingTime {
  /** By the clock on the wall. */
  readonly seconds: number;
  /** By this process's processor time, which other programs on the machine do not lengthen. */
  readonly processorSeconds: number;
}

/** Measures time spent in training, without evaluation and saving. */
export class TrainingClock {
  #before: TrainingTime;
  #startedAt: TrainingTime | undefined;

  /** @param before time spent before, as read from a checkpoint */
  constructor(before: TrainingTime = { seconds: 0, processorSeconds: 0 }) {
    this.#before = before;
  }

  start(): void {
    this.#startedAt ??= now();
  }

  pause(): void {
    this.#before = this.time;
    this.#startedAt = undefined;
  }

  /** Cumulative. */
  get time(): TrainingTime {
    if (this.#startedAt === undefined) return this.#before;
    const { seconds, processorSeconds } = now();
    return {
      seconds: this.#before.seconds + seconds - this.#startedAt.seconds,
      processorSeconds: this.#before.processorSeconds + processorSeconds - this.#startedAt.processorSeconds,
    };
  }
}

/** The clocks of this process; differences count. */
export function now(): TrainingTime {
  const { user, system } = process.cpuUsage();
  return { seconds: performance.now() / 1000, processorSeconds: (user + system) / 1e6 };
}
