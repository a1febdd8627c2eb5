/**
 * Random access to a `tf.data.Dataset`, where it can be had: `tf.data.array(rows)`, and `tf.data.zip` of such data
 * sets. Everything else of tf.data is a stream, in which no sample can be looked up.
 */
import * as tf from '@tensorflow/tfjs';
import type { Batch, RandomAccessDataset } from './data.js';

type Dataset = tf.data.Dataset<tf.TensorContainer>;
type Row = (index: number) => unknown;

/** The parts of tf.data's iterators that are not in its public types. */
interface Iterator {
  readonly items?: readonly unknown[];
  readonly iterators?: unknown;
}

/** True for a data set of tf.data. */
export function isTfDataset(data: unknown): data is Dataset {
  return data instanceof tf.data.Dataset;
}

/** @throws TypeError when `dataset` is a stream; the message says what to give instead. */
export async function randomAccess(dataset: Dataset): Promise<RandomAccessDataset> {
  const row = rowOf(await dataset.iterator());
  const { size } = dataset;
  if (row === null || !Number.isInteger(size) || size < 1) {
    throw new TypeError(
      'fit: this tf.data.Dataset has no random access, which selection needs: give tensors, arrays, { size, batch(indices) }, ' +
        'or tf.data.array(rows) without batch, shuffle or map (fit makes the batches).',
    );
  }
  const first = row(0) as Partial<Batch> | null;
  if (first?.xs === undefined || first.ys === undefined) {
    throw new TypeError('fit: the elements of a tf.data.Dataset must be { xs, ys }.');
  }
  return {
    size,
    batch: (indices) =>
      tf.tidy(() => {
        const rows = Array.from(indices, (index) => row(index) as Batch);
        return { xs: stack(rows.map(({ xs }) => xs)), ys: stack(rows.map(({ ys }) => ys)) };
      }),
  };
}

function rowOf(iterator: unknown): Row | null {
  const { items, iterators } = iterator as Iterator;
  if (Array.isArray(items)) return (index) => items[index] as unknown;
  if (typeof iterators !== 'object' || iterators === null) return null;
  const parts = Object.entries(iterators).map(([name, part]) => [name, rowOf(part)] as const);
  if (parts.some(([, part]) => part === null)) return null;
  return (index) => Object.fromEntries(parts.map(([name, part]) => [name, part!(index)]));
}

/** One tensor of all rows; of maps, a map of such tensors. */
function stack(rows: readonly tf.TensorContainer[]): tf.TensorContainer {
  const first = rows[0];
  if (first instanceof tf.Tensor) return tf.stack(rows as tf.Tensor[]);
  if (typeof first === 'number' || Array.isArray(first) || ArrayBuffer.isView(first)) {
    return tf.tensor(rows as unknown as tf.TensorLike);
  }
  const names = Object.keys(first as object);
  const column = (name: string): tf.TensorContainer[] =>
    rows.map((row) => (row as unknown as Record<string, tf.TensorContainer>)[name]!);
  return Object.fromEntries(names.map((name) => [name, stack(column(name))]));
}
