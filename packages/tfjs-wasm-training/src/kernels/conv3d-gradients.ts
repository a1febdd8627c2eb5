import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { dispose, floats, input, run, zeros, type KernelCall, type WasmBackend } from '../backend.js';

type Geometry = backend_util.Conv3DInfo;
type Shape5D = [number, number, number, number, number];

/**
 * Gradients of conv3d, slice by slice of the filter: each slice is the filter of 2D convolutions over the slices of
 * x under it, so its gradients are gradients of conv2d. The replaced kernels are wrong for strides and for several
 * slices, and add to stale memory.
 */
function geometryOf(xShape: number[], filterShape: number[], attrs: KernelCall['attrs']): Geometry {
  return backend_util.computeConv3DInfo(
    xShape as Shape5D,
    filterShape as Shape5D,
    attrs.strides as number | [number, number, number],
    1,
    attrs.pad as 'same' | 'valid',
  );
}

/** Pixels that no window reaches, at the four sides: where the stride is beyond the filter the padding is negative. */
interface Crop {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

function cropOf({ padInfo, inHeight, inWidth }: Geometry): Crop {
  const [top, left] = [Math.max(0, -padInfo.top), Math.max(0, -padInfo.left)];
  return {
    top,
    left,
    height: inHeight - top - Math.max(0, -padInfo.bottom),
    width: inWidth - left - Math.max(0, -padInfo.right),
  };
}

/** Attributes of the 2D convolution of a slice. */
function attrsOf({ strideHeight, strideWidth, padInfo }: Geometry): KernelCall['attrs'] {
  const side = (padding: number): number => Math.max(0, padding);
  return {
    strides: [strideHeight, strideWidth],
    pad: [
      [0, 0],
      [side(padInfo.top), side(padInfo.bottom)],
      [side(padInfo.left), side(padInfo.right)],
      [0, 0],
    ],
    dataFormat: 'NHWC',
  };
}

/** Output slices [first, end) under which slice `depth` of the filter lies inside x. */
function range(g: Geometry, depth: number): [number, number] {
  const before = g.padInfo.front - depth;
  const first = Math.max(0, Math.ceil(before / g.strideDepth));
  const end = Math.min(g.outDepth, Math.floor((g.inDepth - 1 + before) / g.strideDepth) + 1);
  return [first, Math.max(first, end)];
}

/** Slices of volumes, each the `step`-th from `first` on, of every sample. */
interface Slices {
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

/** Visits the rows of the cropped slices of `shape`: where a row begins there, and in the images made of them. */
function eachRow(
  shape: readonly number[],
  { first, step, count }: Slices,
  { top, left, height, width }: Crop,
  visit: (volumeAt: number, imageAt: number, length: number) => void,
): void {
  const [batch, depth, inHeight, inWidth, channels] = shape as Shape5D;
  const length = width * channels;
  let image = 0;
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < count; i++) {
      const slice = n * depth + first + i * step;
      for (let y = 0; y < height; y++, image += length) {
        visit(((slice * inHeight + top + y) * inWidth + left) * channels, image, length);
      }
    }
  }
}

/** The slices of `x` as images. */
function imagesOf(backend: WasmBackend, x: TensorInfo, slices: Slices, crop: Crop): TensorInfo {
  const [batch, , , , channels] = x.shape as Shape5D;
  const out = backend.makeOutput([batch * slices.count, crop.height, crop.width, channels], 'float32');
  const from = floats(backend, x);
  const to = floats(backend, out);
  eachRow(x.shape, slices, crop, (volumeAt, imageAt, length) => {
    to.set(from.subarray(volumeAt, volumeAt + length), imageAt);
  });
  return out;
}

const wholeOf = ({ outHeight, outWidth }: Geometry): Crop => ({
  top: 0,
  left: 0,
  height: outHeight,
  width: outWidth,
});

export function conv3dBackpropFilter(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const [x, dy] = [input(call, 'x'), input(call, 'dy')];
  const g = geometryOf(x.shape, attrs.filterShape as number[], attrs);
  const out = zeros(backend, g.filterShape, 'float32');
  const [, ...filterShape] = g.filterShape;
  for (let depth = 0; depth < g.filterDepth; depth++) {
    const [first, end] = range(g, depth);
    if (end === first || util.sizeFromShape(x.shape) === 0) continue;
    const count = end - first;
    const start = first * g.strideDepth - g.padInfo.front + depth;
    const images = imagesOf(backend, x, { first: start, step: g.strideDepth, count }, cropOf(g));
    const gradients = imagesOf(backend, dy, { first, step: 1, count }, wholeOf(g));
    const slice = run(
      backend,
      'Conv2DBackpropFilter',
      { x: images, dy: gradients },
      { ...attrsOf(g), filterShape },
    );
    floats(backend, out).set(floats(backend, slice), depth * util.sizeFromShape(filterShape));
    dispose(backend, images, gradients, slice);
  }
  return out;
}

export function conv3dBackpropInput(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const [dy, filter] = [input(call, 'dy'), input(call, 'filter')];
  const g = geometryOf(attrs.inputShape as number[], filter.shape, attrs);
  const out = zeros(backend, g.inShape, 'float32');
  const crop = cropOf(g);
  for (let depth = 0; depth < g.filterDepth; depth++) {
    const [first, end] = range(g, depth);
    const count = end - first;
    if (count === 0 || util.sizeFromShape(g.inShape) === 0) continue;
    const start = first * g.strideDepth - g.padInfo.front + depth;
    const gradients = imagesOf(backend, dy, { first, step: 1, count }, wholeOf(g));
    const slice = filterSlice(backend, filter, depth);
    const inputShape = [g.batchSize * count, crop.height, crop.width, g.inChannels];
    const dx = run(
      backend,
      'Conv2DBackpropInput',
      { dy: gradients, filter: slice },
      { ...attrsOf(g), inputShape },
    );
    const from = floats(backend, dx);
    const to = floats(backend, out);
    eachRow(g.inShape, { first: start, step: g.strideDepth, count }, crop, (volumeAt, imageAt, length) => {
      for (let k = 0; k < length; k++) to[volumeAt + k]! += from[imageAt + k]!;
    });
    dispose(backend, gradients, slice, dx);
  }
  return out;
}

function filterSlice(backend: WasmBackend, filter: TensorInfo, depth: number): TensorInfo {
  const [, ...shape] = filter.shape;
  const size = util.sizeFromShape(shape);
  const out = backend.makeOutput(shape, 'float32');
  floats(backend, out).set(floats(backend, filter).subarray(depth * size, (depth + 1) * size));
  return out;
}
