import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { floats, input, type KernelCall } from '../backend.js';

/**
 * Gradient of a sum or, with `factor` = 1 / count, of a mean: repeats dy along the reduced `axes` of `shape`,
 * times `factor`.
 */
export function broadcastGradient(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const dy = input(call, 'dy');
  const shape = attrs.shape as number[];
  const axes = new Set(attrs.axes as number[]);
  const factor = attrs.factor as number;
  const out = backend.makeOutput(shape, 'float32');
  const size = util.sizeFromShape(shape);
  if (size === 0) return out;
  const to = floats(backend, out);
  const values = floats(backend, dy);

  // The values written so far are the end of the array, so that they can be read while the front is filled.
  let length = values.length;
  let start = size - length;
  for (let i = 0; i < length; i++) to[start + i] = values[i]! * factor;
  let inner = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const count = shape[axis]!;
    if (axes.has(axis) && count > 1) {
      const blocks = length / inner;
      const next = size - length * count;
      for (let block = 0; block < blocks; block++) {
        repeat(to, start + block * inner, next + block * inner * count, inner, count);
      }
      length *= count;
      start = next;
    }
    inner *= count;
  }
  return out;
}

/** Writes `count` copies of a block to `target`, which may overlap the block itself from below. */
function repeat(values: Float32Array, source: number, target: number, size: number, count: number): void {
  if (size === 1) {
    values.fill(values[source]!, target, target + count);
    return;
  }
  values.copyWithin(target, source, source + size);
  const end = target + size * count;
  let done = size;
  while (done < size * count) {
    const step = Math.min(done, size * count - done);
    values.copyWithin(target + done, target, target + step);
    done += step;
  }
  if (target + done !== end) throw new Error('A block was not repeated to its end.');
}
