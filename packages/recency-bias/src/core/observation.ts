import { show } from './validate.js';

/** Checks of what a trainer hands to `observe`; all of them run before anything is changed. */

/**
 * The sample indices of an observation.
 * @throws TypeError when there are none, RangeError when one is outside [0, size)
 */
export function checkIndices(observation: { readonly indices: Int32Array }, size: number): Int32Array {
  const given: unknown = observation.indices;
  if (!(given instanceof Int32Array)) {
    throw new TypeError(`observation.indices is ${show(given)}; it must be an Int32Array.`);
  }
  for (let row = 0; row < given.length; row++) {
    if (given[row]! >>> 0 >= size) {
      throw new RangeError(
        `observation.indices[${row}] is ${given[row]!}; it must be a sample index from 0 to ${size - 1}.`,
      );
    }
  }
  return given;
}

/**
 * The `predictedLabel` column: as many rows as indices, each in [0, classes).
 * @throws TypeError or RangeError naming column, row and value
 */
export function checkPredictedLabel(
  observation: { readonly predictedLabel: Int32Array },
  rows: number,
  classes: number,
): Int32Array {
  const given: unknown = observation.predictedLabel;
  if (!(given instanceof Int32Array)) {
    throw new TypeError(`observation.predictedLabel is ${show(given)}; it must be an Int32Array.`);
  }
  checkRows('predictedLabel', given.length, rows);
  for (let row = 0; row < rows; row++) {
    if (given[row]! >>> 0 >= classes) {
      throw new RangeError(
        `observation.predictedLabel[${row}] is ${given[row]!}; it must be a class from 0 to ${classes - 1}.`,
      );
    }
  }
  return given;
}

/**
 * The `loss` column: as many rows as indices, each finite.
 * @throws TypeError or RangeError naming column, row and value
 */
export function checkLoss(observation: { readonly loss: Float32Array }, rows: number): Float32Array {
  const given: unknown = observation.loss;
  if (!(given instanceof Float32Array)) {
    throw new TypeError(`observation.loss is ${show(given)}; it must be a Float32Array.`);
  }
  checkRows('loss', given.length, rows);
  for (let row = 0; row < rows; row++) {
    if (!Number.isFinite(given[row]!)) {
      throw new RangeError(
        `observation.loss[${row}] is ${given[row]!}; it must be finite. Has the training diverged? A lower learning rate may help.`,
      );
    }
  }
  return given;
}

/** A softmax may exceed its range by its rounding. */
const SLACK = 1e-6;

/**
 * The `trueClassProbability` column: as many rows as indices, each in [0, 1].
 * @throws TypeError or RangeError naming column, row and value
 */
export function checkTrueClassProbability(
  observation: { readonly trueClassProbability: Float32Array },
  rows: number,
): Float32Array {
  const given = observation.trueClassProbability;
  return checkRange('trueClassProbability', given, rows, 0, 1, 'a probability from 0 to 1');
}

/**
 * The `gradNormBound` column: as many rows as indices, each in [0, √2].
 * @throws TypeError or RangeError naming column, row and value
 */
export function checkGradNormBound(
  observation: { readonly gradNormBound: Float32Array },
  rows: number,
): Float32Array {
  const given = observation.gradNormBound;
  return checkRange('gradNormBound', given, rows, 0, Math.SQRT2, 'a norm from 0 to √2');
}

/**
 * The `boundaryDistance` column: as many rows as indices, each in [−0.5, 0.5].
 * @throws TypeError or RangeError naming column, row and value
 */
export function checkBoundaryDistance(
  observation: { readonly boundaryDistance: Float32Array },
  rows: number,
): Float32Array {
  return checkRange('boundaryDistance', observation.boundaryDistance, rows, -0.5, 0.5, 'from -0.5 to 0.5');
}

function checkRange(
  column: string,
  given: unknown,
  rows: number,
  min: number,
  max: number,
  allowed: string,
): Float32Array {
  if (!(given instanceof Float32Array)) {
    throw new TypeError(`observation.${column} is ${show(given)}; it must be a Float32Array.`);
  }
  checkRows(column, given.length, rows);
  for (let row = 0; row < rows; row++) {
    const value = given[row]!;
    if (!(value >= min - SLACK && value <= max + SLACK)) {
      throw new RangeError(`observation.${column}[${row}] is ${value}; it must be ${allowed}.`);
    }
  }
  return given;
}

function checkRows(column: string, length: number, rows: number): void {
  if (length !== rows) {
    throw new RangeError(
      `observation.${column} has ${length} rows, but observation.indices has ${rows}; they must be equal.`,
    );
  }
}
