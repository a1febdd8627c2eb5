import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { input, type Kernel, type KernelCall } from '../backend.js';

/** `tf.where` of bool. The replaced kernel moves four bytes for each one-byte value and writes beyond the end of its output. */
export function select(call: KernelCall, otherwise: Kernel): TensorInfo {
  const { backend } = call;
  const [condition, t, e] = [input(call, 'condition'), input(call, 't'), input(call, 'e')];
  if (t.dtype !== 'bool') return otherwise(call);
  const out = backend.makeOutput(t.shape, t.dtype);
  const [conditions, ts, es, outs] = [condition, t, e, out].map((x) => backend.typedArrayFromHeap(x));
  // A condition of rank 1 chooses whole rows.
  const isRow = condition.shape.length === 1 && t.shape.length > 1;
  const width = isRow ? util.sizeFromShape(t.shape.slice(1)) : 1;
  for (let i = 0; i < outs!.length; i++) {
    outs![i] = conditions![Math.floor(i / width)] === 1 ? ts![i]! : es![i]!;
  }
  return out;
}
