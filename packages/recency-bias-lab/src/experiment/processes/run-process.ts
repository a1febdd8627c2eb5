/** Trains a run in a child process. */
import { STOPPING_SIGNALS } from '../../ground/stopping-signals.js';
import type { EpochEvent } from '../../records/schema.js';
import type { StepProgress } from '../training/train-run-options.js';
import type { TrainRunOrder } from './protocol.js';
import type { JobProcess } from './run-in-child.js';
import type { RunOutcome } from './schedule-runs.js';

/** Listens to a run. */
export interface RunListener {
  onProgress(progress: StepProgress): void;
  onEpoch(event: EpochEvent): void;
  /** While features are computed: images done, of those that have to be. */
  onFeatures(done: number, total: number): void;
}

/**
 * Trains a run in a child process.
 * @param stop aborted to make it save and stop; it does so within a step
 * @param keep whether the process is to stay for another run when this one is complete
 */
export async function startRun(
  order: TrainRunOrder,
  listener: RunListener,
  stop: AbortSignal,
  { child, keep }: { readonly child: JobProcess; readonly keep: boolean },
): Promise<RunOutcome> {
  const outcome = await child.run('train-run', order, {
    ...{ stop, keep },
    onUpdate: (update) => {
      if (update.type === 'progress') listener.onProgress(update.progress);
      else if (update.type === 'epoch') listener.onEpoch(update.event);
      else listener.onFeatures(update.done, update.total);
    },
  });
  switch (outcome.status) {
    case 'done':
      return { status: outcome.result };
    case 'failed':
      return outcome;
    case 'ended':
      // A process that is only beginning does not yet hold back the signals that reach it and the command alike.
      if (stop.aborted && outcome.signal !== undefined && STOPPING_SIGNALS.includes(outcome.signal)) {
        return { status: 'stopped' };
      }
      return { status: 'failed', message: `its process ended ${outcome.how}`, detail: outcome.detail };
  }
}
