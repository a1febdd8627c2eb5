import type { Observation } from './selector.js';
import type { ColumnDescription } from './signal-columns.js';
import { signalTable, type Signal, type SignalTable } from './signals.js';
import { invalid, withArticle } from './validate.js';

/** The column that says which sample a row is. */
const INDICES: ColumnDescription = {
  array: Int32Array,
  range: (size) => [0, size - 1],
  slack: 0,
  allowed: (size) => `a sample index from 0 to ${size - 1}`,
};

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
  checkColumns(observation, signalTable(signals), size, classes);
}

/** `checkObservation` of signals that are given with their descriptions. */
export function checkColumns<S extends Signal>(
  observation: Observation<S>,
  signals: SignalTable<S>,
  size: number,
  classes: number,
): void {
  const rows = checkColumn('indices', observation.indices, INDICES, size);
  for (const signal in signals) checkColumn(signal, observation[signal], signals[signal], classes, rows);
}

/** Checks one column and answers how many rows it has: `rows`, where that is given. */
function checkColumn(
  name: string,
  given: unknown,
  { array, range, slack, allowed }: ColumnDescription,
  count: number,
  rows?: number,
): number {
  if (!(given instanceof array)) {
    throw invalid(TypeError, `observation.${name}`, given, withArticle(array.name));
  }
  if (rows !== undefined && given.length !== rows) {
    throw new RangeError(
      `observation.${name} has ${given.length} rows, but observation.indices has ${rows}; they must be equal.`,
    );
  }
  const [least, greatest] = range(count);
  const row =
    given instanceof Int32Array
      ? firstOutsideOfIntegers(given, least, greatest)
      : firstOutside(given, least - slack, greatest + slack);
  if (row >= 0) {
    throw invalid(RangeError, `observation.${name}[${row}]`, given[row], allowed(count));
  }
  return given.length;
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
