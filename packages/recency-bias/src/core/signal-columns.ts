/**
 * The columns of the signals, each on its own: a method imports those that it needs, and an application gets no others.
 * `SIGNALS` says what each signal is.
 */

/** A column of numbers and the values that it may hold. */
export interface ColumnDescription {
  /** Type of the column; row i belongs to `indices[i]`. */
  readonly array: Float32ArrayConstructor | Int32ArrayConstructor;
  /** Least and greatest value, both allowed; of a signal, in a task of so many classes. */
  readonly range: (count: number) => readonly [least: number, greatest: number];
  /** By how much a value may exceed the range: the rounding of a softmax. */
  readonly slack: number;
  /** The range in words, for messages. */
  readonly allowed: (count: number) => string;
}

/** A signal's column and the values that it may hold. */
export interface SignalDescription extends ColumnDescription {
  /** The facts of a sample that a trainer must know: its loss alone, the predicted and the own label, or all probabilities. */
  readonly needs: 'loss' | 'labels' | 'probabilities';
}

export const loss = {
  array: Float32Array,
  needs: 'loss',
  range: () => [-Number.MAX_VALUE, Number.MAX_VALUE],
  slack: 0,
  allowed: () => 'finite. Has the training diverged? A lower learning rate may help',
} as const satisfies SignalDescription;

export const batchLoss = loss;

export const predictedLabel = {
  array: Int32Array,
  needs: 'labels',
  range: (classes) => [0, classes - 1],
  slack: 0,
  allowed: (classes) => `a class from 0 to ${classes - 1}`,
} as const satisfies SignalDescription;

export const margin = {
  array: Float32Array,
  needs: 'labels',
  range: () => [-Number.MAX_VALUE, Number.MAX_VALUE],
  slack: 0,
  allowed: () => 'finite',
} as const satisfies SignalDescription;

export const trueClassProbability = {
  array: Float32Array,
  needs: 'probabilities',
  range: () => [0, 1],
  slack: 1e-6,
  allowed: () => 'a probability from 0 to 1',
} as const satisfies SignalDescription;

export const gradNormBound = {
  array: Float32Array,
  needs: 'probabilities',
  range: () => [0, Math.SQRT2],
  slack: 1e-6,
  allowed: () => 'a norm from 0 to √2',
} as const satisfies SignalDescription;

export const boundaryDistance = {
  array: Float32Array,
  needs: 'probabilities',
  range: () => [-0.5, 0.5],
  slack: 1e-6,
  allowed: () => 'from -0.5 to 0.5',
} as const satisfies SignalDescription;
