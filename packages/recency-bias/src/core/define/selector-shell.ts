import type { Scorer, Selection, Selector, TrainingRun } from '../selector.js';
import type { Signal, SignalTable } from '../signals.js';
import { checkColumns } from '../observation.js';
import { readSame, readState, readVersion } from '../state-fields.js';
import type { Epoch, EpochPosition } from './epoch.js';
import type { Drawn, Method } from './method.js';

const STATE_VERSION = 2;

/** The shell's facts of its method. */
export interface ShellFacts<S extends Signal> {
  /** Registry name. */
  readonly name: string;
  /** Name in saved states; the registry name, or that of a wrapper. */
  readonly stateName: string;
  readonly signals: SignalTable<S>;
  /** Uniform epochs before the method begins to select. */
  readonly warmupEpochs: number;
}

/**
 * A selector around a method: the bookkeeping that all methods share. It counts epochs and batches, trains the warm-up,
 * checks observations, owns the batch, and saves and loads the state, which is checked whole before any of it is loaded.
 */
export function selectorShell<S extends Signal>(
  { size, classes }: TrainingRun,
  { name, stateName, signals, warmupEpochs }: ShellFacts<S>,
  epoch: Epoch,
  method: Method<S>,
): Selector<S> {
  const { order } = epoch;
  const memories = Object.entries(method.memory ?? {});
  const signalNames = Object.keys(signals) as S[];
  let batch = new Int32Array(0);

  /** Whether the method itself selects in an epoch: not before the first, and not in the warm-up. */
  const selects = (number: number): boolean => number > warmupEpochs;

  /** A scorer whose answers are checked. */
  const checked =
    (score: Scorer<S> | undefined): Scorer<S> =>
    async (indices) => {
      if (score === undefined) {
        throw new TypeError(`${stateName} needs a scorer: select(batchSize, score).`);
      }
      const scored = await score(indices);
      checkColumns(scored, signals, size, classes);
      return scored;
    };

  const shell: Selector<S> = {
    name,
    signals: signalNames,

    beginEpoch: (number) => {
      epoch.begin(number);
      if (!selects(number)) {
        order.shuffle(epoch.random);
        return;
      }
      if (method.ordered === undefined) order.release();
      method.begin?.(number);
    },

    select: (batchSize, score?: Scorer<S>) => {
      const selecting = selects(epoch.number);
      if (selecting && method.select !== undefined) return method.select(batchSize, checked(score));
      const count = epoch.take(batchSize);
      if (count === 0) return null;
      if (batch.length !== count) batch = new Int32Array(count);
      const indices = batch;
      if (!selecting || method.draw === undefined) {
        order.deal(indices);
        return { indices };
      }
      const drawn = method.draw(indices, checked(score));
      return drawn instanceof Promise
        ? drawn.then((later) => selectionOf(indices, later))
        : selectionOf(indices, drawn);
    },

    observe: (observation) => {
      if (method.observe !== undefined) {
        method.observe(observation);
      } else if (signalNames.length > 0) {
        checkColumns(observation, signals, size, classes);
        method.learn?.(observation);
      }
    },

    stateDict: () => ({
      version: STATE_VERSION,
      selector: stateName,
      epoch: epoch.stateDict(),
      ...Object.fromEntries(memories.map(([field, memory]) => [field, memory.stateDict()])),
    }),

    loadStateDict: (state) => {
      readVersion(stateName, state, STATE_VERSION);
      readSame(state, 'selector', stateName);
      const saved = epoch.prepare(readState(state, 'epoch'));
      const { position } = saved;
      checkOrder(position);
      const parts = memories.map(([field, memory]) => memory.prepare(readState(state, field), position));
      saved.commit();
      for (const part of parts) part.commit();
      if (selects(position.epoch)) method.resume?.(position.epoch);
    },
  };

  /** Whether a state's order is one that an epoch of this selector deals. */
  function checkOrder({ epoch: number, order: { length } }: EpochPosition): void {
    const ordered = selects(number) ? method.ordered : 'all';
    const expected = ordered === 'all' ? size : ordered === 'some' ? Math.max(1, length) : 0;
    if (length === expected || number === 0) return;
    throw new RangeError(
      `state.order holds ${length} samples, but epoch ${number} deals ${ordered ?? 'none'} of ${size}; ` +
        'load a state saved with the same options.',
    );
  }

  if (method.probabilities !== undefined) {
    shell.probabilities = () =>
      selects(epoch.number) ? method.probabilities!() : new Float64Array(size).fill(1 / size);
  }
  return shell;
}

function selectionOf(indices: Int32Array, drawn: Drawn): Selection {
  return drawn instanceof Float32Array ? { indices, weights: drawn } : (drawn ?? { indices });
}
