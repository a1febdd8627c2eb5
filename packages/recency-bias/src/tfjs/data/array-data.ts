/** Plain numbers as training data: nested arrays and typed arrays become tensors. */
import * as tf from '@tensorflow/tfjs';
import type { ArrayData, TensorData } from './data.js';

type Shape = readonly (number | null)[];

/** Nested arrays of numbers, or a typed array; a list of tensors is none. */
export function isArrayData(data: unknown): data is ArrayData {
  if (ArrayBuffer.isView(data)) return true;
  if (!Array.isArray(data)) return false;
  const first: unknown = data[0];
  return typeof first === 'number' || isArrayData(first);
}

/**
 * `data` as it is, or a tensor of it. Of a typed array, which has no shape, `shape` is that of its rows (the model's) if its
 * length is a multiple of their size and `rows` are not as many as its values.
 */
export function asTensors(
  data: TensorData | ArrayData,
  shape: Shape | undefined,
  rows: number | null,
): { data: TensorData; owned: tf.Tensor[] } {
  if (!isArrayData(data)) return { data, owned: [] };
  const made = ArrayBuffer.isView(data) ? tensorOfView(data, shape, rows) : tf.tensor(data);
  return { data: made, owned: [made] };
}

function tensorOfView(
  data: Extract<ArrayData, ArrayBufferView>,
  shape: Shape | undefined,
  rows: number | null,
): tf.Tensor {
  const width = shape?.slice(1).reduce<number>((product, size) => product * (size ?? NaN), 1) ?? NaN;
  if (rows === data.length || !Number.isInteger(data.length / width)) return tf.tensor1d(data);
  return tf.tensor(data, [data.length / width, ...(shape!.slice(1) as number[])]);
}
