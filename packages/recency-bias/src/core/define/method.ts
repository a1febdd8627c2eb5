import type { Observation, Scorer, Selection, StateDict } from '../selector.js';
import type { Signal } from '../signals.js';
import type { EpochPosition } from './epoch.js';

/** A part of a method's memory, which knows its state. */
export interface Memory {
  /** A snapshot as plain data, which later changes of the part do not change. */
  stateDict(): StateDict;
  /**
   * Checks a snapshot, its values too; `commit` loads it and cannot fail.
   * @param position where the run stood when the snapshot was taken
   * @throws TypeError or RangeError naming the field; nothing is changed then
   */
  prepare(state: StateDict, position: EpochPosition): { commit(): void };
}

/** A method's draw: nothing beyond the filled batch, the weights of its samples, or a batch of its own. */
export type Drawn = undefined | Float32Array | Selection;

/**
 * A method at work in one run: what is its own beside the bookkeeping that `defineSelector` does for every method.
 *
 * Between `begin` and the epoch's end `draw` is called for each batch; `learn` may be called at any time.
 */
export interface Method<S extends Signal = Signal> {
  /** Everything that the method remembers, by the name of its field in the saved state. */
  readonly memory?: Readonly<Record<string, Memory>>;
  /** Whether an epoch has an order of its samples in `epoch.order`, which `begin` fills: of all, of some, or (default) none. */
  readonly ordered?: 'all' | 'some' | undefined;
  /** Starts an epoch after the warm-up. */
  begin?(epoch: number): void;
  /**
   * Fills `batch` with distinct samples. Without it, the samples are dealt from `epoch.order`.
   * @param score scores samples by a forward pass; what it answers is checked. It rejects where the trainer has none
   * @returns weights, one for each sample of the batch, or a batch in place of `batch`, where the method has them
   */
  draw?(batch: Int32Array, score: Scorer<S>): Drawn | Promise<Drawn>;
  /** The next batch, in place of `draw`, for a method that counts its epoch's samples itself with `epoch.take`. */
  select?(batchSize: number, score: Scorer<S>): Selection | null | Promise<Selection | null>;
  /** Takes a measurement as it comes, in place of `learn`, for a method that hands it on. */
  observe?(observation: Observation<S>): void;
  /** Learns from a measurement, which has been checked. */
  learn?(observation: Observation<S>): void;
  /** The distribution of the next draw over all samples, in epochs after the warm-up; where one exists. */
  probabilities?(): Float64Array;
  /** Makes anew what follows from the memory, after a state was loaded in an epoch after the warm-up. */
  resume?(epoch: number): void;
  /** Further public properties and functions of the selector. */
  readonly extras?: object;
}
