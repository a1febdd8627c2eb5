/** Takes the per-sample losses and the watched output out of TensorFlow.js's own training step, and puts weights in. */
import * as tf from '@tensorflow/tfjs';
import type { LossFunction, ModelInternals } from './model-internals.js';

/** The tensors that one training step leaves behind; the receiver disposes them. */
export interface ByProducts {
  /** The unreduced, unweighted loss of each output. */
  readonly losses: readonly tf.Tensor[];
  /** The watched output. */
  readonly output: tf.Tensor;
}

/** True if `loss` has one row a sample. */
export function isPerSample(loss: tf.Tensor, rows: number): boolean {
  return loss.rank >= 1 && loss.shape[0] === rows;
}

const REDUCED =
  'a loss function of the model returns the mean of the batch; let it return the losses of the samples.';

/**
 * `tensor`, to live until it is disposed. A tensor that the step made, and would tidy up, is kept itself; of any other, which
 * may be somebody's, a clone is made. A clone is recorded for the gradient, which costs more than a small kernel.
 */
function hold(tensor: tf.Tensor): tf.Tensor {
  const ofThisStep = !tensor.kept && tensor.scopeId === tf.engine().state.activeScope.id;
  return tf.keep(ofThisStep ? tensor : tensor.clone());
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
  /** Outputs whose loss is reduced to a mean; known after the first check. */
  private reduced: boolean[] | undefined;

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
      if (this.output === undefined) {
        throw new Error(
          'fit: this version of TensorFlow.js is not supported: it does not call model.lossFunctions.',
        );
      }
      const byProducts = { losses: this.losses, output: this.output };
      this.losses = [];
      this.output = undefined;
      return { value, byProducts };
    } finally {
      this.armed = false;
      this.weights = null;
      tf.dispose(this.losses);
      this.output?.dispose();
      this.losses = [];
      this.output = undefined;
    }
  }

  /**
   * Checks that losses have one row a sample: that of the watched output if `needsLoss`, all if `needsWeights`; a loss
   * over the rows of a batch together needs neither. The loss functions are called once, on the first targets of `ys` and outputs of zeros, before anything is trained: an error thrown
   * inside a training step would change the model's state and cost TensorFlow.js the tensors of that step.
   *
   * @throws TypeError when a loss function returns the mean of the batch.
   */
  requirePerSample(
    ys: readonly tf.Tensor[],
    outputs: readonly tf.SymbolicTensor[],
    needsLoss: boolean,
    needsWeights: boolean,
  ): void {
    if (!needsLoss && !needsWeights) return;
    this.reduced ??= this.original.map((loss, i) => {
      const all = ys[i]!;
      // Two rows tell a loss per sample from a mean, and cost little where outputs are images.
      const rows = Math.min(2, all.shape[0]);
      const shape = outputs[i]!.shape.map((size, axis) =>
        axis === 0 ? rows : (size ?? all.shape[axis] ?? 1),
      );
      return tf.tidy(() => {
        const begin = all.shape.map(() => 0);
        const target = tf.slice(all, begin, [rows, ...all.shape.slice(1)]);
        return !isPerSample(loss(target, tf.zeros(shape)), rows);
      });
    });
    if (needsLoss && this.reduced[this.watched]) {
      throw new TypeError(
        `fit: the selector needs the loss of each sample, but ${REDUCED} Or wrap the selector: withBatchLoss(...) learns from the mean.`,
      );
    }
    if (needsWeights && this.reduced.includes(true)) {
      throw new TypeError(`fit: weights need the loss of each sample, but ${REDUCED}`);
    }
  }

  /** Gives the model its own loss functions back. */
  remove(): void {
    if (this.internals.lossFunctions === this.wrapped) this.internals.lossFunctions = this.original;
  }

  private call(lossFunction: LossFunction, index: number, yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor {
    const loss = lossFunction(yTrue, yPred);
    if (!this.armed) return loss;
    this.losses[index] = hold(loss);
    if (index === this.watched) this.output = hold(yPred);
    if (this.weights === null) return loss;
    const shape = [this.weights.shape[0], ...Array.from({ length: loss.rank - 1 }, () => 1)];
    return tf.mul(loss, tf.reshape(this.weights, shape));
  }
}
