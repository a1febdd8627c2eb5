/** A measurement on its way to the selector, as plain data: part of a training state saved in mid-epoch. */
import type { Signal, StateDict } from '../../core/selector.js';
import { readInteger, readTyped } from '../../core/state-fields.js';
import type { Column } from '../measuring/measure.js';
import { unpackColumns, type Measured } from '../measuring/measured.js';

/** A measurement that the selector has not seen, to be saved. */
export function packPending(pending: Measured & { readonly step: number }): StateDict {
  const { indices, columns, values, step } = pending;
  const packed = new Float32Array(columns.length * indices.length);
  values.forEach((column, i) => {
    packed.set(column, i * indices.length);
  });
  return { version: 1, indices, columns: [...columns], values: packed, step };
}

/**
 * The measurement that `packPending` packed.
 *
 * @throws RangeError when it was made for a selector with other signals; TypeError or RangeError naming a damaged field.
 */
export function unpackPending(
  state: StateDict,
  columns: readonly Column[],
  signals: readonly Signal[],
): Measured & { readonly step: number } {
  const { columns: saved, indices } = state;
  if (!Array.isArray(saved) || saved.join() !== columns.join()) {
    throw new RangeError(
      `fit: args.resume was saved in mid-epoch by a selector with other signals than ${signals.join(', ') || 'none'}; ` +
        'change the selector between epochs only.',
    );
  }
  const rows = indices instanceof Int32Array ? indices.length : 0;
  return {
    indices: readTyped(state, 'indices', Int32Array, rows),
    columns,
    values: unpackColumns(readTyped(state, 'values', Float32Array, rows * columns.length), columns.length),
    step: readInteger(state, 'step', 0),
  };
}
