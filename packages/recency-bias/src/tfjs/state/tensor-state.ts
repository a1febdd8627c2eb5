/** Tensors as plain data and back. */
import * as tf from '@tensorflow/tfjs';
import type { StateDict } from '../../core/selector.js';
import { checkChoice, show } from '../../core/validate.js';

/** A numeric tensor as plain data. */
export interface TensorState extends StateDict {
  readonly dtype: (typeof DTYPES)[number];
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

const DTYPES = ['float32', 'int32', 'bool'] as const;

/** Shape, type and values of a numeric tensor. */
export async function captureTensor(tensor: tf.Tensor): Promise<StateDict> {
  // The cpu backend returns its live buffer, so copy.
  const values = (await tensor.data()).slice();
  return { version: 1, dtype: tensor.dtype, shape: [...tensor.shape], values };
}

/**
 * A tensor as `captureTensor` made it.
 * @throws TypeError or RangeError; `name` names the field.
 */
export function readTensor(name: string, state: unknown): TensorState {
  const { dtype, shape, values } = (state ?? {}) as Partial<Record<keyof TensorState, unknown>>;
  if (!Array.isArray(shape)) {
    throw new TypeError(`${name} is ${show(state)}; it must be a tensor as plain data.`);
  }
  if (!(values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array)) {
    throw new TypeError(
      `${name}.values is ${show(values)}; it must be a typed array. JSON keeps none: store encodeState(state), ` +
        'and read it with decodeTrainingState(bytes).',
    );
  }
  const size = (shape as number[]).reduce((product, length) => product * length, 1);
  if (values.length !== size) {
    throw new RangeError(`${name} has ${values.length} values for shape [${shape.join(', ')}].`);
  }
  checkChoice(`${name}.dtype`, dtype, DTYPES);
  return state as TensorState;
}

/** The tensor that `captureTensor` saw. */
export function tensorOf({ values, shape, dtype }: TensorState): tf.Tensor {
  // The cpu backend keeps the array it is given, so copy.
  return tf.tensor(values.slice(), [...shape], dtype);
}
