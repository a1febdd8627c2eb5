import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { dispose, floats, input, run, withShape, zeros, type Kernel, type KernelCall } from '../backend.js';
import { inChannelsLast } from './channels-first.js';
import { geometry, type Geometry } from './conv2d-geometry.js';

/**
 * The call with its padding in numbers where a stride is beyond the filter: the replaced kernels take windows from
 * the wrong places there if the padding is 'same'.
 */
export function withPadding(call: KernelCall, depthwise: boolean): KernelCall {
  const { attrs } = call;
  if (typeof attrs.pad === 'number') checkOutput(call, depthwise);
  if (attrs.pad !== 'same') return call;
  const [filterHeight, filterWidth] = input(call, 'filter').shape as [number, number];
  const strides = attrs.strides as number | [number, number];
  const [strideHeight, strideWidth] = typeof strides === 'number' ? [strides, strides] : strides;
  if (strideHeight <= filterHeight && strideWidth <= filterWidth) return call;
  const { padInfo } = geometry(input(call, 'x').shape, input(call, 'filter').shape, attrs, depthwise);
  const pad = [
    [0, 0],
    [padInfo.top, padInfo.bottom],
    [padInfo.left, padInfo.right],
    [0, 0],
  ];
  return { ...call, attrs: { ...attrs, pad } };
}

/**
 * TensorFlow.js takes a padding given as one number to belong to a square filter, stride and dilation. For others it
 * makes an output of the wrong size, and the replaced kernels write beyond its end.
 */
function checkOutput(call: KernelCall, depthwise: boolean): void {
  const g = geometry(input(call, 'x').shape, input(call, 'filter').shape, call.attrs, depthwise);
  const { top, bottom, left, right } = g.padInfo;
  const places = (size: number, filter: number, stride: number): number =>
    Math.max(0, Math.floor((size - filter) / stride) + 1);
  const height = places(g.inHeight + top + bottom, g.effectiveFilterHeight, g.strideHeight);
  const width = places(g.inWidth + left + right, g.effectiveFilterWidth, g.strideWidth);
  if (height === g.outHeight && width === g.outWidth) return;
  const pad = `[[0, 0], [${top}, ${bottom}], [${left}, ${right}], [0, 0]]`;
  throw new RangeError(
    `conv2d: TensorFlow.js expects an output of ${g.outHeight} x ${g.outWidth} pixels for a padding of ${top}, but ` +
      `the convolution gives ${height} x ${width}. Give the padding as ${pad} instead.`,
  );
}

/**
 * Whether a convolution does no more than scale each channel, so that the replaced kernel makes -Infinity of NaN:
 * a filter of one pixel, stride 1 and as many channels out as in, each of its own.
 */
export function isScaling(call: KernelCall, depthwise: boolean): boolean {
  const filter = input(call, 'filter').shape;
  const [height, width, channels, multiplier] = filter as [number, number, number, number];
  if (height !== 1 || width !== 1 || multiplier !== 1 || (!depthwise && channels !== 1)) return false;
  return isUnpadded(geometry(input(call, 'x').shape, filter, call.attrs, depthwise));
}

const isUnpadded = ({
  inHeight,
  inWidth,
  outHeight,
  outWidth,
  strideHeight,
  strideWidth,
}: Geometry): boolean =>
  strideHeight === 1 && strideWidth === 1 && inHeight === outHeight && inWidth === outWidth;

/** The scaling is a batch normalisation with mean 0 and variance 1. */
function scaled(call: KernelCall): TensorInfo {
  const { backend } = call;
  const x = input(call, 'x');
  if (util.sizeFromShape(x.shape) === 0) return zeros(backend, x.shape, 'float32');
  const channels = x.shape.at(-1)!;
  const mean = zeros(backend, [channels], 'float32');
  const variance = zeros(backend, [channels], 'float32');
  floats(backend, variance).fill(1);
  const scale = withShape(input(call, 'filter'), [channels]);
  const out = run(backend, 'FusedBatchNorm', { x, mean, variance, scale }, { varianceEpsilon: 0 });
  dispose(backend, mean, variance);
  return out;
}

const convolution =
  (depthwise: boolean) =>
  (call: KernelCall, otherwise: Kernel): TensorInfo =>
    isScaling(call, depthwise) ? scaled(call) : otherwise(withPadding(call, depthwise));

export const conv2d = (call: KernelCall, otherwise: Kernel): TensorInfo =>
  inChannelsLast(call, ['x'], true, (inner) => convolution(false)(inner, otherwise));

export const depthwiseConv2d = convolution(true);
