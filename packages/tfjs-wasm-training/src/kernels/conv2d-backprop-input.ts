import type { TensorInfo } from '@tensorflow/tfjs-core';
import { dispose, input, run, type Kernel, type KernelCall } from '../backend.js';
import { geometry } from './conv2d-geometry.js';

/**
 * Gradient of conv2d with respect to its input: for stride 1, the forward convolution of the output gradient
 * with the filter turned by 180 degrees and its channels exchanged. Other strides go to `otherwise`.
 */
export function conv2dBackpropInput(call: KernelCall, otherwise: Kernel): TensorInfo {
  const { backend, attrs } = call;
  const dy = input(call, 'dy');
  const filter = input(call, 'filter');
  const g = geometry('Conv2DBackpropInput', attrs.inputShape as number[], filter.shape, attrs);
  const top = g.filterHeight - 1 - g.padInfo.top;
  const left = g.filterWidth - 1 - g.padInfo.left;
  const bottom = g.inHeight - g.outHeight + g.padInfo.top;
  const right = g.inWidth - g.outWidth + g.padInfo.left;
  const plain = g.strideHeight === 1 && g.strideWidth === 1 && Math.min(top, left, bottom, right) >= 0;
  if (!plain) return otherwise(call);

  const turned = run(backend, 'Reverse', { x: filter }, { dims: [0, 1] });
  const exchanged = run(backend, 'Transpose', { x: turned }, { perm: [0, 1, 3, 2] });
  dispose(backend, turned);
  const dx = run(
    backend,
    'Conv2D',
    { x: dy, filter: exchanged },
    {
      strides: 1,
      pad: [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ],
      dataFormat: 'NHWC',
      dilations: 1,
    },
  );
  dispose(backend, exchanged);
  return dx;
}
