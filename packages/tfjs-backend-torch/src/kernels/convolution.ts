import {
  backend_util,
  util,
  type Conv2DAttrs,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropInputAttrs,
  type FusedConv2DAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { TorchBackend } from '../tensor/backend.js';
import { addon, type Handle } from '../native/addon.js';
import { adopt, operator, operatorOfMany, scoped } from '../native/operator.js';
import { activate } from './activation.js';
import { define, type KernelCall } from './define.js';
import { channelsFirst, channelsLast, CHANNELS_LAST, Padding } from './layout.js';
import { FLOAT } from './dtype.js';

const permute = operator('permute');
const contiguous = operator('contiguous');
const convolution = operator('convolution');
const convolutionBackward = operatorOfMany('convolution_backward');
const empty = operator('empty.memory_format');
const reshape = operator('reshape');

/** A two-dimensional convolution in libtorch's terms. */
export interface Geometry {
  readonly info: backend_util.Conv2DInfo;
  readonly strides: number[];
  readonly dilations: number[];
  readonly padding: Padding;
  readonly groups: number;
  readonly nhwc: boolean;
}

interface WindowAttrs {
  strides: [number, number] | number;
  pad: Conv2DAttrs['pad'];
  dilations?: [number, number] | number | null;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  dataFormat?: 'NHWC' | 'NCHW';
}

/** Works out the geometry; undefined where TensorFlow.js rounds the output size otherwise than libtorch. */
export function geometry(
  xShape: number[],
  filterShape: number[],
  attrs: WindowAttrs,
  depthwise = false,
): Geometry | undefined {
  const { strides, pad, dimRoundingMode, dataFormat = 'NHWC' } = attrs;
  // Some callers give null.
  const dilations = attrs.dilations ?? 1;
  const info = backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
    depthwise,
    dataFormat === 'NHWC' ? 'channelsLast' : 'channelsFirst',
  );
  const { top, bottom, left, right } = info.padInfo;
  const fits = (size: number, before: number, after: number, window: number, stride: number): number =>
    Math.floor((size + before + after - window) / stride) + 1;
  if (
    fits(info.inHeight, top, bottom, info.effectiveFilterHeight, info.strideHeight) !== info.outHeight ||
    fits(info.inWidth, left, right, info.effectiveFilterWidth, info.strideWidth) !== info.outWidth
  ) {
    return undefined;
  }
  return {
    info,
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    padding: new Padding([
      { before: top, after: bottom },
      { before: left, after: right },
    ]),
    groups: depthwise ? info.inChannels : 1,
    nhwc: dataFormat === 'NHWC',
  };
}

const images = (geometry: Geometry, x: Handle): Handle => (geometry.nhwc ? channelsFirst(x, 4) : x);
const result = (geometry: Geometry, x: Handle): Handle => (geometry.nhwc ? channelsLast(x, 4) : x);

/**
 * The filter as libtorch names its axes, in channels-last memory. The tensor keeps that memory layout from then on,
 * under the same shape, so that the next use needs no copy; neither does the optimizer's update, which inherits it.
 */
export function filterWeights(backend: TorchBackend, filter: TensorInfo, geometry: Geometry): Handle {
  if (geometry.groups > 1) {
    const [height, width, channels, multiplier] = filter.shape as [number, number, number, number];
    const perChannel = permute(backend.handle(filter), [2, 3, 0, 1]);
    return reshape(perChannel, [channels * multiplier, 1, height, width]);
  }
  const handle = backend.handle(filter);
  const weights = contiguous(permute(handle, [3, 2, 0, 1]), CHANNELS_LAST);
  const data = backend.data(filter);
  if (data.content.kind === 'native' && data.content.handle === handle && data.ownLayout !== true) {
    addon().replace(handle, adopt(permute(weights, [2, 3, 1, 0])));
    data.ownLayout = true;
  }
  return weights;
}

function filterGradient(gradient: Handle, filterShape: number[], { groups }: Geometry): Handle {
  if (groups === 1) return permute(gradient, [2, 3, 1, 0]);
  const [height, width, channels, multiplier] = filterShape as [number, number, number, number];
  return permute(reshape(gradient, [channels, multiplier, height, width]), [2, 3, 0, 1]);
}

