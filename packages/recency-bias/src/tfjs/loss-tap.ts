/** Takes the per-sample losses and the watched output out of TensorFlow.js's own training step, and puts weights in. */
import * as tf from '@tensorflow/tfjs';
import type { LossFunction, ModelInternals } from './model-internals.js';

/** What one training step leaves behind; the receiver disposes it. */
export interface ByProducts {
  /** The unreduced, unweighted loss of each output. */
  readonly losses: readonly tf.Tensor[];
  /** The watched output, and its targets. */
  readonly output: tf.Tensor;
  readonly target: tf.Tensor;
}

/** True if `loss` has one row a sample. */
export function isPerSample(loss: tf.Tensor, rows: number): boolean {
  return loss.rank >= 1 && loss.shape[0] === rows;
}

/**
 * While a `LossTap` is in place, the model's loss functions are wrapped. Outside an armed step (validation, a
 * callback's `model.evaluate`) the wrappers only pass through.
 */
export class LossTap {
  private readonly original: LossFunction[];
  private readonly wrapped: LossFunction[];
  private armed = false;
  private weights: tf.Tensor1D | null = null;
  private losses: tf.Tensor[] = [];
  private output: tf.Tensor | undefined;
  private target: tf.Tensor | undefined;

  constructor(
    private readonly internals: ModelInternals,
    private readonly watched: number,
  ) {
    this.original = internals.lossFunctions;
    this.wrapped = this.original.map((loss, i) => (yTrue, yPred) => this.call(loss, i, yTrue, yPred));
    internals.lossFunctions = this.wrapped;
  }

  /** The loss functions without the wrapper, in the order of the model's outputs. */
  get lossFunctions(): readonly LossFunction[] {
    return this.original;
  }

  /** Runs one training step with one weight a sample (null: all ones), and returns its value and by-products. */
  run<T>(weights: tf.Tensor1D | null, step: () => T): { value: T; byProducts: ByProducts } {
    if (this.internals.lossFunctions !== this.wrapped) {
      throw new Error('fit: the model was compiled again during training; compile it before fit.');
    }
    this.armed = true;
    this.weights = weights;
    try {
      const value = step();
      if (this.output === undefined || this.target === undefined) {
        throw new Error(
          'fit: this version of TensorFlow.js is not supported: it does not call model.lossFunctions.',
        );
      }
      const byProducts = { losses: this.losses, output: this.output, target: this.target };
      this.losses = [];
      this.output = this.target = undefined;
      return { value, byProducts };
    } finally {
      this.armed = false;
      this.weights = null;
      tf.dispose(this.losses);
      this.output?.dispose();
      this.target?.dispose();
      this.losses = [];
      this.output = this.target = undefined;
    }
  }

  /** Gives the model its own loss functions back. */
  remove(): void {
    if (this.internals.lossFunctions === this.wrapped) this.internals.lossFunctions = this.original;
  }

  private call(lossFunction: LossFunction, index: number, yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor {
    const loss = lossFunction(yTrue, yPred);
    if (!this.armed) return loss;
    // Clones share the data; the originals stay with TensorFlow.js, which may dispose them or not.
    this.losses[index] = tf.keep(loss.clone());
    if (index === this.watched) {
      this.output = tf.keep(yPred.clone());
      this.target = tf.keep(yTrue.clone());
    }
    if (this.weights === null) return loss;
    const rows = this.weights.shape[0];
    if (!isPerSample(loss, rows)) {
      throw new TypeError(
        `fit: a loss function returned shape [${loss.shape.join(', ')}] for a batch of ${rows}; ` +
          'weights need one loss a sample, so let it return the loss of each sample instead of their mean.',
      );
    }
    const shape = [rows, ...Array.from({ length: loss.rank - 1 }, () => 1)];
    return tf.mul(loss, tf.reshape(this.weights, shape));
  }
}
