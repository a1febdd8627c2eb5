import {
  backend_util,
  slice_util,
  util,
  type ExpandDimsAttrs,
  type PackAttrs,
  type PadV2Attrs,
  type ReverseAttrs,
  type SliceAttrs,
  type SplitVAttrs,
  type StridedSliceAttrs,
  type TensorInfo,
  type TileAttrs,
  type TransposeAttrs,
  type UnpackAttrs,
} from '@tensorflow/tfjs-core';
import type { Handle } from '../native/addon.js';
import { operator } from '../native/operator.js';
import { define, type KernelCall } from './define.js';

const permute = operator('permute');
const narrow = operator('narrow');
const select = operator('select.int');
const stridedSlice = operator('slice.Tensor');
const cat = operator('cat');
const stack = operator('stack');
const tile = operator('tile');
const flip = operator('flip');
const pad = operator('constant_pad_nd');
const clone = operator('clone');

/** libtorch's number of the row-major memory format. */
const ROW_MAJOR = 0;

/** Registers the kernels that move values without computing any. */
export function registerShapeKernels(): void {
  define('Identity', (call) => call.backend.share(call.input('x')), 'any');
  define(
    'Reshape',
    (call) => {
      const x = call.input('x');
      const size = util.sizeFromShape(x.shape);
      const shape = util.inferFromImplicitShape(call.attributes<{ shape: number[] }>().shape, size);
      util.assert(
        size === util.sizeFromShape(shape),
        () =>
          `The new shape (${shape.join()}) has ${util.sizeFromShape(shape)} elements and the old shape ` +
          `(${x.shape.join()}) has ${size} elements. The new shape and old shape must have the same number of elements.`,
      );
      return call.backend.share(x, shape);
    },
    'any',
  );
  define(
    'ExpandDims',
    (call) => {
      const x = call.input('input');
      const { dim } = call.attributes<ExpandDimsAttrs>();
      const rank = x.shape.length;
      util.assert(-(rank + 1) <= dim, () => `Axis must be in the interval [${-(rank + 1)}, ${rank}]`);
      const shape = [...x.shape];
      shape.splice(dim < 0 ? x.shape.length + dim + 1 : dim, 0, 1);
      return call.backend.share(x, shape);
    },
    'any',
  );
  define('Transpose', (call) => {
    const x = call.input('x');
    const { perm } = call.attributes<TransposeAttrs>();
    return call.output(
      permute(call.handle('x'), perm),
      perm.map((axis) => x.shape[axis]!),
      x.dtype,
    );
  });
  define('Reverse', (call) => {
    const x = call.input('x');
    const axes = util.parseAxisParam(call.attributes<ReverseAttrs>().dims, x.shape);
    if (x.shape.length === 0) return call.backend.share(x);
    return call.output(flip(call.handle('x'), axes), x.shape, x.dtype);
  });
  define('Tile', (call) => {
    const x = call.input('x');
    const { reps } = call.attributes<TileAttrs>();
    return call.output(
      tile(call.handle('x'), reps),
      x.shape.map((size, i) => size * (reps[i] ?? 1)),
      x.dtype,
    );
  });
  define('PadV2', (call) => {
    const x = call.input('x');
    const { paddings, constantValue } = call.attributes<PadV2Attrs>();
    const shape = paddings.map(([before, after], i) => before + x.shape[i]! + after);
    if (x.dtype === 'bool' || x.shape.length === 0) return undefined;
    const value = x.dtype === 'float32' ? Math.fround(constantValue) : constantValue;
    return call.output(pad(call.handle('x'), [...paddings].reverse().flat(), value), shape, x.dtype);
  });
  registerSlices();
  registerJoins();
}

