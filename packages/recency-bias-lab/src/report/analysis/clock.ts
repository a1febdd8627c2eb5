/** The clock that the seconds of a comparison are read from. */
import type { EpochEvent, RunHeader } from '../../records/schema.js';

/** Processor time of the run's process, or the clock on the wall. */
export type Clock = 'processor' | 'wall';

/** Backends that train on the processor, each run on one thread (experiment/backend.ts). */
const SINGLE_THREADED = new Set(['torch', 'wasm', 'cpu']);

/**
 * Processor time beyond this multiple of the time on the wall comes from helper threads (decoding of images, say), and is not
 * what an idle machine would show; the runtime's own threads stay below it.
 */
const MOST_PARALLEL = 1.1;

/**
 * Processor time where every epoch of every run recorded it and all runs had one thread: then it is what the wall clock
 * would show on an idle machine, and does not depend on what else ran there. Else the clock on the wall.
 */
export function chooseClock(
  runs: readonly { readonly header: RunHeader; readonly epochs: readonly EpochEvent[] }[],
): Clock {
  const begun = runs.filter(({ epochs }) => epochs.length > 0);
  const usable = begun.every(({ header, epochs }) => {
    const { processorSeconds = Infinity, trainSeconds } = epochs.at(-1)!;
    return (
      SINGLE_THREADED.has(header.environment.backend) &&
      epochs.every((event) => event.processorSeconds !== undefined) &&
      processorSeconds <= MOST_PARALLEL * trainSeconds
    );
  });
  return usable && begun.length > 0 ? 'processor' : 'wall';
}

/** Cumulative seconds of training up to the end of an epoch, without evaluation. */
export function seconds({ trainSeconds, processorSeconds = trainSeconds }: EpochEvent, clock: Clock): number {
  return clock === 'processor' ? processorSeconds : trainSeconds;
}
