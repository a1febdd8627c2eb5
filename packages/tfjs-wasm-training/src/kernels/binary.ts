import { broadcast_util, util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { input, type Kernel, type KernelCall } from '../backend.js';

type Combine = (a: number, b: number) => number;

/** The values of `a` and `b`, broadcast against each other, combined one by one. */
export function broadcast(
  { backend }: KernelCall,
  a: TensorInfo,
  b: TensorInfo,
  dtype: DataType,
  value: Combine,
): TensorInfo {
  const shape = broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const out = backend.makeOutput(shape, dtype);
  const as = backend.typedArrayFromHeap(a);
  const bs = backend.typedArrayFromHeap(b);
  const to = backend.typedArrayFromHeap(out);
  const size = util.sizeFromShape(shape);
  if (as.length === size && bs.length === size) {
    for (let i = 0; i < size; i++) to[i] = value(as[i]!, bs[i]!);
    return out;
  }
  if (size === 0) return out;
  const aSteps = stepsOf(a.shape, shape.length);
  const bSteps = stepsOf(b.shape, shape.length);
  const last = shape.length - 1;
  const width = shape[last] ?? 1;
  const [aStep, bStep] = [aSteps[last] ?? 0, bSteps[last] ?? 0];
  const at = new Int32Array(shape.length);
  let [aAt, bAt] = [0, 0];
  for (let row = 0; row < size; row += width) {
    for (let i = 0; i < width; i++) to[row + i] = value(as[aAt + i * aStep]!, bs[bAt + i * bStep]!);
    for (let axis = last - 1; axis >= 0; axis--) {
      aAt += aSteps[axis]!;
      bAt += bSteps[axis]!;
      at[axis]! += 1;
      if (at[axis]! < shape[axis]!) break;
      aAt -= aSteps[axis]! * shape[axis]!;
      bAt -= bSteps[axis]! * shape[axis]!;
      at[axis] = 0;
    }
  }
  return out;
}

/** How far the next index of each axis is in memory: 0 along the axes that are repeated. */
function stepsOf(shape: readonly number[], rank: number): Int32Array {
  const steps = new Int32Array(rank);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis]! > 1) steps[rank - shape.length + axis] = step;
    step *= shape[axis]!;
  }
  return steps;
}

/**
 * A kernel of two integers, as the cpu backend computes it: in double precision, then cut to 32 bits. The
 * replaced kernel ends in an error where an integer is divided by zero, and saturates where a power overflows.
 */
export const ofIntegerPairs =
  (value: Combine) =>
  (call: KernelCall, otherwise: Kernel): TensorInfo => {
    const [a, b] = [input(call, 'a'), input(call, 'b')];
    return a.dtype === 'int32' ? broadcast(call, a, b, 'int32', value) : otherwise(call);
  };

export const divide: Combine = (a, b) => a / b;
export const power: Combine = (a, b) => a ** b;

/**
 * PReLU. The replaced kernel takes the slopes by their index modulo their number, which is right only where each value
 * of the last axis has a slope. It reads beyond the end of tensors that are not floats.
 */
export function prelu(call: KernelCall, otherwise: Kernel): TensorInfo {
  const [x, alpha] = [input(call, 'x'), input(call, 'alpha')];
  const count = util.sizeFromShape(alpha.shape);
  const isPerChannel = count === alpha.shape.at(-1) && count === x.shape.at(-1);
  if (x.dtype === 'float32' && isPerChannel && util.sizeFromShape(x.shape) > 0) return otherwise(call);
  return broadcast(call, x, alpha, 'float32', (value, slope) => (value < 0 ? slope * value : value));
}
