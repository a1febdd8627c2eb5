/** Lets two trainings take their steps in turns, so that neither gets ahead of the other. */
export class Lockstep {
  #waiting: (() => void) | null = null;
  #alone = false;

  /** Resolves when the other one has arrived too. */
  async arrive(): Promise<void> {
    if (this.#alone) return;
    if (this.#waiting !== null) {
      this.#waiting();
      this.#waiting = null;
      return;
    }
    await new Promise<void>((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** Says that this one takes no more steps. */
  leave(): void {
    this.#alone = true;
    this.#waiting?.();
    this.#waiting = null;
  }
}
