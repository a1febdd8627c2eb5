/** A loss may have any value that is finite. */
const FINITE_LOSS = {
  array: Float32Array,
  needs: 'loss',
  range: () => [-Number.MAX_VALUE, Number.MAX_VALUE],
  slack: 0,
  allowed: () => 'finite. Has the training diverged? A lower learning rate may help',
} as const satisfies SignalDescription;

/**
 * The signals that a trainer can measure, each described once: types, checks, the trainer's list and the examples of the
 * contract suite follow from this table.
 */
export const SIGNALS = {
  /** Unreduced, unweighted training loss; finite. */
  loss: FINITE_LOSS,
  /** Mean of the training loss over the batch of the sample, unweighted, the same for all its rows; finite. */
  batchLoss: FINITE_LOSS,
  /** Argmax of the logits, in [0, classes). */
  predictedLabel: {
    array: Int32Array,
    needs: 'labels',
    range: (classes) => [0, classes - 1],
    slack: 0,
    allowed: (classes) => `a class from 0 to ${classes - 1}`,
  },
  /**
   * Margin: the logit of the sample's own label less the largest other logit (Pleiss et al. 2020, arXiv 2001.10528), positive
   * where the prediction is right. Where the output is probabilities, of their logarithms; finite.
   */
  margin: {
    array: Float32Array,
    needs: 'labels',
    range: () => [-Number.MAX_VALUE, Number.MAX_VALUE],
    slack: 0,
    allowed: () => 'finite',
  },
  /** Softmax probability of the sample's own label, in [0, 1]. */
  trueClassProbability: {
    array: Float32Array,
    needs: 'probabilities',
    range: () => [0, 1],
    slack: 1e-6,
    allowed: () => 'a probability from 0 to 1',
  },
  /** ‖softmax − one-hot‖₂, the last-layer bound of the gradient norm (arXiv 1803.00942), in [0, √2]. */
  gradNormBound: {
    array: Float32Array,
    needs: 'probabilities',
    range: () => [0, Math.SQRT2],
    slack: 1e-6,
    allowed: () => 'a norm from 0 to √2',
  },
  /**
   * Distance to the decision boundary: the standard deviation of the softmax over the classes, negative where the predicted
   * label is wrong (Song et al., Machine Learning 2020), in [−0.5, 0.5]; 0 means undecided.
   */
  boundaryDistance: {
    array: Float32Array,
    needs: 'probabilities',
    range: () => [-0.5, 0.5],
    slack: 1e-6,
    allowed: () => 'from -0.5 to 0.5',
  },
} as const satisfies Readonly<Record<string, SignalDescription>>;

/** A signal's column and the values that it may hold. */
export interface SignalDescription {
  /** Type of the column; row i belongs to `indices[i]`. */
  readonly array: Float32ArrayConstructor | Int32ArrayConstructor;
  /** The facts of a sample that a trainer must know: its loss alone, the predicted and the own label, or all probabilities. */
  readonly needs: 'loss' | 'labels' | 'probabilities';
  /** Least and greatest value, both allowed, in a task of so many classes. */
  readonly range: (classes: number) => readonly [least: number, greatest: number];
  /** By how much a value may exceed the range: the rounding of a softmax. */
  readonly slack: number;
  /** The range in words, for messages. */
  readonly allowed: (classes: number) => string;
}

/** Name of a signal. */
export type Signal = keyof typeof SIGNALS;

type Column<Constructor> = Constructor extends Int32ArrayConstructor ? Int32Array : Float32Array;

/** The signals that a trainer can measure in the pass that trains. One column per signal; a row is one sample. */
export type Signals = { [Name in Signal]: Column<(typeof SIGNALS)[Name]['array']> };

/** Names of all signals. */
export const SIGNAL_NAMES = Object.keys(SIGNALS) as readonly Signal[];