function forward(call: KernelCall, depthwise: boolean, fused: boolean): TensorInfo | undefined {
  const { backend } = call;
  const x = call.input('x');
  const filter = call.input('filter');
  const attrs = call.attributes<FusedConv2DAttrs>();
  const conv = geometry(x.shape, filter.shape, attrs, depthwise);
  if (conv === undefined || util.sizeFromShape(x.shape) === 0) return undefined;
  const bias = fused ? call.inputs.bias : undefined;
  const vector = bias?.shape.length === 1 && bias.shape[0] === conv.info.outChannels;
  if (bias !== undefined && !vector) return undefined;
  // The weights of a PReLU broadcast over NHWC, the result below is NCHW.
  if (attrs.activation === 'prelu') return undefined;
  const y = convolution(
    conv.padding.apply(images(conv, backend.handle(x))),
    filterWeights(backend, filter, conv),
    bias === undefined ? null : backend.handle(bias),
    conv.strides,
    conv.padding.even,
    conv.dilations,
    false,
    [0, 0],
    conv.groups,
  );
  const active = fused ? activate(call, y, attrs.activation, attrs.leakyreluAlpha) : y;
  return call.output(result(conv, active), conv.info.outShape);
}

function backwardInput(call: KernelCall, shape: number[], depthwise: boolean): TensorInfo | undefined {
  const { backend } = call;
  const dy = call.input('dy');
  const filter = call.input('filter');
  const conv = geometry(shape, filter.shape, call.attributes<WindowAttrs>(), depthwise);
  if (conv === undefined || util.sizeFromShape(dy.shape) === 0) return undefined;
  // A transposed convolution may be asked for a shape that does not belong to its input; JavaScript computes it.
  if (!util.arraysEqual(dy.shape, conv.info.outShape)) return undefined;
  // The layers of TensorFlow.js ask for this gradient even where nobody uses it (the first layer's), so it waits.
  const gradient = backend.retain(backend.handle(dy));
  const weights = backend.retain(filterWeights(backend, filter, conv));
  const { batchSize, inChannels, inHeight, inWidth } = conv.info;
  const inShape = [batchSize, inChannels, inHeight, inWidth];
  const compute = (): Handle => {
    const like = empty(conv.padding.padded(inShape), FLOAT, null, null, null, conv.nhwc ? CHANNELS_LAST : 0);
    const [dx] = backward(conv, images(conv, gradient), like, weights, [true, false, false]);
    return adopt(result(conv, conv.padding.cut(dx!, inShape)));
  };
  return backend.deferredOutput(
    {
      compute: () => scoped(compute),
      release: () => {
        addon().dispose(gradient, weights);
      },
    },
    shape,
    'float32',
  );
}

function backwardFilter(call: KernelCall, filterShape: number[], depthwise: boolean): TensorInfo | undefined {
  const x = call.input('x');
  const dy = call.input('dy');
  const conv = geometry(x.shape, filterShape, call.attributes<WindowAttrs>(), depthwise);
  if (conv === undefined || util.sizeFromShape(x.shape) === 0) return undefined;
  const { info } = conv;
  const shape = [info.outChannels, info.inChannels / conv.groups, info.filterHeight, info.filterWidth];
  // Only the shape and the layout of the weights matter to their own gradient.
  const like = empty(shape, FLOAT, null, null, null, CHANNELS_LAST);
  const input = conv.padding.apply(images(conv, call.handle('x')));
  const [, dw] = backward(conv, images(conv, call.handle('dy')), input, like, [false, true, false]);
  const output = call.output(filterGradient(dw!, filterShape, conv), filterShape, dy.dtype);
  return output;
}

function backward(conv: Geometry, dy: Handle, x: Handle, weights: Handle, wanted: boolean[]): Handle[] {
  return convolutionBackward(
    dy,
    x,
    weights,
    null,
    conv.strides,
    conv.padding.even,
    conv.dilations,
    false,
    [0, 0],
    conv.groups,
    wanted,
  );
}

/** Registers two-dimensional convolutions, also depthwise and transposed convolutions, and their gradients. */
export function registerConvolutionKernels(): void {
  define('Conv2D', (call) => forward(call, false, false));
  define('FusedConv2D', (call) => forward(call, false, true));
  define('DepthwiseConv2dNative', (call) => forward(call, true, false));
  define('FusedDepthwiseConv2D', (call) => forward(call, true, true));
  define('Conv2DBackpropInput', (call) =>
    backwardInput(call, call.attributes<Conv2DBackpropInputAttrs>().inputShape, false),
  );
  define('DepthwiseConv2dNativeBackpropInput', (call) =>
    backwardInput(call, call.attributes<Conv2DBackpropInputAttrs>().inputShape, true),
  );
  define('Conv2DBackpropFilter', (call) =>
    backwardFilter(call, call.attributes<Conv2DBackpropFilterAttrs>().filterShape, false),
  );
  define('DepthwiseConv2dNativeBackpropFilter', (call) =>
    backwardFilter(call, call.attributes<Conv2DBackpropFilterAttrs>().filterShape, true),
  );
}
