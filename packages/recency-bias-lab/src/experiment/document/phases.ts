/** The phases of a run: a probe of the network's features, where the experiment has one, and the training. */
import type { ResolvedExperiment } from './resolve.js';
import { ownEpochs } from './tasks.js';
import type { RunTask } from './tasks.js';

/** `probe`: the classification layer alone is trained, on features; `training`: all that is not frozen. */
export type PhaseKind = 'probe' | 'training';

/** Epochs of a run that train the same layers. */
export interface Phase {
  readonly kind: PhaseKind;
  /** 1-based, both included. */
  readonly first: number;
  readonly last: number;
}

/** The phases of an experiment's whole length. */
export function phasesOf({ probe, epochs }: Pick<ResolvedExperiment, 'probe' | 'epochs'>): Phase[] {
  const probed = probe?.epochs ?? 0;
  const phases: Phase[] = [
    { kind: 'probe', first: 1, last: probed },
    { kind: 'training', first: probed + 1, last: epochs },
  ];
  return phases.filter(({ first, last }) => first <= last);
}

/** The phases of a run, as far as it trains them itself. */
export function phasesOfTask(task: RunTask, experiment: ResolvedExperiment): Phase[] {
  const own = ownEpochs(task, experiment);
  return phasesOf(experiment)
    .map(({ kind, first, last }) => ({
      kind,
      first: Math.max(first, own.first),
      last: Math.min(last, own.last),
    }))
    .filter(({ first, last }) => first <= last);
}
