import { backend_util, util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Argument, Handle } from '../native/addon.js';
import { inPlaceOperator, operator } from '../native/operator.js';
import { define, type KernelBody, type KernelCall } from './define.js';
import { DOUBLE, INT } from './dtype.js';

const to = operator('to.dtype');
const floor = operator('floor');
const nanToNum = operator('nan_to_num');
const square = operator('square');
const subtract = operator('sub.Tensor');
const divide = operator('div.Tensor');
const add = operator('add.Tensor');
const addInPlace = inPlaceOperator('add_.Tensor');

/** Kernels that are a single operator of libtorch and keep their inputs' dtype. */
const preserving: Readonly<Record<string, string>> = {
  Maximum: 'maximum',
  Minimum: 'minimum',
  BitwiseAnd: 'bitwise_and.Tensor',
};

const comparisons: Readonly<Record<string, string>> = {
  Equal: 'eq.Tensor',
  NotEqual: 'ne.Tensor',
  Greater: 'gt.Tensor',
  GreaterEqual: 'ge.Tensor',
  Less: 'lt.Tensor',
  LessEqual: 'le.Tensor',
  LogicalAnd: 'logical_and',
  LogicalOr: 'logical_or',
};

/** Kernels that also take a number in place of either tensor: [of two tensors, tensor and number, number first]. */
const arithmetic: Readonly<Record<string, [string, string, string | undefined]>> = {
  Sub: ['sub.Tensor', 'sub.Scalar', 'rsub.Scalar'],
  Multiply: ['mul.Tensor', 'mul.Scalar', 'mul.Scalar'],
  RealDiv: ['div.Tensor', 'div.Scalar', undefined],
};

/** Kernels that differ from libtorch for integers: computed in float64, where every int32 is exact. */
const throughDouble: Readonly<Record<string, (a: Handle, b: Handle) => Handle>> = {
  Mod: operator('remainder.Tensor'),
  Pow: operator('pow.Tensor_Tensor'),
  FloorDiv: (a, b) => floor(divide(a, b)),
};

/** Registers the kernels of two inputs, element by element, with broadcasting. */
export function registerBinaryKernels(): void {
  for (const [name, op] of Object.entries(preserving)) defineBinary(name, operator(op));
  for (const [name, op] of Object.entries(comparisons)) defineBinary(name, operator(op), 'bool');
  for (const [name, ops] of Object.entries(arithmetic)) define(name, arithmeticBody(ops));
  for (const [name, op] of Object.entries(throughDouble)) {
    define(name, (call) => {
      const { dtype } = call.input('a');
      if (dtype === 'float32') {
        const quotient = op(call.handle('a'), call.handle('b'));
        return name === 'FloorDiv' ? result(call, integers(quotient), 'int32') : result(call, quotient);
      }
      const exact = op(to(call.handle('a'), DOUBLE), to(call.handle('b'), DOUBLE));
      return result(call, integers(exact), 'int32');
    });
  }
  const atan2 = operator('atan2');
  defineBinary('Atan2', atan2, undefined, 'fractions');
  defineBinary('SquaredDifference', (a, b) => square(subtract(a, b)));
  define('AddN', (call) => {
    const [first, ...rest] = call.list();
    if (rest.length === 0) return call.backend.share(first!);
    const { backend } = call;
    const sum = add(backend.handle(first!), backend.handle(rest[0]!));
    for (const tensor of rest.slice(1)) addInPlace(sum, backend.handle(tensor));
    return call.output(sum, first!.shape, first!.dtype);
  });
}

/** To int32 as JavaScript's typed arrays do it, NaN and the infinities included. */
function integers(values: Handle): Handle {
  return to(nanToNum(values, 0, 0, 0), INT);
}

/** Of integers `fractions` are cut off, as JavaScript's typed arrays do it. */
function defineBinary(
  name: string,
  op: (a: Handle, b: Handle) => Handle,
  dtype?: DataType,
  gives: 'own' | 'fractions' = 'own',
): void {
  define(name, (call) => {
    const y = op(call.handle('a'), call.handle('b'));
    return result(call, gives === 'fractions' && call.input('a').dtype === 'int32' ? integers(y) : y, dtype);
  });
}

/** The sum, of tensors or of a tensor and a number. */
export const addition = arithmeticBody(['add.Tensor', 'add.Scalar', 'add.Scalar']);

function arithmeticBody([both, right, left]: [string, string, string | undefined]): KernelBody {
  const ofTensors = operator(both);
  const withNumber = operator(right);
  const numberFirst = left === undefined ? undefined : operator(left);
  return (call) => {
    const a = call.input('a');
    const b = call.input('b');
    if (a.dtype === 'float32') {
      const second = numberFor(call, b, a);
      if (second !== undefined) return call.output(withNumber(call.handle('a'), second), a.shape);
      const first = numberFirst === undefined ? undefined : numberFor(call, a, b);
      if (first !== undefined && numberFirst !== undefined) {
        return call.output(numberFirst(call.handle('b'), first), b.shape);
      }
    }
    // Booleans add up to numbers in TensorFlow.js only in JavaScript's way.
    if (a.dtype === 'bool') return undefined;
    const y = ofTensors(call.handle('a'), call.handle('b'));
    // A quotient of integers has a fraction in libtorch.
    return result(call, both === 'div.Tensor' && a.dtype === 'int32' ? integers(y) : y);
  };
}

/** The number in `scalar`, if it is still in JavaScript and does not change the other's shape. */
function numberFor(call: KernelCall, scalar: TensorInfo, other: TensorInfo): Argument & (number | undefined) {
  if (scalar.shape.length > other.shape.length) return undefined;
  const value = call.backend.knownScalar(scalar);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function result(call: KernelCall, handle: Handle, dtype?: DataType): TensorInfo {
  const a = call.input('a');
  const b = call.input('b');
  const shape = util.arraysEqual(a.shape, b.shape)
    ? a.shape
    : backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  return call.output(handle, shape, dtype ?? a.dtype);
}
