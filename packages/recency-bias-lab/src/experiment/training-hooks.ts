/** What every training of the lab does around its epochs and steps, be it of a run or of a holdout model. */
import type * as tf from '@tensorflow/tfjs';
import type { DropoutSeeds } from './dropout-seeds.js';
import { learningRateAt } from './learning-rate.js';
import { setLearningRate } from './optimizer.js';
import type { ResolvedExperiment } from './resolve.js';
import type { TrainingClock } from './training-clock.js';

/** How often the event loop gets a turn, for signals and messages: wasm's promises never leave the current one. */
const YIELD_MS = 30;

/** What `TrainingHooks` works on. */
export interface TrainingHooksOptions {
  readonly model: tf.LayersModel;
  readonly experiment: Pick<ResolvedExperiment, 'epochs' | 'learningRate'>;
  readonly dropout: DropoutSeeds;
  readonly clock: TrainingClock;
  /** Aborted when the training is to stop at its next step. */
  readonly stop: AbortSignal;
}

/** Sets the learning rate and the dropout masks, runs the clock, and stops when it is told to. */
export class TrainingHooks {
  #epoch = 0;
  #lastTurn = performance.now();
  #stopped = false;

  constructor(private readonly options: TrainingHooksOptions) {}

  /** Whether the training was told to stop before its end. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** For `fit`'s callbacks; the clock runs from the beginning of an epoch until it is paused. */
  readonly onEpochBegin = (epoch: number): Promise<void> => {
    const { model, experiment, clock } = this.options;
    this.#epoch = epoch;
    setLearningRate(model.optimizer, learningRateAt(experiment.learningRate, epoch + 1, experiment.epochs));
    clock.start();
    return Promise.resolve();
  };

  /** For `fit`'s callbacks. */
  readonly onBatchBegin = (step: number): Promise<void> => {
    this.options.dropout.seedStep(this.#epoch, step);
    return Promise.resolve();
  };

  /**
   * To be awaited after each step: every now and then gives the event loop a turn, and sees then whether to stop.
   * @param before called when it does, first
   */
  async afterStep(before?: () => void): Promise<void> {
    if (performance.now() - this.#lastTurn < YIELD_MS) return;
    before?.();
    await new Promise((resolve) => setImmediate(resolve));
    this.#lastTurn = performance.now();
    if (!this.options.stop.aborted) return;
    this.#stopped = true;
    this.options.model.stopTraining = true;
  }
}
