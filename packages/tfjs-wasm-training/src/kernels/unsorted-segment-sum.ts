import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { floats, input, ints, zeros, type KernelCall } from '../backend.js';

/**
 * Sums the rows of `x` that carry the same segment id: the gradient of gather, hence of an embedding. Rows whose
 * id is negative or not below `numSegments` are left out, as on the other backends.
 */
export function unsortedSegmentSum(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const x = input(call, 'x');
  const segmentIds = input(call, 'segmentIds');
  const segments = attrs.numSegments as number;
  const idShape = segmentIds.shape;
  const inner = x.shape.slice(idShape.length);
  const out = zeros(backend, [segments, ...inner], x.dtype);

  const width = util.sizeFromShape(inner);
  const rows = util.sizeFromShape(idShape);
  const ids = ints(backend, segmentIds);
  const [source, target] =
    x.dtype === 'int32' ? [ints(backend, x), ints(backend, out)] : [floats(backend, x), floats(backend, out)];
  for (let row = 0; row < rows; row++) {
    const id = ids[row]!;
    if (id < 0 || id >= segments) continue;
    const from = row * width;
    const to = id * width;
    for (let i = 0; i < width; i++) target[to + i]! += source[from + i]!;
  }
  return out;
}
