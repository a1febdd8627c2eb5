import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { floats, input, type Kernel, type KernelCall } from '../backend.js';
import { FLOAT } from '../simd/column-blocks.js';
import { elementwiseSource } from '../simd/columns.js';
import { addressOf, loader } from '../simd/load.js';
import { broadcast } from './binary.js';

const simd = loader(elementwiseSource);
const VECTOR = 4;

/** Gradient of relu: dy where x > 0, NaN where x is NaN, else 0. */
export const reluGradient = (call: KernelCall): TensorInfo =>
  combine(call, input(call, 'dy'), input(call, 'x'), 'whereActive', (dy, x) =>
    x > 0 ? dy : Number.isNaN(x) ? NaN : 0,
  );

/** Gradient of square: 2 * dy * x. */
export const squareGradient = (call: KernelCall): TensorInfo =>
  combine(call, input(call, 'dy'), input(call, 'x'), 'twiceProduct', (dy, x) => 2 * dy * x);

const extreme =
  (name: 'maximum' | 'minimum', single: (a: number, b: number) => number) =>
  (call: KernelCall, otherwise: Kernel): TensorInfo => {
    const [a, b] = [input(call, 'a'), input(call, 'b')];
    if (a.dtype !== 'float32') return otherwise(call);
    if (!util.arraysEqual(a.shape, b.shape)) return broadcast(call, a, b, 'float32', single);
    return combine(call, a, b, name, single);
  };

/** NaN where either is NaN; the replaced kernels give the other number. */
export const maximum = extreme('maximum', Math.max);
export const minimum = extreme('minimum', Math.min);

/** Two tensors of one shape, value by value. */
function combine(
  call: KernelCall,
  dy: TensorInfo,
  x: TensorInfo,
  name: keyof typeof elementwiseSource,
  single: (dy: number, x: number) => number,
): TensorInfo {
  const { backend } = call;
  const out = backend.makeOutput(x.shape, 'float32');
  const size = util.sizeFromShape(x.shape);
  const functions = simd(backend);
  const vectored = functions === undefined ? 0 : size - (size % VECTOR);
  const start = addressOf(backend, dy);
  functions?.[name](start, start + vectored * FLOAT, addressOf(backend, x), addressOf(backend, out));
  const [dys, xs, outs] = [dy, x, out].map((tensor) => floats(backend, tensor)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  for (let i = vectored; i < size; i++) outs[i] = single(dys[i]!, xs[i]!);
  return out;
}