function registerSlices(): void {
  define('Slice', (call) => {
    const x = call.input('x');
    const { begin, size } = call.attributes<SliceAttrs>();
    const [from, lengths] = slice_util.parseSliceParams(x, begin, size);
    slice_util.assertParamsValid(x, from!, lengths!);
    return sliced(call, x, from!, lengths!);
  });
  define('StridedSlice', (call) => {
    const x = call.input('x');
    const a = call.attributes<StridedSliceAttrs>();
    const info = slice_util.sliceInfo(
      x.shape,
      a.begin,
      a.end,
      a.strides,
      a.beginMask,
      a.endMask,
      a.ellipsisMask,
      a.newAxisMask,
      a.shrinkAxisMask,
    );
    const { finalShape, begin, end, strides } = info;
    if (info.isIdentity) return call.backend.share(x, finalShape);
    // libtorch has no negative steps.
    if (strides.some((stride) => stride <= 0)) return undefined;
    const view = begin.reduce(
      (y, from, axis) => stridedSlice(y, axis, from, Math.max(from, end[axis]!), strides[axis]),
      call.handle('x'),
    );
    const stored = slice_util.computeOutShape(begin, end, strides).map((size) => Math.max(0, size));
    return call.output(clone(view, ROW_MAJOR), finalShape, x.dtype, stored);
  });
  define('SplitV', (call) => {
    const x = call.input('x');
    const { numOrSizeSplits, axis } = call.attributes<SplitVAttrs>();
    const [dim] = util.parseAxisParam(axis, x.shape);
    const from = x.shape.map(() => 0);
    return backend_util.prepareSplitSize(x as never, numOrSizeSplits, dim).map((length) => {
      const part = sliced(
        call,
        x,
        [...from],
        x.shape.map((size, i) => (i === dim ? length : size)),
      );
      from[dim!]! += length;
      return part;
    });
  });
  define('Unpack', (call) => {
    const x = call.input('value');
    const { axis } = call.attributes<UnpackAttrs>();
    const dim = axis < 0 ? axis + x.shape.length : axis;
    const shape = x.shape.filter((_, i) => i !== dim);
    return Array.from({ length: x.shape[dim]! }, (_, i) =>
      call.output(clone(select(call.handle('value'), dim, i), ROW_MAJOR), shape, x.dtype),
    );
  });
}

/** A copy, since a view of a part would keep the memory of the whole. */
function sliced(call: KernelCall, x: TensorInfo, from: number[], lengths: number[]): TensorInfo {
  if (util.arraysEqual(x.shape, lengths)) return call.backend.share(x);
  let view: Handle = call.backend.handle(x);
  lengths.forEach((length, axis) => {
    if (length !== x.shape[axis]) view = narrow(view, axis, from[axis], length);
  });
  return call.output(clone(view, ROW_MAJOR), lengths, x.dtype);
}

function registerJoins(): void {
  define('Concat', (call) => {
    const tensors = call.list();
    const [axis] = util.parseAxisParam(call.attributes<{ axis: number }>().axis, tensors[0]!.shape);
    const shapes = tensors.map(({ shape }) => shape);
    backend_util.assertParamsConsistent(shapes, axis!);
    const shape = backend_util.computeOutShape(shapes, axis!);
    const filled = tensors.filter((tensor) => util.sizeFromShape(tensor.shape) > 0);
    if (filled.length === 1) return call.backend.share(filled[0]!);
    const handles = (filled.length === 0 ? tensors : filled).map((tensor) => call.backend.handle(tensor));
    return call.output(cat(handles, axis), shape, tensors[0]!.dtype);
  });
  define('Pack', (call) => {
    const tensors = call.list();
    const { axis } = call.attributes<PackAttrs>();
    const first = tensors[0]!;
    for (const { shape, dtype } of tensors) {
      util.assertShapesMatch(first.shape, shape, 'All tensors passed to stack must have matching shapes');
      util.assert(first.dtype === dtype, () => 'All tensors passed to stack must have matching dtypes');
    }
    const shape = [...first.shape];
    shape.splice(axis < 0 ? first.shape.length + axis + 1 : axis, 0, tensors.length);
    return call.output(
      stack(
        tensors.map((tensor) => call.backend.handle(tensor)),
        axis,
      ),
      shape,
      first.dtype,
    );
  });
}
