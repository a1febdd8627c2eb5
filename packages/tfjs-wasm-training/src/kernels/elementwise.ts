import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { floats, input, type KernelCall } from '../backend.js';
import { FLOAT } from '../simd/column-blocks.js';
import { elementwiseSource } from '../simd/columns.js';
import { addressOf, loader } from '../simd/load.js';

const simd = loader(elementwiseSource);
const VECTOR = 4;

/** Gradient of relu: dy where x > 0, else 0. */
export const reluGradient = (call: KernelCall): TensorInfo =>
  combine(call, 'whereActive', (dy, x) => (x > 0 ? dy : 0));

/** Gradient of square: 2 * dy * x. */
export const squareGradient = (call: KernelCall): TensorInfo =>
  combine(call, 'twiceProduct', (dy, x) => 2 * dy * x);

function combine(
  call: KernelCall,
  name: keyof typeof elementwiseSource,
  single: (dy: number, x: number) => number,
): TensorInfo {
  const { backend } = call;
  const dy = input(call, 'dy');
  const x = input(call, 'x');
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
