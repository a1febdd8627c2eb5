/** Tensors as plain data and back. */
import * as tf from '@tensorflow/tfjs';
import type { StateDict } from '../../core/selector.js';

/** Shape, type and values of a numeric tensor. */
export async function captureTensor(tensor: tf.Tensor): Promise<StateDict> {
  // The cpu backend returns its live buffer, so copy.
  const values = (await tensor.data()).slice();
  return { version: 1, dtype: tensor.dtype, shape: [...tensor.shape], values };
}

/** The tensor that `captureTensor` saw. */
export function tensorOf(state: StateDict): tf.Tensor {
  const values = state.values as Float32Array | Int32Array | Uint8Array;
  // The cpu backend keeps the array it is given, so copy.
  return tf.tensor(
    values.slice(),
    [...(state.shape as readonly number[])],
    state.dtype as tf.NumericDataType,
  );
}
