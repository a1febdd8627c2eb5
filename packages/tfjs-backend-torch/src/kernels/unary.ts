import { type DataType, type LeakyReluAttrs, type StepAttrs } from '@tensorflow/tfjs-core';
import type { Handle } from '../native/addon.js';
import { operator } from '../native/operator.js';
import { define, type KernelCall } from './define.js';
import { scalarType } from './dtype.js';

const to = operator('to.dtype');
const gt = operator('gt.Scalar');
const lt = operator('lt.Scalar');
const where = operator('where.self');
const isnan = operator('isnan');
const mul = operator('mul.Tensor');
const mulScalar = operator('mul.Scalar');
const addScalar = operator('add.Scalar');
const logicalNot = operator('logical_not');

/** Kernels that are a single operator of libtorch, float32 in and out. */
const floating: Readonly<Record<string, string>> = {
  Acos: 'acos',
  Acosh: 'acosh',
  Asin: 'asin',
  Asinh: 'asinh',
  Atan: 'atan',
  Atanh: 'atanh',
  Cos: 'cos',
  Cosh: 'cosh',
  Erf: 'erf',
  Exp: 'exp',
  Expm1: 'expm1',
  Log: 'log',
  Log1p: 'log1p',
  Reciprocal: 'reciprocal',
  Rsqrt: 'rsqrt',
  Sigmoid: 'sigmoid',
  Sin: 'sin',
  Sinh: 'sinh',
  Softplus: 'softplus',
  Sqrt: 'sqrt',
  Tan: 'tan',
  Tanh: 'tanh',
  Elu: 'elu',
  Selu: 'selu',
};

/** Kernels whose result has the dtype of their input. */
const preserving: Readonly<Record<string, string>> = {
  Abs: 'abs',
  Ceil: 'ceil',
  Floor: 'floor',
  Neg: 'neg',
  Round: 'round',
  Sign: 'sign',
  Square: 'square',
};

const tests: Readonly<Record<string, string>> = { IsFinite: 'isfinite', IsInf: 'isinf', IsNan: 'isnan' };

/** Registers the kernels of one input, element by element. */
export function registerUnaryKernels(): void {
  for (const [name, op] of Object.entries(floating)) defineUnary(name, operator(op), 'float32');
  for (const [name, op] of Object.entries(preserving)) defineUnary(name, operator(op));
  for (const [name, op] of Object.entries(tests)) defineUnary(name, operator(op), 'bool');
  define('LogicalNot', (call) => result(call, logicalNot(call.handle('x')), 'bool'));
  define('LeakyRelu', (call) => {
    const { alpha } = call.attributes<LeakyReluAttrs>();
    const x = call.handle('x');
    return result(call, where(lt(x, 0), mulScalar(x, alpha), x), 'float32');
  });
  define('Prelu', (call) => {
    const x = call.handle('x');
    return result(call, where(lt(x, 0), mul(x, call.handle('alpha')), x), 'float32');
  });
  define('Step', (call) => {
    const { alpha } = call.attributes<StepAttrs>();
    const x = call.handle('x');
    const { dtype } = call.input('x');
    const positive = to(gt(x, 0), scalarType(dtype));
    const step = alpha === 0 ? positive : addScalar(mulScalar(positive, 1 - alpha), alpha);
    // TensorFlow.js keeps NaN, which an ordinary comparison would make alpha.
    return result(call, dtype === 'float32' ? where(isnan(x), x, step) : to(step, scalarType(dtype)));
  });
}

function defineUnary(name: string, op: (x: Handle) => Handle, dtype?: DataType): void {
  define(name, (call) => {
    const x = call.input('x');
    // Counting types hold no NaN and no fraction; libtorch has some of these operators for floats only.
    const handle = call.backend.handle(x);
    const counts = x.dtype !== 'float32' && dtype === 'float32';
    const floats = counts ? to(handle, scalarType('float32')) : handle;
    return result(call, op(x.dtype === 'bool' && !counts ? to(handle, scalarType('int32')) : floats), dtype);
  });
}

function result(call: KernelCall, handle: Handle, dtype?: DataType): ReturnType<KernelCall['output']> {
  const x = call.input('x');
  const wanted = dtype ?? x.dtype;
  return call.output(x.dtype === wanted ? handle : to(handle, scalarType(wanted)), x.shape, wanted);
}
