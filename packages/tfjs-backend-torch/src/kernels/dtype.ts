import type { DataType } from '@tensorflow/tfjs-core';

/** libtorch's numbers of its scalar types (c10/core/ScalarType.h). */
export const FLOAT = 6;
export const DOUBLE = 7;
export const INT = 3;
export const LONG = 4;
export const BOOL = 11;

/** The scalar type of a TensorFlow.js dtype; strings and complex numbers have none here. */
export function scalarType(dtype: DataType): number {
  switch (dtype) {
    case 'float32':
      return FLOAT;
    case 'int32':
      return INT;
    case 'bool':
      return BOOL;
    default:
      throw new TypeError(`libtorch has no tensors of dtype ${dtype} here; use float32, int32 or bool.`);
  }
}
