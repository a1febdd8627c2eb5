import { slice_util, util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { dispose, input, ints, run, type Kernel, type KernelCall } from '../backend.js';

/**
 * Kernels that move values unchanged. The replaced kernels move four bytes whatever the type, or call the result
 * a float.
 */

/** Runs the kernel on a bool tensor as int32. */
export function boolAsInteger(call: KernelCall, otherwise: Kernel): TensorInfo {
  const { backend, attrs } = call;
  const x = input(call, 'x');
  if (x.dtype !== 'bool') return otherwise(call);
  const whole = run(backend, 'Cast', { x }, { dtype: 'int32' });
  const moved = otherwise({ backend, attrs, inputs: { ...call.inputs, x: whole } });
  const out = run(backend, 'Cast', { x: moved }, { dtype: 'bool' });
  dispose(backend, whole, moved);
  return out;
}

/** The replaced kernel writes four bytes of an integer whatever the type. */
export function oneHot(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const indices = input(call, 'indices');
  const depth = attrs.depth as number;
  const out = backend.makeOutput([...indices.shape, depth], attrs.dtype as DataType);
  const to = backend.typedArrayFromHeap(out).fill(attrs.offValue as number);
  for (const [i, index] of ints(backend, indices).entries()) {
    if (index >= 0 && index < depth) to[i * depth + index] = attrs.onValue as number;
  }
  return out;
}

/** Leaves floats to the replaced kernel. */
const notFloat =
  (kernel: (call: KernelCall) => TensorInfo) =>
  (call: KernelCall, otherwise: Kernel): TensorInfo =>
    input(call, 'x').dtype === 'float32' ? otherwise(call) : kernel(call);

export const depthToSpace = notFloat((call) => {
  const { backend, attrs } = call;
  const x = input(call, 'x');
  const block = attrs.blockSize as number;
  const isLast = attrs.dataFormat === 'NHWC';
  const [batch, height, width, depth] = (isLast ? [0, 1, 2, 3] : [0, 2, 3, 1]).map(
    (axis) => x.shape[axis]!,
  ) as [number, number, number, number];
  const channels = depth / (block * block);
  const [rows, columns] = [height * block, width * block];
  const shape = isLast ? [batch, rows, columns, channels] : [batch, channels, rows, columns];
  const out = backend.makeOutput(shape, x.dtype);
  const from = backend.typedArrayFromHeap(x);
  const to = backend.typedArrayFromHeap(out);
  const [xStrides, outStrides] = [x.shape, shape].map((sizes) => [...util.computeStrides(sizes), 1]);
  const [h, w, c] = isLast ? [1, 2, 3] : [2, 3, 1];
  for (let n = 0; n < batch; n++) {
    for (let y = 0; y < rows; y++) {
      for (let xx = 0; xx < columns; xx++) {
        const plane = ((y % block) * block + (xx % block)) * channels;
        const row = n * xStrides![0]! + Math.floor(y / block) * xStrides![h]!;
        const source = row + Math.floor(xx / block) * xStrides![w]!;
        const target = n * outStrides![0]! + y * outStrides![h]! + xx * outStrides![w]!;
        for (let k = 0; k < channels; k++) {
          to[target + k * outStrides![c]!] = from[source + (plane + k) * xStrides![c]!]!;
        }
      }
    }
  }
  return out;
});

export const stridedSlice = notFloat((call) => {
  const { backend, attrs } = call;
  const x = input(call, 'x');
  const mask = (name: string): number => attrs[name] as number;
  const { finalShapeSparse, finalShape, isSimpleSlice, begin, end, strides } = slice_util.sliceInfo(
    x.shape,
    attrs.begin as number[],
    attrs.end as number[],
    attrs.strides as number[],
    mask('beginMask'),
    mask('endMask'),
    mask('ellipsisMask'),
    mask('newAxisMask'),
    mask('shrinkAxisMask'),
  );
  const sizes = slice_util.computeOutShape(begin, end, strides);
  if (isSimpleSlice && sizes.some((size) => size < 0)) {
    throw new RangeError(`stridedSlice: [${end.join()}] ends before [${begin.join()}], where it begins.`);
  }
  const out = backend.makeOutput(finalShape, x.dtype);
  const from = backend.typedArrayFromHeap(x);
  const to = backend.typedArrayFromHeap(out);
  const steps = [...util.computeStrides(x.shape), 1];
  const at = finalShapeSparse.map(() => 0);
  for (let i = 0; i < to.length; i++) {
    let source = 0;
    for (let axis = 0; axis < at.length; axis++) {
      source += (begin[axis]! + at[axis]! * strides[axis]!) * steps[axis]!;
    }
    to[i] = from[source]!;
    for (let axis = at.length - 1; axis >= 0; axis--) {
      at[axis]! += 1;
      if (at[axis]! < finalShapeSparse[axis]!) break;
      at[axis] = 0;
    }
  }
  return out;
});
