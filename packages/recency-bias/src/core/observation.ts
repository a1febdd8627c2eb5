import type { Observation } from './selector.js';
import { SIGNALS, type Signal, type SignalDescription } from './signals.js';
import { invalid, withArticle } from './validate.js';

/**
 * Checks what a trainer measured, for a selector that is written without `defineSelector`: sample indices in [0, size), and for
 * each signal a column of as many rows, its values in the signal's range. Nothing is changed.
 * @throws TypeError or RangeError naming column, row and value
 */
export function checkObservation<S extends Signal>(
  observation: Observation<S>,
  signals: readonly S[],
  size: number,
  classes: number,
): void {
  const rows = checkIndices(observation.indices, size);
  for (const signal of signals) checkColumn(signal, observation[signal], rows, classes);
}

function checkIndices(given: unknown, size: number): number {
  if (!(given instanceof Int32Array)) {
    throw invalid(TypeError, 'observation.indices', given, 'an Int32Array');
  }
  for (let row = 0; row < given.length; row++) {
    if (given[row]! >>> 0 >= size) {
      const allowed = `a sample index from 0 to ${size - 1}`;
      throw invalid(RangeError, `observation.indices[${row}]`, given[row], allowed);
    }
  }
  return given.length;
}

function checkColumn(signal: Signal, given: unknown, rows: number, classes: number): void {
  const { array, range, slack, allowed }: SignalDescription = SIGNALS[signal];
  if (!(given instanceof array)) {
    throw invalid(TypeError, `observation.${signal}`, given, withArticle(array.name));
  }
  if (given.length !== rows) {
    throw new RangeError(
      `observation.${signal} has ${given.length} rows, but observation.indices has ${rows}; they must be equal.`,
    );
  }
  const [least, greatest] = range(classes);
  const row =
    given instanceof Int32Array
      ? firstOutsideOfIntegers(given, least, greatest)
      : firstOutside(given, least - slack, greatest + slack);
  if (row >= 0) {
    throw invalid(RangeError, `observation.${signal}[${row}]`, given[row], allowed(classes));
  }
}

// One loop a type of array: a loop that has seen both is slower for either.

function firstOutside(column: Float32Array, least: number, greatest: number): number {
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!;
    if (!(value >= least && value <= greatest)) return row;
  }
  return -1;
}

function firstOutsideOfIntegers(column: Int32Array, least: number, greatest: number): number {
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!;
    if (value < least || value > greatest) return row;
  }
  return -1;
}
