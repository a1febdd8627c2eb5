import { util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { floats, input, ints, type KernelCall } from '../backend.js';
import { broadcast } from './binary.js';

/** The remainder with the sign of the divisor, in double precision. */
export const mod = (call: KernelCall): TensorInfo =>
  divided(call, input(call, 'a').dtype, remainder, remaindersOfFloats, remaindersOfIntegers);

/** floor(a / b) as int32. The replaced kernel gives floats for floats. */
export const floorDiv = (call: KernelCall): TensorInfo =>
  divided(call, 'int32', (a, b) => Math.floor(a / b), quotientsOfFloats, quotientsOfIntegers);

/** Every value of `a` by a value of `b`: `step` 1 by its own, `step` 0 by the first. */
type Loop<Values, Result = Values> = (a: Values, b: Values, out: Result, step: 0 | 1) => void;

/** Tensors of one shape, and a tensor by one number, run in a loop that is compiled for the operation alone. */
function divided<Result extends Float32Array | Int32Array>(
  call: KernelCall,
  dtype: DataType,
  value: (a: number, b: number) => number,
  ofFloats: Loop<Float32Array, Result>,
  ofIntegers: Loop<Int32Array>,
): TensorInfo {
  const { backend } = call;
  const [a, b] = [input(call, 'a'), input(call, 'b')];
  const step = util.arraysEqual(a.shape, b.shape) ? 1 : 0;
  const isOne = b.shape.length <= a.shape.length && util.sizeFromShape(b.shape) === 1;
  const isPlain = a.dtype === b.dtype && (step === 1 || isOne) && util.sizeFromShape(a.shape) > 0;
  if (!isPlain || (a.dtype !== 'float32' && a.dtype !== 'int32')) return broadcast(call, a, b, dtype, value);
  const out = backend.makeOutput(a.shape, dtype);
  if (a.dtype === 'int32') ofIntegers(ints(backend, a), ints(backend, b), ints(backend, out), step);
  else {
    // The type of the result follows from the operation.
    const values = backend.typedArrayFromHeap(out) as Result;
    ofFloats(floats(backend, a), floats(backend, b), values, step);
  }
  return out;
}

function remainder(value: number, divisor: number): number {
  const rest = value % divisor;
  const isAlike = (value < 0 && divisor < 0) || (value >= 0 && divisor >= 0);
  return isAlike ? rest : (rest + divisor) % divisor;
}

function remaindersOfFloats(a: Float32Array, b: Float32Array, out: Float32Array, step: 0 | 1): void {
  for (let i = 0; i < out.length; i++) out[i] = remainder(a[i]!, b[i * step]!);
}

/** Cut to integers at once, so that the processor's integer division does. By zero it is 0, as NaN is. */
function remaindersOfIntegers(a: Int32Array, b: Int32Array, out: Int32Array, step: 0 | 1): void {
  for (let i = 0; i < out.length; i++) {
    const [value, divisor] = [a[i]!, b[i * step]!];
    const rest = (value % divisor) | 0;
    out[i] = value < 0 === divisor < 0 ? rest : ((rest + divisor) % divisor) | 0;
  }
}

function quotientsOfFloats(a: Float32Array, b: Float32Array, out: Int32Array, step: 0 | 1): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.floor(a[i]! / b[i * step]!);
}

function quotientsOfIntegers(a: Int32Array, b: Int32Array, out: Int32Array, step: 0 | 1): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.floor(a[i]! / b[i * step]!);
}
