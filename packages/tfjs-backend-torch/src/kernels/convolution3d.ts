import {
  backend_util,
  type Conv3DAttrs,
  type Conv3DBackpropFilterV2Attrs,
  type Conv3DBackpropInputV2Attrs,
} from '@tensorflow/tfjs-core';
import type { Handle } from '../native/addon.js';
import { operator, operatorOfMany } from '../native/operator.js';
import { define } from './define.js';
import { FLOAT } from './dtype.js';
import { channelsFirst, channelsLast, CHANNELS_LAST_3D, Padding } from './layout.js';

const permute = operator('permute');
const convolution = operator('convolution');
const convolutionBackward = operatorOfMany('convolution_backward');
const empty = operator('empty.memory_format');

type Shape5D = [number, number, number, number, number];

interface Geometry3D {
  info: backend_util.Conv3DInfo;
  strides: number[];
  dilations: number[];
  padding: Padding;
}

function geometry(xShape: number[], filterShape: number[], attrs: Conv3DAttrs): Geometry3D {
  const { strides, pad, dilations } = attrs;
  const info = backend_util.computeConv3DInfo(
    xShape as Shape5D,
    filterShape as Shape5D,
    strides,
    dilations,
    pad,
  );
  const { front, back, top, bottom, left, right } = info.padInfo;
  return {
    info,
    strides: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilations: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    padding: new Padding([
      { before: front, after: back },
      { before: top, after: bottom },
      { before: left, after: right },
    ]),
  };
}

const weights = (filter: Handle): Handle => permute(filter, [4, 3, 0, 1, 2]);

function backward(conv: Geometry3D, dy: Handle, x: Handle, w: Handle, wanted: boolean[]): Handle[] {
  const { strides, padding, dilations } = conv;
  return convolutionBackward(
    channelsFirst(dy, 5),
    x,
    w,
    null,
    strides,
    padding.even,
    dilations,
    false,
    [0, 0, 0],
    1,
    wanted,
  );
}

/** Registers three-dimensional convolutions and their gradients. */
export function registerConvolution3dKernels(): void {
  define('Conv3D', (call) => {
    const conv = geometry(call.input('x').shape, call.input('filter').shape, call.attributes<Conv3DAttrs>());
    const { padding, strides, dilations, info } = conv;
    const x = padding.apply(channelsFirst(call.handle('x'), 5));
    const w = weights(call.handle('filter'));
    const y = convolution(x, w, null, strides, padding.even, dilations, false, [0, 0, 0], 1);
    return call.output(channelsLast(y, 5), info.outShape);
  });
  define('Conv3DBackpropInputV2', (call) => {
    const { inputShape, ...attrs } = call.attributes<Conv3DBackpropInputV2Attrs>();
    const conv = geometry(inputShape, call.input('filter').shape, { ...attrs, dilations: 1 } as never);
    const { batchSize, inChannels, inDepth, inHeight, inWidth } = conv.info;
    const shape = [batchSize, inChannels, inDepth, inHeight, inWidth];
    const like = empty(conv.padding.padded(shape), FLOAT, null, null, null, CHANNELS_LAST_3D);
    const w = weights(call.handle('filter'));
    const [dx] = backward(conv, call.handle('dy'), like, w, [true, false, false]);
    return call.output(channelsLast(conv.padding.cut(dx!, shape), 5), inputShape);
  });
  define('Conv3DBackpropFilterV2', (call) => {
    const { filterShape, ...attrs } = call.attributes<Conv3DBackpropFilterV2Attrs>();
    const conv = geometry(call.input('x').shape, filterShape, { ...attrs, dilations: 1 } as never);
    const [depth, height, width, inChannels, outChannels] = filterShape;
    const like = empty([outChannels, inChannels, depth, height, width], FLOAT);
    const x = conv.padding.apply(channelsFirst(call.handle('x'), 5));
    const [, dw] = backward(conv, call.handle('dy'), x, like, [false, true, false]);
    return call.output(permute(dw, [2, 3, 4, 1, 0]), filterShape);
  });
}
