import type { TensorInfo } from '@tensorflow/tfjs-core';
import { dispose, input, run, type KernelCall } from '../backend.js';
import { geometry } from './conv2d-geometry.js';

/**
 * Gradient of conv2d with respect to its filter, as one forward convolution: the padded input with batch and
 * channels exchanged, [in, rows, columns, batch], is convolved with the output gradient as its filter,
 * [rows, columns, batch, out]. The strides of the forward pass become dilations.
 */
export function conv2dBackpropFilterByConvolution(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const x = input(call, 'x');
  const dy = input(call, 'dy');
  const filterShape = attrs.filterShape as number[];
  const g = geometry('Conv2DBackpropFilter', x.shape, filterShape, attrs);

  const rows = (g.outHeight - 1) * g.strideHeight + g.filterHeight;
  const columns = (g.outWidth - 1) * g.strideWidth + g.filterWidth;
  const padded = fit(call, x, [
    [g.padInfo.top, rows - g.padInfo.top - g.inHeight],
    [g.padInfo.left, columns - g.padInfo.left - g.inWidth],
  ]);
  const xByChannel = run(backend, 'Transpose', { x: padded }, { perm: [3, 1, 2, 0] });
  dispose(backend, padded);
  const dyAsFilter = run(backend, 'Transpose', { x: dy }, { perm: [1, 2, 0, 3] });
  const byChannel = run(
    backend,
    'Conv2D',
    { x: xByChannel, filter: dyAsFilter },
    {
      strides: 1,
      pad: 'valid',
      dataFormat: 'NHWC',
      dilations: [g.strideHeight, g.strideWidth],
    },
  );
  dispose(backend, xByChannel, dyAsFilter);
  const gradient = run(backend, 'Transpose', { x: byChannel }, { perm: [1, 2, 0, 3] });
  dispose(backend, byChannel);
  return gradient;
}

/** Pads the image with zeros, or crops it where a number is negative. */
function fit(call: KernelCall, x: TensorInfo, edges: [number, number][]): TensorInfo {
  const { backend } = call;
  const margins: [number, number][] = [[0, 0], ...edges, [0, 0]];
  const begin = margins.map(([before]) => Math.max(0, -before));
  const size = margins.map(([before, after], i) => x.shape[i]! - Math.max(0, -before) - Math.max(0, -after));
  const cropped = run(backend, 'Slice', { x }, { begin, size });
  const paddings = margins.map(([before, after]) => [Math.max(0, before), Math.max(0, after)]);
  const padded = run(backend, 'PadV2', { x: cropped }, { paddings, constantValue: 0 });
  dispose(backend, cropped);
  return padded;
}
