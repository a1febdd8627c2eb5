/** Trains a run in a process of its own. */
import type { EpochEvent } from '../../records/schema.js';
import type { RunProgress } from '../training/train-run.js';
import type { TrainRunOrder } from './protocol.js';
import { runInChild } from './run-in-child.js';
import type { RunOutcome } from './schedule-runs.js';

/** What to do with the messages of a run. */
export interface RunListener {
  onProgress(progress: RunProgress): void;
  onEpoch(event: EpochEvent): void;
}

/**
 * Trains a run in a process of its own.
 * @param stop aborted to make it save and stop; it does so within a step
 */
export async function startRun(
  order: TrainRunOrder,
  listener: RunListener,
  stop: AbortSignal,
): Promise<RunOutcome> {
  const outcome = await runInChild('train-run', order, {
    stop,
    onUpdate: (update) => {
      if (update.type === 'progress') listener.onProgress(update.progress);
      else listener.onEpoch(update.event);
    },
  });
  switch (outcome.status) {
    case 'done':
      return { status: outcome.result };
    case 'failed':
      return outcome;
    case 'ended':
      return { status: 'failed', message: `its process ended ${outcome.how}`, detail: outcome.detail };
  }
}
