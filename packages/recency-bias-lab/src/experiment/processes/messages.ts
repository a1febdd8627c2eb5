/** What a run's process tells the comparison that started it. */
import type { EpochEvent } from '../../records/schema.js';
import type { RunTask } from '../document/tasks.js';
import type { RunProgress } from '../training/train-run.js';

/** The first message to a worker process: which run to train. */
export interface WorkerOrder {
  readonly task: RunTask;
  /** The comparison's directory, which holds experiment.json. */
  readonly out: string;
  readonly cache: string;
  readonly saveEverySeconds: number;
  /** Take the run's directory from whatever process holds it. */
  readonly force: boolean;
}

/** The second and last message to a worker process: save and stop. */
export const STOP = 'stop';

/** Messages from a worker process. */
export type WorkerMessage =
  | { readonly type: 'progress'; readonly progress: RunProgress }
  | { readonly type: 'epoch'; readonly event: EpochEvent }
  /** Last message; `complete` is false when the run was stopped. */
  | { readonly type: 'done'; readonly complete: boolean }
  /** Last message of a run that failed. */
  | { readonly type: 'failed'; readonly message: string; readonly stack?: string };
