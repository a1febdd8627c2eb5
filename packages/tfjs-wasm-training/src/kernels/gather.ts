import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { input, ints, type Kernel, type KernelCall } from '../backend.js';

/** Gather with batch axes. The replaced kernel knows a single batch axis. */
export function gather(call: KernelCall, otherwise: Kernel): TensorInfo {
  const { backend, attrs } = call;
  const batchDims = attrs.batchDims as number | undefined;
  if (batchDims === undefined || batchDims === 0) return otherwise(call);
  const [x, indices] = [input(call, 'x'), input(call, 'indices')];
  const axis = util.parseAxisParam(attrs.axis as number, x.shape)[0]!;
  const info = backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, batchDims);
  const { batchSize, outerSize, sliceSize, dimSize } = info;
  const count = util.sizeFromShape(indices.shape) / batchSize;
  const out = backend.makeOutput(info.outputShape, x.dtype);
  const from = backend.typedArrayFromHeap(x);
  const to = backend.typedArrayFromHeap(out);
  const chosen = ints(backend, indices);
  let at = 0;
  for (let batch = 0; batch < batchSize; batch++) {
    for (let outer = 0; outer < outerSize; outer++) {
      for (let i = 0; i < count; i++, at += sliceSize) {
        const index = chosen[batch * count + i]!;
        if (index < 0 || index >= dimSize) {
          throw new RangeError(`gather: index ${index} is not below ${dimSize}, the size of axis ${axis}.`);
        }
        const start = ((batch * outerSize + outer) * dimSize + index) * sliceSize;
        for (let k = 0; k < sliceSize; k++) to[at + k] = from[start + k]!;
      }
    }
  }
  return out;
}
