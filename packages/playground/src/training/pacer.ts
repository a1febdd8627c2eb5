import type { Pace } from './messages.js';

/** Holds a training to a pace that may change while it trains. */
export class Pacer {
  #pace: Pace;
  #next = 0;
  #wake: (() => void) | null = null;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** Changes the pace at once, also of a step that waits. */
  set(pace: Pace): void {
    this.#pace = pace;
    this.#wake?.();
  }

  /** Resolves when the next step may begin. */
  async turn(): Promise<void> {
    for (;;) {
      const now = performance.now();
      if (!this.#pace.paused && (this.#pace.stepMs === 0 || now >= this.#next)) {
        this.#next = now + this.#pace.stepMs;
        return;
      }
      const wait = this.#pace.paused ? null : Math.min(this.#next - now, this.#pace.stepMs);
      await new Promise<void>((resolve) => {
        const timer = wait === null ? undefined : setTimeout(resolve, wait);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = null;
    }
  }
}
