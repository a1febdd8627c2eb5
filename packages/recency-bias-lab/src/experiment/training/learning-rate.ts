/** Step schedules of the learning rate. */

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
