import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { dispose, floats, input, type Kernel, type KernelCall, type WasmBackend } from '../backend.js';
import { activationSource, TURN } from '../simd/activations.js';
import { FLOAT } from '../simd/column-blocks.js';
import { addressOf, loader } from '../simd/load.js';

const simd = loader(activationSource);

type Single = (x: number) => number;

/** Activations that keep NaN. */
const CLAMPS = {
  relu: (x: number): number => (x < 0 ? 0 : x),
  relu6: (x: number): number => (x < 0 ? 0 : x > 6 ? 6 : x),
} as const;

export type Clamp = keyof typeof CLAMPS;

export const isClamp = (activation: unknown): activation is Clamp =>
  typeof activation === 'string' && activation in CLAMPS;

/** Writes the activation of a float32 tensor to another tensor, or to itself. */
export function clamp(backend: WasmBackend, name: Clamp, x: TensorInfo, out: TensorInfo): void {
  overFloats(backend, name, x, out, CLAMPS[name]);
}

function overFloats(
  backend: WasmBackend,
  name: keyof typeof activationSource,
  x: TensorInfo,
  out: TensorInfo,
  single: Single,
  bounds = 0,
): void {
  const size = util.sizeFromShape(x.shape);
  const functions = simd(backend);
  const turns = functions === undefined ? 0 : Math.floor((size * FLOAT) / TURN);
  const start = addressOf(backend, x);
  functions?.[name](start, start + turns * TURN, addressOf(backend, out), bounds);
  const from = floats(backend, x);
  const to = floats(backend, out);
  for (let i = (turns * TURN) / FLOAT; i < size; i++) to[i] = single(from[i]!);
}

/** Value by value for integers, which the replaced kernels take for floats. */
function overIntegers(backend: WasmBackend, x: TensorInfo, out: TensorInfo, single: Single): void {
  const from = backend.typedArrayFromHeap(x);
  const to = backend.typedArrayFromHeap(out);
  for (let i = 0; i < to.length; i++) to[i] = single(from[i]!);
}

/** The replaced kernels make 0 or 6 of NaN; relu does so where the sign bit of the NaN is set, as 0 / 0 sets it. */
const clamped =
  (name: Clamp) =>
  (call: KernelCall): TensorInfo => {
    const { backend } = call;
    const x = input(call, 'x');
    const out = backend.makeOutput(x.shape, x.dtype);
    if (x.dtype === 'float32') clamp(backend, name, x, out);
    else overIntegers(backend, x, out, CLAMPS[name]);
    return out;
  };

export const relu = clamped('relu');
export const relu6 = clamped('relu6');

/** The sign of every value; the replaced kernel takes numbers next to zero for zero. */
export function sign(call: KernelCall, otherwise: Kernel): TensorInfo {
  const { backend } = call;
  const x = input(call, 'x');
  if (x.dtype !== 'float32') return otherwise(call);
  const out = backend.makeOutput(x.shape, 'float32');
  overFloats(backend, 'sign', x, out, (value) => (value > 0 ? 1 : value < 0 ? -1 : 0));
  return out;
}

/** Clips to a range. The replaced kernel makes the lower bound of NaN, so that a lost run looks sound. */
export function clipByValue(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const x = input(call, 'x');
  const [low, high] = [attrs.clipValueMin as number, attrs.clipValueMax as number];
  const single = (value: number): number => (value < low ? low : value > high ? high : value);
  const out = backend.makeOutput(x.shape, x.dtype);
  if (x.dtype !== 'float32') {
    overIntegers(backend, x, out, single);
    return out;
  }
  const bounds = backend.makeOutput([2], 'float32');
  floats(backend, bounds).set([low, high]);
  overFloats(backend, 'clip', x, out, single, addressOf(backend, bounds));
  dispose(backend, bounds);
  return out;
}
