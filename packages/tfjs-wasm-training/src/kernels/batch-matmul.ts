import { broadcast_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { dispose, input, ints, run, zeros, type Kernel, type KernelCall } from '../backend.js';

/** Matrix product of int32 matrices, which the replaced kernel refuses; floats are left to it. */
export function batchMatMul(call: KernelCall, otherwise: Kernel): TensorInfo {
  const { backend, attrs } = call;
  const a = input(call, 'a');
  const b = input(call, 'b');
  if (a.dtype !== 'int32' || b.dtype !== 'int32') return otherwise(call);
  const left = attrs.transposeA === true ? transposed(call, a) : a;
  const right = attrs.transposeB === true ? transposed(call, b) : b;
  const [rows, inner] = left.shape.slice(-2) as [number, number];
  const columns = right.shape.at(-1)!;
  if (inner !== right.shape.at(-2)) {
    throw new RangeError(`matMul cannot multiply shapes [${left.shape.join()}] and [${right.shape.join()}].`);
  }
  const outer = broadcast_util.assertAndGetBroadcastShape(left.shape.slice(0, -2), right.shape.slice(0, -2));
  const out = zeros(backend, [...outer, rows, columns], 'int32');
  const as = ints(backend, left);
  const bs = ints(backend, right);
  const outs = ints(backend, out);
  const batches = util.sizeFromShape(outer);
  // As on the other backends, a batch of one matrix goes with all of the other's.
  const aBatches = as.length / (rows * inner);
  const bBatches = bs.length / (inner * columns);
  for (let batch = 0; batch < batches; batch++) {
    const aAt = (batch % aBatches) * rows * inner;
    const bAt = (batch % bBatches) * inner * columns;
    const outAt = batch * rows * columns;
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < inner; k++) {
        const value = as[aAt + row * inner + k]!;
        for (let column = 0; column < columns; column++) {
          outs[outAt + row * columns + column]! += value * bs[bAt + k * columns + column]!;
        }
      }
    }
  }
  if (left !== a) dispose(backend, left);
  if (right !== b) dispose(backend, right);
  return out;
}

function transposed({ backend }: KernelCall, x: TensorInfo): TensorInfo {
  const axes = x.shape.map((_, axis) => axis);
  const perm = [...axes.slice(0, -2), ...axes.slice(-2).reverse()];
  return run(backend, 'Transpose', { x }, { perm });
}
