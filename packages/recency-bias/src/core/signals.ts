import * as columns from './signal-columns.js';
import type { SignalDescription } from './signal-columns.js';

export type { SignalDescription } from './signal-columns.js';

/**
 * The signals that a trainer can measure by name: types, checks, the trainer's list and the examples of the contract suite
 * follow from this table.
 */
export const SIGNALS = {
  /** Unreduced, unweighted training loss; finite. */
  loss: columns.loss,
  /** Mean of the training loss over the batch of the sample, unweighted, the same for all its rows; finite. */
  batchLoss: columns.batchLoss,
  /** Argmax of the logits, in [0, classes). */
  predictedLabel: columns.predictedLabel,
  /**
   * Margin: the logit of the sample's own label less the largest other logit (Pleiss et al. 2020, arXiv 2001.10528), positive
   * where the prediction is right. Where the output is probabilities, of their logarithms; finite.
   */
  margin: columns.margin,
  /** Softmax probability of the sample's own label, in [0, 1]. */
  trueClassProbability: columns.trueClassProbability,
  /** ‖softmax − one-hot‖₂, the last-layer bound of the gradient norm (arXiv 1803.00942), in [0, √2]. */
  gradNormBound: columns.gradNormBound,
  /**
   * Distance to the decision boundary: the standard deviation of the softmax over the classes, negative where the predicted
   * label is wrong (Song et al., Machine Learning 2020), in [−0.5, 0.5]; 0 means undecided.
   */
  boundaryDistance: columns.boundaryDistance,
} as const satisfies Readonly<Record<string, SignalDescription>>;

/** Name of a signal. */
export type Signal = keyof typeof SIGNALS;

type Column<Constructor> = Constructor extends Int32ArrayConstructor ? Int32Array : Float32Array;

/** The signals that a trainer can measure in the pass that trains. One column per signal; a row is one sample. */
export type Signals = { [Name in Signal]: Column<(typeof SIGNALS)[Name]['array']> };

/** Names of all signals. */
export const SIGNAL_NAMES = Object.keys(SIGNALS) as readonly Signal[];

/** The descriptions of some signals by name. */
export type SignalTable<S extends Signal = Signal> = Readonly<Record<S, SignalDescription>>;

/** The descriptions of the signals with these names. */
export function signalTable<S extends Signal>(names: readonly S[]): SignalTable<S> {
  return Object.fromEntries(
    names.map((name): [S, SignalDescription] => [name, SIGNALS[name]]),
  ) as SignalTable<S>;
}
