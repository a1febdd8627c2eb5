import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { floats, input, zeros, type KernelCall } from '../backend.js';
import { FLOAT } from '../simd/column-blocks.js';
import { addressOf, loader } from '../simd/load.js';
import { maxPoolGradientSource } from '../simd/max-pool-gradient.js';
import { eachRow, type Windows } from './pool-rows.js';

const VECTOR = 4;

const simd = loader(maxPoolGradientSource);

/**
 * Gradient of max pooling; the first maximum of a window gets it all. The replaced kernel starts its search for
 * the maximum at the smallest positive number, so that windows without a larger value lose their gradient.
 */
export function maxPoolGrad(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
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
  const dx = zeros(backend, x.shape, 'float32');
  if (util.sizeFromShape(x.shape) === 0) return dx;

  const channels = g.inChannels;
  const functions = simd(backend);
  const vectored = functions === undefined ? 0 : channels - (channels % VECTOR);
  const pixel = channels * FLOAT;
  const row = g.inWidth * pixel;
  const [xAt, dxAt, dyAt] = [x, dx, dy].map((tensor) => addressOf(backend, tensor)) as [
    number,
    number,
    number,
  ];
  if (functions !== undefined && vectored > 0) {
    eachRow(g, ({ at, outAt: first, height, width, count }) => {
      functions.row(
        xAt + at * pixel,
        dxAt + at * pixel,
        dyAt + first * pixel,
        dyAt + (first + count) * pixel,
        height * row,
        width * pixel,
        row,
        pixel,
        g.strideWidth * pixel,
        vectored * FLOAT,
      );
    });
  }
  if (vectored < channels) {
    const xs = floats(backend, x);
    const dys = floats(backend, dy);
    const dxs = floats(backend, dx);
    eachRow(g, (run) => {
      for (let c = vectored; c < channels; c++) routeChannel(xs, dys, dxs, run, c, g);
    });
  }
  return dx;
}

/** One channel of a run of windows; see `maxPoolGradientSource` for four at a time. */
function routeChannel(
  xs: Float32Array,
  dys: Float32Array,
  dxs: Float32Array,
  { at, outAt, height, width, count }: Windows,
  channel: number,
  g: backend_util.Conv2DInfo,
): void {
  const channels = g.inChannels;
  for (let window = 0; window < count; window++) {
    const first = (at + window * g.strideWidth) * channels + channel;
    let maximum = -Infinity;
    let place = -1;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const i = first + (y * g.inWidth + x) * channels;
        if (xs[i]! > maximum) {
          maximum = xs[i]!;
          place = i;
        }
      }
    }
    if (place >= 0) dxs[place]! += dys[(outAt + window) * channels + channel]!;
  }
}
