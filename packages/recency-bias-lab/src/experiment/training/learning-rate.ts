/** Step schedules of the learning rate. */

import { phasesOf } from '../document/phases.js';
import type { ResolvedExperiment } from '../document/resolve.js';

/** The rate at the start and its changes. */
export interface LearningRate {
  readonly initial: number;
  /** [when, factor]: below 1 a share of the epochs, else a number of epochs. */
  readonly steps: readonly (readonly [when: number, factor: number])[];
}

/** Number of completed epochs after which a step takes effect; shares are rounded to whole epochs. */
export function stepEpoch(when: number, epochs: number): number {
  return when < 1 ? Math.round(when * epochs) : when;
}

/**
 * The learning rate of an epoch.
 * @param epoch 1-based
 * @param epochs number of epochs of the whole run
 */
export function learningRateAt({ initial, steps }: LearningRate, epoch: number, epochs: number): number {
  return steps.reduce(
    (rate, [when, factor]) => (epoch > stepEpoch(when, epochs) ? rate * factor : rate),
    initial,
  );
}

/**
 * The learning rate of each epoch of an experiment. Each phase runs through all steps, from a rate of its own.
 * @param probeRate the rate at which the probe begins, where there is one
 */
export function phaseRate(
  experiment: Pick<ResolvedExperiment, 'learningRate' | 'probe' | 'epochs'>,
  probeRate: number | undefined,
): (epoch: number) => number {
  const { learningRate } = experiment;
  const phases = phasesOf(experiment);
  return (epoch) => {
    const { kind, first, last } = phases.find((phase) => epoch <= phase.last) ?? phases.at(-1)!;
    const initial = kind === 'probe' ? (probeRate ?? learningRate.initial) : learningRate.initial;
    return learningRateAt({ ...learningRate, initial }, epoch - first + 1, last - first + 1);
  };
}
