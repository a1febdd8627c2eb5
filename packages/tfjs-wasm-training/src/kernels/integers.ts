import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { input, type Kernel, type KernelCall } from '../backend.js';

type Replacement = (call: KernelCall, otherwise: Kernel) => TensorInfo;

/**
 * A function of one number for int32 and bool. The replaced kernel reads the bits of an integer as a float, or
 * leaves stale memory. Floats are left to the replaced kernel. The result is `dtype`, by default that
 * of the input, as on the cpu backend.
 */
const ofIntegers =
  (value: (x: number, attrs: KernelCall['attrs']) => number, dtype?: DataType): Replacement =>
  (call, otherwise) => {
    const { backend, attrs } = call;
    const x = input(call, 'x');
    if (x.dtype !== 'int32' && x.dtype !== 'bool') return otherwise(call);
    const out = backend.makeOutput(x.shape, dtype ?? x.dtype);
    const from = backend.typedArrayFromHeap(x);
    const to = backend.typedArrayFromHeap(out);
    for (let i = 0; i < to.length; i++) to[i] = value(from[i]!, attrs);
    return out;
  };

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

/** Abramowitz and Stegun, formula 7.1.26. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - series * Math.exp(-x * x));
}

/** By the name of the kernel. */
export const integerKernels: Readonly<Record<string, Replacement>> = {
  Acos: ofIntegers(Math.acos),
  Acosh: ofIntegers(Math.acosh),
  Asin: ofIntegers(Math.asin),
  Asinh: ofIntegers(Math.asinh),
  Atan: ofIntegers(Math.atan),
  Atanh: ofIntegers(Math.atanh),
  Ceil: ofIntegers((x) => x),
  Cos: ofIntegers(Math.cos),
  Cosh: ofIntegers(Math.cosh),
  Elu: ofIntegers((x) => (x >= 0 ? x : Math.expm1(x))),
  Erf: ofIntegers(erf),
  Expm1: ofIntegers(Math.expm1),
  Floor: ofIntegers((x) => x),
  IsFinite: ofIntegers(() => 1, 'bool'),
  IsInf: ofIntegers(() => 0, 'bool'),
  IsNan: ofIntegers(() => 0, 'bool'),
  Log: ofIntegers(Math.log),
  Log1p: ofIntegers(Math.log1p),
  Reciprocal: ofIntegers((x) => 1 / x),
  Round: ofIntegers((x) => x),
  Rsqrt: ofIntegers((x) => 1 / Math.sqrt(x)),
  Selu: ofIntegers((x) => SELU_SCALE * (x >= 0 ? x : SELU_ALPHA * Math.expm1(x))),
  Sigmoid: ofIntegers((x) => 1 / (1 + Math.exp(-x))),
  Sin: ofIntegers(Math.sin),
  Sinh: ofIntegers(Math.sinh),
  Softplus: ofIntegers((x) => Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)))),
  Sqrt: ofIntegers(Math.sqrt),
  Tan: ofIntegers(Math.tan),
  Tanh: ofIntegers(Math.tanh),
};
