/** The options of a run's training, and its reports of progress. */
import type { EpochEvent } from '../../records/schema.js';
import type { RunTask } from '../document/tasks.js';
import type { PreparedExperiment } from '../prepare/prepare.js';

/** Progress within a run, some times a second. */
export interface StepProgress {
  /** The epoch under way, 1-based. */
  readonly epoch: number;
  /** Steps done in it, and steps in all. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Samples trained and samples scored by this process, and the seconds it took. */
  readonly samples: number;
  readonly scored: number;
  readonly seconds: number;
  /** Mean loss of the epoch so far. */
  readonly trainLoss: number;
}

/** The options of `trainRun`. */
export interface TrainRunOptions extends Pick<
  PreparedExperiment,
  'experiment' | 'opened' | 'dataset' | 'inputs' | 'cache'
> {
  readonly task: RunTask;
  /** The comparison's directory. */
  readonly out: string;
  /** Save within an epoch when so many seconds have passed since the last time. */
  readonly saveEverySeconds: number;
  /** Takes the run's directory from whatever process holds it. */
  readonly force?: boolean;
  /** Aborted when the run is to save and stop at its next step. */
  readonly stop: AbortSignal;
  readonly onProgress?: (progress: StepProgress) => void;
  readonly onEpoch?: (event: EpochEvent) => void;
  /** While features are computed: images done, of those that have to be. */
  readonly onFeatures?: (done: number, total: number) => void;
}
