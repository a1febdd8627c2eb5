/** Measurements of a pass, read back from the device. */
import * as tf from '@tensorflow/tfjs';
import type { Observation } from '../../core/selector.js';
import { SIGNALS, type Signal, type Signals } from '../../core/signals.js';
import { measure, type Column, type Pass } from './measure.js';
import type { Task } from './task.js';

/** Measurements of some samples. */
export interface Measured {
  readonly indices: Int32Array;
  readonly columns: readonly Column[];
  /** One array a column, with one value a sample. */
  readonly values: readonly Float32Array[];
}

/** Measures a pass and reads the columns back at once. Disposes nothing of `pass`. */
export function readAtOnce(columns: readonly Column[], task: Task, pass: Pass): Float32Array[] {
  const values: Float32Array[] = [];
  tf.tidy(() => {
    for (const tensor of measure(columns, task, pass)) {
      const read = tensor.dataSync();
      values.push(read instanceof Float32Array ? read : new Float32Array(read));
    }
  });
  return values;
}

/**
 * Measures a pass and begins to read the columns back, packed into one matrix: a read-back from a GPU costs the same however
 * long it is. Disposes nothing of `pass`.
 */
export async function readLater(columns: readonly Column[], task: Task, pass: Pass): Promise<Float32Array[]> {
  const packed = tf.tidy(() => {
    const rows = measure(columns, task, pass).map((tensor) => tf.cast(tensor, 'float32').as1D());
    return tf.keep(tf.stack(rows));
  });
  try {
    return unpackColumns((await packed.data()) as Float32Array, columns.length);
  } finally {
    packed.dispose();
  }
}

/** Columns that lie one after the other in `packed`. */
export function unpackColumns(packed: Float32Array, columns: number): Float32Array[] {
  const rows = packed.length / columns;
  return Array.from({ length: columns }, (_, i) => packed.subarray(i * rows, (i + 1) * rows));
}

/** One column. */
export function columnOf(measured: Measured, name: Column): Float32Array {
  return measured.values[measured.columns.indexOf(name)]!;
}

/** Row of the first non-finite loss, or -1. */
export function firstNonFinite(measured: Measured): number {
  return columnOf(measured, 'guard').findIndex((loss) => !Number.isFinite(loss));
}

/** The observation that a selector asked for. */
export function observationOf(measured: Measured, signals: readonly Signal[]): Observation {
  const columns: Partial<Record<Signal, Float32Array | Int32Array>> = {};
  for (const signal of signals) {
    const values = columnOf(measured, signal);
    columns[signal] = SIGNALS[signal].array === Int32Array ? new Int32Array(values) : values;
  }
  return { indices: measured.indices, ...(columns as Signals) };
}
