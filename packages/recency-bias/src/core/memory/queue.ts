import type { EpochPosition } from '../define/epoch.js';
import type { Memory } from '../define/method.js';
import type { StateDict } from '../selector.js';
import { readArray, readVersion } from '../state-fields.js';

/** Samples that an epoch has dealt and not trained yet, first in, first out. */
export class Queue implements Memory {
  #samples: number[] = [];

  /** Number of samples that wait. */
  get length(): number {
    return this.#samples.length;
  }

  /** Forgets all samples. */
  clear(): void {
    this.#samples = [];
  }

  /** Adds a sample, which must not be in the queue (not checked). */
  push(sample: number): void {
    this.#samples.push(sample);
  }

  /** Takes out the next `count` samples, or as many as there are. */
  take(count: number): Int32Array {
    return Int32Array.from(this.#samples.splice(0, count));
  }

  stateDict(): StateDict {
    return { version: 1, samples: Int32Array.from(this.#samples) };
  }

  prepare(state: StateDict, { drawn, order }: EpochPosition): { commit(): void } {
    readVersion('queue', state, 1);
    const samples = readArray(state, 'samples', Int32Array);
    const dealt = new Set(order.subarray(0, drawn));
    for (const sample of samples) {
      if (dealt.delete(sample)) continue;
      throw new RangeError(`state.samples holds ${sample} twice, or although the epoch has not dealt it.`);
    }
    return {
      commit: () => {
        this.#samples = Array.from(samples);
      },
    };
  }
}
