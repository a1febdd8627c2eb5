import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { floats, input, type Kernel, type KernelCall } from '../backend.js';
import { identity } from './identity.js';

/**
 * Pooling, max or average, over windows of one pixel: every stride-th pixel. The replaced kernel refuses such
 * windows without a word and leaves whatever was in memory before. A window in the padding gives `nothing`.
 */
export const pool =
  (nothing: number) =>
  (call: KernelCall, otherwise: Kernel): TensorInfo => {
    const { backend, attrs } = call;
    const x = input(call, 'x');
    const g = backend_util.computePool2DInfo(
      x.shape as [number, number, number, number],
      attrs.filterSize as [number, number],
      attrs.strides as [number, number],
      1,
      attrs.pad as 'same' | 'valid' | number,
      attrs.dimRoundingMode as 'floor' | 'round' | 'ceil' | undefined,
    );
    if (g.filterHeight !== 1 || g.filterWidth !== 1 || x.dtype !== 'float32') return otherwise(call);
    // The other backends, too, take an output as large as the input for the input itself.
    if (util.arraysEqual(g.inShape, g.outShape)) return identity(call);
    const out = backend.makeOutput(g.outShape, 'float32');
    const from = floats(backend, x);
    const to = floats(backend, out);
    const channels = g.inChannels;
    let at = 0;
    for (let image = 0; image < g.batchSize; image++) {
      for (let oy = 0; oy < g.outHeight; oy++) {
        const iy = oy * g.strideHeight - g.padInfo.top;
        for (let ox = 0; ox < g.outWidth; ox++, at += channels) {
          const ix = ox * g.strideWidth - g.padInfo.left;
          if (iy < 0 || iy >= g.inHeight || ix < 0 || ix >= g.inWidth) {
            to.fill(nothing, at, at + channels);
            continue;
          }
          const pixel = ((image * g.inHeight + iy) * g.inWidth + ix) * channels;
          to.set(from.subarray(pixel, pixel + channels), at);
        }
      }
    }
    return out;
  };
