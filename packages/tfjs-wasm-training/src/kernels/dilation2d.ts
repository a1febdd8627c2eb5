import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { input, zeros, type KernelCall } from '../backend.js';

/**
 * Visits the outputs of a grey-scale dilation, max(x + filter) over a window, with the places of the first maximum
 * in x and in the filter, which are -1 where a window lies in the padding. The replaced kernels take windows whose
 * sums are all negative for empty.
 */
function eachMaximum(
  call: KernelCall,
  visit: (out: number, value: number, xAt: number, filterAt: number) => void,
): void {
  const { backend, attrs } = call;
  const [x, filter] = [input(call, 'x'), input(call, 'filter')];
  const g = geometryOf(call);
  const xs = backend.typedArrayFromHeap(x);
  const filters = backend.typedArrayFromHeap(filter);
  if (attrs.pad === undefined) throw new RangeError('dilation2d expects a padding.');
  let out = 0;
  for (let n = 0; n < g.batchSize; n++) {
    for (let oy = 0; oy < g.outHeight; oy++) {
      for (let ox = 0; ox < g.outWidth; ox++) {
        for (let c = 0; c < g.inChannels; c++, out++) {
          let maximum = -Infinity;
          let [xAt, filterAt] = [-1, -1];
          for (let h = 0; h < g.filterHeight; h++) {
            const y = oy * g.strideHeight - g.padInfo.top + h * g.dilationHeight;
            if (y < 0 || y >= g.inHeight) continue;
            for (let w = 0; w < g.filterWidth; w++) {
              const column = ox * g.strideWidth - g.padInfo.left + w * g.dilationWidth;
              if (column < 0 || column >= g.inWidth) continue;
              const at = ((n * g.inHeight + y) * g.inWidth + column) * g.inChannels + c;
              const weightAt = (h * g.filterWidth + w) * g.inChannels + c;
              const value = xs[at]! + filters[weightAt]!;
              if (value <= maximum || Number.isNaN(maximum)) continue;
              maximum = value;
              xAt = at;
              filterAt = weightAt;
            }
          }
          visit(out, maximum, xAt, filterAt);
        }
      }
    }
  }
}

const geometryOf = (call: KernelCall): backend_util.Conv2DInfo =>
  backend_util.computeDilation2DInfo(
    input(call, 'x').shape as [number, number, number, number],
    input(call, 'filter').shape as [number, number, number],
    call.attrs.strides as [number, number],
    call.attrs.pad as 'same' | 'valid' | number,
    'NHWC',
    call.attrs.dilations as [number, number],
  );

export function dilation2D(call: KernelCall): TensorInfo {
  const { backend } = call;
  const out = backend.makeOutput(geometryOf(call).outShape, input(call, 'x').dtype);
  const outs = backend.typedArrayFromHeap(out);
  eachMaximum(call, (at, value) => {
    outs[at] = value;
  });
  return out;
}

/** The gradient with respect to x or to the filter: the first maximum of a window gets it whole. */
const backprop =
  (name: 'x' | 'filter') =>
  (call: KernelCall): TensorInfo => {
    const { backend } = call;
    const { shape, dtype } = input(call, name);
    const out = zeros(backend, shape, dtype);
    const outs = backend.typedArrayFromHeap(out);
    const dys = backend.typedArrayFromHeap(input(call, 'dy'));
    eachMaximum(call, (at, _, xAt, filterAt) => {
      const place = name === 'x' ? xAt : filterAt;
      if (place >= 0) outs[place]! += dys[at]!;
    });
    return out;
  };

export const dilation2DBackpropInput = backprop('x');
export const dilation2DBackpropFilter = backprop('filter');
