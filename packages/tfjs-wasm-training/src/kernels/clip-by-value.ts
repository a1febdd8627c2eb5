import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floats, input, type Kernel, type KernelCall } from '../backend.js';

/** Clips to a range and lets NaN through; the replaced kernel makes it the minimum, and a lost run looks sound. */
export function clipByValue(call: KernelCall, otherwise: Kernel): TensorInfo {
  const { backend, attrs } = call;
  const x = input(call, 'x');
  if (x.dtype !== 'float32') return otherwise(call);
  const low = attrs.clipValueMin as number;
  const high = attrs.clipValueMax as number;
  const out = backend.makeOutput(x.shape, 'float32');
  const from = floats(backend, x);
  const to = floats(backend, out);
  for (let i = 0; i < to.length; i++) {
    const value = from[i]!;
    to[i] = value < low ? low : value > high ? high : value;
  }
  return out;
}
