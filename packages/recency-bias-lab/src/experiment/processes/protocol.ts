/** The messages between a command and the child processes that work for it. */
import type { EpochEvent } from '../../records/schema.js';
import type { MethodInputs } from '../document/method-inputs.js';
import type { ResolvedExperiment } from '../document/resolve.js';
import type { RunTask } from '../document/tasks.js';
import type { StepProgress } from '../training/train-run-options.js';
import type { RunCost } from './measure-cost.js';

/** Which run to train. */
export interface TrainRunOrder {
  readonly task: RunTask;
  /** The comparison's directory, which holds experiment.json. */
  readonly out: string;
  readonly cache: string;
  readonly saveEverySeconds: number;
  /** Take the run's directory from whatever process holds it. */
  readonly force: boolean;
}

/** Which experiment to measure. */
export interface MeasureCostOrder {
  readonly experiment: ResolvedExperiment;
  readonly cache: string;
  /** The inputs that methods read from files. */
  readonly inputs: MethodInputs;
}

/** How a run gets on. */
export type RunUpdate =
  | { readonly type: 'progress'; readonly progress: StepProgress }
  | { readonly type: 'epoch'; readonly event: EpochEvent }
  /** Images whose features are computed, of those that have to be. */
  | { readonly type: 'features'; readonly done: number; readonly total: number };

/** The jobs of child processes by name: what a job is told, what it says while it works, and what it ends with. */
export interface Jobs {
  readonly 'train-run': {
    readonly order: TrainRunOrder;
    readonly update: RunUpdate;
    /** `stopped`: it saved and ended because it was told to. */
    readonly result: 'complete' | 'stopped';
  };
  readonly 'measure-cost': {
    readonly order: MeasureCostOrder;
    readonly update: never;
    readonly result: RunCost;
  };
}

export type JobName = keyof Jobs;

/** Messages to a child: `load` at most once, before any job; `begin` for each job, when the one before is done; `stop`, after which no other begins; `end`, the last. */
export type ChildInstruction<Name extends JobName = JobName> =
  /** Load what every training takes, while it is not known yet which job comes. */
  | { readonly type: 'load' }
  | { readonly type: 'begin'; readonly job: Name; readonly order: Jobs[Name]['order'] }
  /** Save and stop. */
  | { readonly type: 'stop' }
  /** There is no other job. */
  | { readonly type: 'end' };

/** Messages from a child. */
export type ChildMessage<Name extends JobName> =
  | { readonly type: 'update'; readonly update: Jobs[Name]['update'] }
  /** Last message of a job that was done. The child waits for another, or for its end. */
  | { readonly type: 'result'; readonly result: Jobs[Name]['result'] }
  /** Last message of a job that failed; no other job follows. */
  | { readonly type: 'failed'; readonly message: string; readonly stack?: string };
