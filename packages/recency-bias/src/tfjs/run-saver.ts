/** Saves a run as it goes. */
import * as tf from '@tensorflow/tfjs';
import type { LoopParts, Position } from './loop-parts.js';
import type { Observer } from './observer.js';
import { captureModel } from './state/checkpoint.js';
import { TRAINING_STATE_VERSION, type TrainingState } from './state/training-state.js';

/** Takes the states of a run and hands them to `checkpoint.save`, where there is one. */
export class RunSaver {
  private savedAt = tf.util.now();
  private saved: string | null = null;

  constructor(private readonly parts: LoopParts) {}

  /** The state saved last, in words; null before the first. */
  get savedLast(): string | null {
    return this.saved;
  }

  /** Whether a state is due within the epoch. */
  isDue(step: number): boolean {
    const { checkpoint } = this.parts.args;
    if (checkpoint === undefined) return false;
    const { everySteps = Infinity, everySeconds = Infinity } = checkpoint;
    return step % everySteps === 0 || tf.util.now() - this.savedAt >= 1000 * everySeconds;
  }

  /** Saves the state at `position`, what is still on its way to the selector included. */
  async save({ epoch, step, trainedSamples }: Position, observer: Observer): Promise<void> {
    const { trained, data, chooser, callbacks, args } = this.parts;
    if (args.checkpoint === undefined) return;
    const state: TrainingState = {
      version: TRAINING_STATE_VERSION,
      epoch,
      step,
      ...(await captureModel(trained.model)),
      selector: chooser.selector.stateDict(),
      dataset: data.dataset?.stateDict?.() ?? null,
      logs: step === 0 ? null : await callbacks.captureSums(),
      pending: await observer.capture(),
      trainedSamples,
      scoredSamples: chooser.scorer.scored,
    };
    await args.checkpoint.save(state);
    this.savedAt = tf.util.now();
    this.saved = step === 0 ? `the end of epoch ${epoch}` : `epoch ${epoch + 1}, step ${step}`;
  }
}
