import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { input, zeros, type Kernel, type KernelCall } from '../backend.js';
import { FLOAT } from '../simd/column-blocks.js';
import { addressOf, loader } from '../simd/load.js';
import { maxPoolGradientSource } from '../simd/max-pool-gradient.js';

const simd = loader(maxPoolGradientSource);
const VECTOR = 4;

/** Gradient of max pooling, over four channels at a time; the first maximum of a window gets it all. */
export function maxPoolGrad(call: KernelCall, otherwise: Kernel): TensorInfo {
  const { backend, attrs } = call;
  const functions = simd(backend);
  const x = input(call, 'input');
  const dy = input(call, 'dy');
  const g = backend_util.computePool2DInfo(
    x.shape as [number, number, number, number],
    attrs.filterSize as [number, number],
    attrs.strides as [number, number],
    1,
    attrs.pad as 'same' | 'valid' | number,
    attrs.dimRoundingMode as 'floor' | 'round' | 'ceil' | undefined,
  );
  const channels = g.inChannels;
  if (functions === undefined || x.dtype !== 'float32' || channels % VECTOR !== 0) return otherwise(call);
  const dx = zeros(backend, x.shape, 'float32');
  if (util.sizeFromShape(x.shape) === 0) return dx;

  const pixel = channels * FLOAT;
  const row = g.inWidth * pixel;
  const xAt = addressOf(backend, x);
  const dxAt = addressOf(backend, dx);
  const dyAt = addressOf(backend, dy);
  const { top, left } = g.padInfo;
  // Windows that stick out on the left or right are done one by one, the others in one go.
  const isInside = (ox: number): boolean =>
    ox * g.strideWidth - left >= 0 && ox * g.strideWidth - left + g.filterWidth <= g.inWidth;
  for (let image = 0; image < g.batchSize; image++) {
    for (let oy = 0; oy < g.outHeight; oy++) {
      const y0 = Math.max(0, oy * g.strideHeight - top);
      const y1 = Math.min(g.inHeight, oy * g.strideHeight - top + g.filterHeight);
      const dyRow = dyAt + (image * g.outHeight + oy) * g.outWidth * pixel;
      let ox = 0;
      while (ox < g.outWidth) {
        let count = 1;
        if (isInside(ox)) while (ox + count < g.outWidth && isInside(ox + count)) count++;
        const x0 = Math.max(0, ox * g.strideWidth - left);
        const x1 = Math.min(g.inWidth, ox * g.strideWidth - left + g.filterWidth);
        const offset = (image * g.inHeight + y0) * row + x0 * pixel;
        functions.row(
          xAt + offset,
          dxAt + offset,
          dyRow + ox * pixel,
          dyRow + (ox + count) * pixel,
          Math.max(0, y1 - y0) * row,
          Math.max(0, x1 - x0) * pixel,
          row,
          pixel,
          g.strideWidth * pixel,
        );
        ox += count;
      }
    }
  }
  return dx;
}
