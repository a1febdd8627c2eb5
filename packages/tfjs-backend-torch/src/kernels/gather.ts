import {
  backend_util,
  util,
  type GatherV2Attrs,
  type OneHotAttrs,
  type UnsortedSegmentSumAttrs,
} from '@tensorflow/tfjs-core';
import { operator } from '../native/operator.js';
import { define } from './define.js';
import { FLOAT, INT, LONG, scalarType } from './dtype.js';

const to = operator('to.dtype');
const indexSelect = operator('index_select');
const indexAdd = operator('index_add');
const full = operator('full');
const arange = operator('arange');
const equal = operator('eq.Tensor');
const unsqueeze = operator('unsqueeze');
const mul = operator('mul.Scalar');
const add = operator('add.Scalar');
const where = operator('where.self');
const whereNumber = operator('where.ScalarSelf');
const less = operator('lt.Scalar');
const reshape = operator('reshape');
const narrow = operator('narrow');
const contiguous = operator('contiguous');

/** Registers the kernels that pick values by index or by condition, and their gradients. */
export function registerGatherKernels(): void {
  define('GatherV2', (call) => {
    const x = call.input('x');
    const indices = call.input('indices');
    const { axis, batchDims } = call.attributes<GatherV2Attrs>();
    const [dim] = util.parseAxisParam(axis, x.shape);
    if (batchDims !== 0 || util.sizeFromShape(x.shape) === 0) return undefined;
    const { outputShape } = backend_util.segment_util.collectGatherOpShapeInfo(x, indices, dim!, batchDims);
    const flat = to(reshape(call.handle('indices'), [-1]), INT);
    const stored = x.shape.map((size, i) => (i === dim ? util.sizeFromShape(indices.shape) : size));
    try {
      return call.output(indexSelect(call.handle('x'), dim, flat), outputShape, x.dtype, stored);
    } catch {
      return undefined; // an index out of range: the JavaScript kernel says which
    }
  });
  define('UnsortedSegmentSum', (call) => {
    const x = call.input('x');
    const ids = call.input('segmentIds');
    const { numSegments } = call.attributes<UnsortedSegmentSumAttrs>();
    if (ids.shape.length !== 1 || x.dtype === 'bool') return undefined;
    // A negative id is dropped: it goes to a row of its own, which is cut off.
    const handle = to(call.handle('segmentIds'), LONG);
    const rows = whereNumber(less(handle, 0), numSegments, handle);
    const [, ...rest] = x.shape;
    const zeros = full([numSegments + 1, ...rest], 0, scalarType(x.dtype));
    const sums = narrow(indexAdd(zeros, 0, rows, call.handle('x'), 1), 0, 0, numSegments);
    return call.output(contiguous(sums), [numSegments, ...rest], x.dtype);
  });
  define('OneHot', (call) => {
    const indices = call.input('indices');
    const { depth, onValue, offValue, dtype } = call.attributes<OneHotAttrs>();
    const on = equal(unsqueeze(call.handle('indices'), -1), arange(depth, INT));
    const type = scalarType(dtype);
    const shape = [...indices.shape, depth];
    if (onValue === 1 && offValue === 0) return call.output(to(on, type), shape, dtype);
    return call.output(to(add(mul(to(on, FLOAT), onValue - offValue), offValue), type), shape, dtype);
  });
  define('Select', (call) => {
    const condition = call.input('condition');
    const t = call.input('t');
    const e = call.input('e');
    if (t.dtype !== e.dtype) return undefined;
    let mask = to(call.handle('condition'), scalarType('bool'));
    // A vector chooses whole rows.
    if (condition.shape.length === 1 && t.shape.length > 1) {
      mask = reshape(mask, [condition.shape[0]!, ...t.shape.slice(1).map(() => 1)]);
    }
    return call.output(where(mask, call.handle('t'), call.handle('e')), t.shape, t.dtype);
  });
}
