import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { input, type Kernel, type KernelCall } from '../backend.js';

/** Another handle on the same data. The replaced kernel copies it, at every clone and at every cast to itself. */
export function identity(call: KernelCall): TensorInfo {
  const { dataId, shape, dtype } = input(call, 'x');
  call.backend.incRef(dataId);
  return { dataId, shape, dtype };
}

/**
 * Conversion between float32, int32 and bool. The replaced kernel makes a bool of a number by dropping its
 * fraction and all but its last 8 bits, so that 0.5 and 256 count as false and 2 is neither true nor false.
 */
export function cast(call: KernelCall, otherwise: Kernel): TensorInfo {
  const { backend, attrs } = call;
  const x = input(call, 'x');
  const dtype = attrs.dtype as DataType;
  if (dtype === x.dtype) return identity(call);
  if (dtype !== 'bool') return otherwise(call);
  const out = backend.makeOutput(x.shape, 'bool');
  const from = backend.typedArrayFromHeap(x);
  const to = backend.typedArrayFromHeap(out);
  for (let i = 0; i < to.length; i++) to[i] = from[i] === 0 ? 0 : 1;
  return out;
}
