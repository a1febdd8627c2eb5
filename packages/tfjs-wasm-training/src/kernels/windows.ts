import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { floats, input, zeros, type KernelCall } from '../backend.js';

/** A max pooling in three axes; one of images has a depth of 1. */
interface Windows {
  readonly batch: number;
  readonly channels: number;
  /** For depth, height and width each. */
  readonly size: readonly number[];
  readonly out: readonly number[];
  readonly filter: readonly number[];
  readonly strides: readonly number[];
  readonly before: readonly number[];
}

function ofVolumes(shape: number[], { attrs }: KernelCall): { windows: Windows; outShape: number[] } {
  const g = backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    attrs.filterSize as [number, number, number],
    attrs.strides as [number, number, number],
    1,
    attrs.pad as 'same' | 'valid' | number,
    attrs.dimRoundingMode as 'floor' | 'round' | 'ceil' | undefined,
    attrs.dataFormat as 'NDHWC' | 'NCDHW' | undefined,
  );
  const windows = {
    batch: g.batchSize,
    channels: g.inChannels,
    size: [g.inDepth, g.inHeight, g.inWidth],
    out: [g.outDepth, g.outHeight, g.outWidth],
    filter: [g.filterDepth, g.filterHeight, g.filterWidth],
    strides: [g.strideDepth, g.strideHeight, g.strideWidth],
    before: [g.padInfo.front, g.padInfo.top, g.padInfo.left],
  };
  return { windows, outShape: g.outShape };
}

/**
 * Visits every window and channel with the index of its maximum in x and of the output. Of equal maxima it is the
 * first or the last. NaN is passed over, but where a window holds nothing else; the index is -1 in the padding.
 */
function eachMaximum(
  xs: ArrayLike<number>,
  w: Windows,
  which: 'first' | 'last',
  visit: (place: number, out: number) => void,
): void {
  const [depth, height, width] = w.size as [number, number, number];
  const from = (axis: number, o: number): number => Math.max(0, o * w.strides[axis]! - w.before[axis]!);
  const to = (axis: number, o: number): number =>
    Math.min(w.size[axis]!, o * w.strides[axis]! - w.before[axis]! + w.filter[axis]!);
  let out = 0;
  for (let n = 0; n < w.batch; n++) {
    for (let od = 0; od < w.out[0]!; od++) {
      for (let oy = 0; oy < w.out[1]!; oy++) {
        for (let ox = 0; ox < w.out[2]!; ox++) {
          for (let c = 0; c < w.channels; c++, out++) {
            let place = -1;
            let lost = -1;
            let maximum = -Infinity;
            for (let d = from(0, od); d < to(0, od); d++) {
              for (let y = from(1, oy); y < to(1, oy); y++) {
                for (let x = from(2, ox); x < to(2, ox); x++) {
                  const at = (((n * depth + d) * height + y) * width + x) * w.channels + c;
                  const value = xs[at]!;
                  if (value > maximum || (which === 'last' && value === maximum)) {
                    maximum = value;
                    place = at;
                  } else if (Number.isNaN(value)) {
                    lost = at;
                  }
                }
              }
            }
            visit(place < 0 ? lost : place, out);
          }
        }
      }
    }
  }
}

/** The replaced kernel takes windows whose values are all negative for empty. */
export function maxPool3D(call: KernelCall): TensorInfo {
  const { backend } = call;
  const x = input(call, 'x');
  const { windows, outShape } = ofVolumes(x.shape, call);
  const out = backend.makeOutput(outShape, 'float32');
  const xs = floats(backend, x);
  const outs = floats(backend, out);
  eachMaximum(xs, windows, 'first', (place, at) => {
    outs[at] = place < 0 ? -Infinity : xs[place]!;
  });
  return out;
}

/** The last maximum of a window gets the whole gradient, as on the cpu backend (in 2D it is the first). */
export function maxPool3DGrad(call: KernelCall): TensorInfo {
  const { backend } = call;
  const [dy, x] = [input(call, 'dy'), input(call, 'input')];
  const { windows } = ofVolumes(x.shape, call);
  const dx = zeros(backend, x.shape, 'float32');
  const [dys, xs, dxs] = [floats(backend, dy), floats(backend, x), floats(backend, dx)];
  eachMaximum(xs, windows, 'last', (place, at) => {
    if (place >= 0 && !Number.isNaN(xs[place]!)) dxs[place]! += dys[at]!;
  });
  return dx;
}

/** Maxima and their places, counted in a sample or, with `includeBatchInIndex`, in the batch. */
export function maxPoolWithArgmax(call: KernelCall): TensorInfo[] {
  const { backend, attrs } = call;
  const x = input(call, 'x');
  util.assert(
    x.shape.length === 4,
    () => `Error in maxPool: input must be rank 4 but got rank ${x.shape.length}.`,
  );
  const g = backend_util.computePool2DInfo(
    x.shape as [number, number, number, number],
    attrs.filterSize as [number, number],
    attrs.strides as [number, number],
    1,
    attrs.pad as 'same' | 'valid' | number,
  );
  const pooled = backend.makeOutput(g.outShape, x.dtype);
  const indices = backend.makeOutput(g.outShape, 'int32');
  const xs = backend.typedArrayFromHeap(x);
  const [values, places] = [backend.typedArrayFromHeap(pooled), backend.typedArrayFromHeap(indices)];
  const sample = util.sizeFromShape(x.shape.slice(1));
  const windows = {
    batch: g.batchSize,
    channels: g.inChannels,
    size: [1, g.inHeight, g.inWidth],
    out: [1, g.outHeight, g.outWidth],
    filter: [1, g.filterHeight, g.filterWidth],
    strides: [1, g.strideHeight, g.strideWidth],
    before: [0, g.padInfo.top, g.padInfo.left],
  };
  eachMaximum(xs, windows, 'first', (place, at) => {
    values[at] = place < 0 ? -Infinity : xs[place]!;
    places[at] = place < 0 || attrs.includeBatchInIndex === true ? place : place % sample;
  });
  return [pooled, indices];
}
