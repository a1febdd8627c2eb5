import {
  backend_util,
  util,
  type ArgMaxAttrs,
  type CumsumAttrs,
  type DataType,
  type MaxAttrs,
  type SumAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { Handle } from '../native/addon.js';
import { operator, operatorOfMany } from '../native/operator.js';
import { define, type KernelCall } from './define.js';
import { FLOAT, INT, scalarType } from './dtype.js';

const to = operator('to.dtype');
const sum = operator('sum.dim_IntList');
const mean = operator('mean.dim');
const amax = operator('amax');
const amin = operator('amin');
const prod = operator('prod.dim_int');
const all = operator('all.dim');
const any = operator('any.dim');
const flip = operator('flip');
const nanToNum = operator('nan_to_num');
const narrow = operator('narrow');
const zeros = operator('full');
const cat = operator('cat');
const contiguous = operator('contiguous');
const softmax = operator('_softmax');
const sort = operatorOfMany('sort.stable');

/** Registers the kernels that reduce along axes, and the kernels that run along an axis. */
export function registerReduceKernels(): void {
  // Sums and products of booleans count them.
  const counting = (dtype: DataType): DataType => (dtype === 'bool' ? 'int32' : dtype);
  defineReduction('Sum', counting, (x, axes, dtype) => sum(x, axes, false, scalarType(dtype)));
  defineReduction(
    'Mean',
    () => 'float32',
    (x, axes) => mean(x, axes, false, FLOAT),
  );
  defineReduction('Prod', counting, (x, axes, dtype) =>
    axisByAxis(x, axes, (y, axis) => prod(y, axis, false, scalarType(dtype))),
  );
  defineReduction(
    'Max',
    (dtype) => dtype,
    (x, axes) => amax(x, axes, false),
    'not empty',
  );
  defineReduction(
    'Min',
    (dtype) => dtype,
    (x, axes) => amin(x, axes, false),
    'not empty',
  );
  defineReduction(
    'All',
    () => 'bool',
    (x, axes) => axisByAxis(x, axes, (y, axis) => all(y, axis, false)),
  );
  defineReduction(
    'Any',
    () => 'bool',
    (x, axes) => axisByAxis(x, axes, (y, axis) => any(y, axis, false)),
  );
  defineArg('ArgMax', operator('argmax'), -Infinity);
  defineArg('ArgMin', operator('argmin'), Infinity);
  defineCumulative('Cumsum', operator('cumsum'), 0);
  defineCumulative('Cumprod', operator('cumprod'), 1);
  define('Softmax', (call) => {
    const logits = call.input('logits');
    const { dim } = call.attributes<{ dim: number }>();
    return call.output(softmax(to(call.handle('logits'), FLOAT), dim, false), logits.shape);
  });
  define('TopK', (call) => {
    const x = call.input('x');
    const { k } = call.attributes<{ k: number }>();
    const last = x.shape.length - 1;
    if (k === 0 || util.sizeFromShape(x.shape) === 0) return undefined;
    // A stable sort gives equal values in the order of their indices, which a plain selection does not promise.
    const [values, indices] = sort(call.handle('x'), true, last, true);
    const first = (y: Handle): Handle => contiguous(narrow(y, last, 0, k));
    const shape = [...x.shape.slice(0, -1), k];
    return [
      call.output(first(values!), shape, x.dtype),
      call.output(to(first(indices!), INT), shape, 'int32'),
    ];
  });
}

/** Reduces the axes one after another, the last first so that the others keep their numbers. */
function axisByAxis(x: Handle, axes: number[], reduce: (x: Handle, axis: number) => Handle): Handle {
  return [...axes].sort((a, b) => b - a).reduce(reduce, x);
}

function defineReduction(
  name: string,
  dtypeOf: (dtype: DataType) => DataType,
  reduce: (x: Handle, axes: number[], dtype: DataType) => Handle,
  empty: 'allowed' | 'not empty' = 'allowed',
): void {
  define(name, (call) => {
    const x = call.input('x');
    // Max calls its axes otherwise than all others.
    const { axis, reductionIndices, keepDims } = call.attributes<SumAttrs & Partial<MaxAttrs>>();
    const axes = util.parseAxisParam(reductionIndices ?? axis, x.shape);
    const dtype = dtypeOf(x.dtype);
    if (empty === 'not empty' && util.sizeFromShape(x.shape) === 0) return undefined;
    const [reduced] = backend_util.computeOutAndReduceShapes(x.shape, axes);
    const shape = keepDims ? backend_util.expandShapeToKeepDim(reduced, axes) : reduced;
    const handle = call.handle('x');
    // No axes: nothing to reduce for TensorFlow.js, everything for libtorch.
    if (axes.length === 0) return call.output(to(handle, scalarType(dtype), false, true), shape, dtype);
    return call.output(reduce(handle, axes, dtype), shape, dtype, reduced);
  });
}

/** `never` is a value that is never the answer: it stands for NaN, which TensorFlow.js passes over. */
function defineArg(
  name: string,
  op: (x: Handle, axis: number, keep: boolean) => Handle,
  never: number,
): void {
  define(name, (call) => {
    const x = call.input('x');
    const [axis] = util.parseAxisParam(call.attributes<ArgMaxAttrs>().axis, x.shape);
    if (axis === undefined || util.sizeFromShape(x.shape) === 0) return undefined;
    const [shape] = backend_util.computeOutAndReduceShapes(x.shape, [axis]);
    const values =
      x.dtype === 'float32'
        ? nanToNum(call.handle('x'), never, Infinity, -Infinity)
        : to(call.handle('x'), INT);
    return call.output(to(op(values, axis, false), INT), shape, 'int32');
  });
}

function defineCumulative(
  name: string,
  op: (x: Handle, axis: number, dtype: number) => Handle,
  start: number,
): void {
  define(name, (call: KernelCall): TensorInfo | undefined => {
    const x = call.input('x');
    const { axis, exclusive, reverse } = call.attributes<CumsumAttrs>();
    const [dim] = util.parseAxisParam(axis, x.shape);
    if (dim === undefined || x.dtype === 'bool' || util.sizeFromShape(x.shape) === 0) return undefined;
    const type = scalarType(x.dtype);
    let values = reverse ? flip(call.handle('x'), [dim]) : call.handle('x');
    if (exclusive) {
      const edge = x.shape.map((size, i) => (i === dim ? 1 : size));
      values = cat([zeros(edge, start, type), narrow(values, dim, 0, x.shape[dim]! - 1)], dim);
    }
    const total = op(values, dim, type);
    return call.output(reverse ? flip(total, [dim]) : total, x.shape, x.dtype);
  });
}
