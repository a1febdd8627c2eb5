import { util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { dispose, floats, input, type Kernel, type KernelCall } from '../backend.js';
import { eachBlock, FLOAT, paddedColumns } from '../simd/column-blocks.js';
import { columnsSource } from '../simd/columns.js';
import { addressOf, loader } from '../simd/load.js';

/** Rows whose sums may be added in single precision before they are added in double. */
const FLUSH_ROWS = 4096;
/** Fewer values are added by a loop in JavaScript, since the call of a compiled function costs more. */
const SHORT = 64;

const simd = loader(columnsSource);

/** A reduction over adjacent axes: [outer, reduced, inner], each the product of its sizes. */
interface Plan {
  readonly outer: number;
  readonly reduced: number;
  readonly inner: number;
}

/**
 * Sum over adjacent axes, down the columns instead of after a transposition. The replaced kernel adds all
 * values in turn in single precision and loses digits in large tensors; here sums of blocks are added in double.
 */
export const sum = (call: KernelCall, otherwise: Kernel): TensorInfo => reduce(call, otherwise, false);

/** Mean over adjacent axes; see {@link sum}. */
export const mean = (call: KernelCall, otherwise: Kernel): TensorInfo => reduce(call, otherwise, true);

function reduce(call: KernelCall, otherwise: Kernel, isMean: boolean): TensorInfo {
  const { backend, attrs } = call;
  const functions = simd(backend);
  const x = input(call, 'x');
  const axes = util.parseAxisParam(attrs.axis as number | number[], x.shape);
  const plan = planOf(x.shape, axes);
  if (x.dtype !== 'float32' || plan === undefined)
    return (isMean ? ofEmpty(NaN, 'float32') : ofEmpty(0))(call, otherwise);
  const { outer, reduced, inner } = plan;
  const factor = isMean ? 1 / reduced : 1;
  const out = backend.makeOutput(shapeWithout(x.shape, new Set(axes), attrs.keepDims === true), 'float32');
  if (outer * reduced * inner === 0) {
    // The replaced kernel leaves whatever was in memory before.
    floats(backend, out).fill(isMean ? NaN : 0);
    return out;
  }
  const columns = paddedColumns(inner);
  const size = reduced * inner;
  const rows = functions === undefined || size < SHORT ? 0 : Math.floor(size / columns);

  const partial = backend.makeOutput([columns], 'float32');
  const values = floats(backend, x);
  const results = floats(backend, out);
  const sums = floats(backend, partial);
  const totals = new Float64Array(inner);
  for (let o = 0; o < outer; o++) {
    const start = addressOf(backend, x) + o * size * FLOAT;
    totals.fill(0);
    for (let top = 0; top < rows; top += FLUSH_ROWS) {
      const at = start + top * columns * FLOAT;
      sums.fill(0);
      eachBlock(Math.min(FLUSH_ROWS, rows - top), columns, (from, end, column, width) => {
        functions![`columnSum${width}`]!(
          at + from,
          at + end,
          columns * FLOAT,
          addressOf(backend, partial) + column,
        );
      });
      for (let i = 0; i < columns; i++) totals[i % inner]! += sums[i]!;
    }
    for (let i = rows * columns; i < size; i++) totals[i % inner]! += values[o * size + i]!;
    for (let i = 0; i < inner; i++) results[o * inner + i] = totals[i]! * factor;
  }
  dispose(backend, partial);
  return out;
}

/** A reduction of an empty tensor, of which the replaced kernel makes whatever was in memory before. */
export const ofEmpty =
  (value: number, dtype?: DataType) =>
  (call: KernelCall, otherwise: Kernel): TensorInfo => {
    const { backend, attrs } = call;
    const x = input(call, 'x');
    if (util.sizeFromShape(x.shape) > 0) return otherwise(call);
    const axes = new Set(util.parseAxisParam(attrs.axis as number | number[], x.shape));
    const out = backend.makeOutput(shapeWithout(x.shape, axes, attrs.keepDims === true), dtype ?? x.dtype);
    backend.typedArrayFromHeap(out).fill(value);
    return out;
  };

/** Transposition; of an empty tensor, the replaced kernel divides by zero. */
export function transpose(call: KernelCall, otherwise: Kernel): TensorInfo {
  const { shape, dtype } = input(call, 'x');
  if (util.sizeFromShape(shape) > 0) return otherwise(call);
  const perm = call.attrs.perm as number[];
  return call.backend.makeOutput(
    perm.map((axis) => shape[axis]!),
    dtype,
  );
}

/** Cumulative sums and products of an empty tensor, in which the replaced kernels divide by zero. */
export function cumulative(call: KernelCall, otherwise: Kernel): TensorInfo {
  const { shape, dtype } = input(call, 'x');
  return util.sizeFromShape(shape) > 0 ? otherwise(call) : call.backend.makeOutput(shape, dtype);
}

const shapeWithout = (shape: number[], axes: ReadonlySet<number>, keepDims: boolean): number[] =>
  keepDims
    ? shape.map((size, axis) => (axes.has(axis) ? 1 : size))
    : shape.filter((_, axis) => !axes.has(axis));

/** Undefined where the reduced axes are not next to each other, axes of size 1 aside. */
function planOf(shape: number[], axes: number[]): Plan | undefined {
  const reducedAxes = new Set(axes);
  let outer = 1;
  let reduced = 1;
  let inner = 1;
  for (const [axis, size] of shape.entries()) {
    if (size === 1) continue;
    if (reducedAxes.has(axis)) {
      if (inner > 1) return undefined;
      reduced *= size;
    } else if (reduced === 1) outer *= size;
    else inner *= size;
  }
  return { outer, reduced, inner };
}
