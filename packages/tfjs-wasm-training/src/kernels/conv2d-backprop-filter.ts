import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { dispose, floats, heapOf, input, run, zeros, type KernelCall, type WasmBackend } from '../backend.js';
import { FLOAT } from '../simd/column-blocks.js';
import { filterGradientSource } from '../simd/filter-gradient.js';
import { addressOf, loader, type SimdFunctions } from '../simd/load.js';
import { geometry, visitFramedRows, type Geometry } from './conv2d-geometry.js';

const CHANNELS_PER_VECTOR = 4;
/** A tile's input and output gradient together, in bytes: half of a common 32 kB first-level cache. */
const TILE_BYTES = 16_384;

const simd = loader(filterGradientSource);

/**
 * Gradient of conv2d with respect to its filter, a matrix [rows x columns x in, out]: for every output pixel the
 * outer product of the input values under the filter and the pixel's output gradient.
 */
export function conv2dBackpropFilter(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const functions = simd(backend);
  const x = input(call, 'x');
  const dy = input(call, 'dy');
  const filterShape = attrs.filterShape as number[];
  const g = geometry(x.shape, filterShape, attrs);
  if (util.sizeFromShape(x.shape) === 0 || util.sizeFromShape(dy.shape) === 0) {
    return zeros(backend, filterShape, 'float32');
  }
  if (functions === undefined) return byConvolution(backend, x, dy, g);
  return byOuterProducts(backend, functions, x, dy, g);
}

/** The part of the padded image that the filter sees: rows and columns. */
function extent(g: Geometry): [number, number] {
  return [
    (g.outHeight - 1) * g.strideHeight + g.filterHeight,
    (g.outWidth - 1) * g.strideWidth + g.filterWidth,
  ];
}

function byOuterProducts(
  backend: WasmBackend,
  functions: SimdFunctions,
  x: TensorInfo,
  dy: TensorInfo,
  g: Geometry,
): TensorInfo {
  const [rows, columns] = extent(g);
  const inPlace = g.padInfo.top === 0 && g.padInfo.left === 0 && rows === g.inHeight && columns === g.inWidth;
  const channels = Math.ceil(g.outChannels / CHANNELS_PER_VECTOR) * CHANNELS_PER_VECTOR;
  const whole = channels === g.outChannels;

  const gradient = zeros(backend, [g.filterHeight, g.filterWidth, g.inChannels, channels], 'float32');
  const padded = inPlace ? undefined : zeros(backend, [rows, columns, g.inChannels], 'float32');
  const widened = whole ? undefined : zeros(backend, [g.outHeight, g.outWidth, channels], 'float32');

  const imageSize = g.inHeight * g.inWidth * g.inChannels;
  const outSize = g.outHeight * g.outWidth * g.outChannels;
  const filterRow = g.filterWidth * g.inChannels;
  const xRow = g.strideHeight * columns * g.inChannels * FLOAT;
  const xPixel = g.strideWidth * g.inChannels * FLOAT;
  const dyPixel = channels * FLOAT;
  const dyRow = g.outWidth * dyPixel;
  const tile = Math.min(g.outHeight, Math.max(1, Math.floor(TILE_BYTES / (xRow + dyRow))));
  const gradientAt = addressOf(backend, gradient);

  for (let image = 0; image < g.batchSize; image++) {
    let xAt = addressOf(backend, x) + image * imageSize * FLOAT;
    let dyAt = addressOf(backend, dy) + image * outSize * FLOAT;
    if (padded !== undefined) {
      copyPadded(backend, x, image, padded, rows, columns, g);
      xAt = addressOf(backend, padded);
    }
    if (widened !== undefined) {
      widen(floats(backend, dy), image * outSize, floats(backend, widened), g.outChannels, channels);
      dyAt = addressOf(backend, widened);
    }
    for (let top = 0; top < g.outHeight; top += tile) {
      const tileRows = Math.min(tile, g.outHeight - top);
      for (let r = 0; r < g.filterHeight; r++) {
        const xTile = xAt + top * xRow + r * columns * g.inChannels * FLOAT;
        for (let row = 0; row < filterRow; row += 4) {
          const blockRows = Math.min(4, filterRow - row);
          const narrow = functions[`block${blockRows}x1`]!;
          const wide = functions[`block${blockRows}x2`]!;
          for (let k = 0; k < channels; k += 8) {
            (channels - k < 8 ? narrow : wide)(
              xTile + row * FLOAT,
              dyAt + top * dyRow + k * FLOAT,
              gradientAt + ((r * filterRow + row) * channels + k) * FLOAT,
              tileRows,
              xRow,
              xPixel,
              dyRow,
              dyPixel,
            );
          }
        }
      }
    }
  }
  if (padded !== undefined) dispose(backend, padded);
  if (widened === undefined) return gradient;
  dispose(backend, widened);
  const shape = [g.filterHeight, g.filterWidth, g.inChannels, g.outChannels];
  const narrowed = run(backend, 'Slice', { x: gradient }, { begin: [0, 0, 0, 0], size: shape });
  dispose(backend, gradient);
  return narrowed;
}

/** Copies one image to the middle of a frame that is zero outside, leaving out what padding or size cut off. */
function copyPadded(
  backend: WasmBackend,
  x: TensorInfo,
  image: number,
  padded: TensorInfo,
  rows: number,
  columns: number,
  g: Geometry,
): void {
  const heap = heapOf(backend, x);
  const from = addressOf(backend, x) / FLOAT;
  const to = addressOf(backend, padded) / FLOAT;
  visitFramedRows(g, image, rows, columns, (inImages, inFrame, length) => {
    heap.copyWithin(to + inFrame, from + inImages, from + inImages + length);
  });
}

/** Copies pixels of `channels` values to pixels of `wide` values. */
function widen(from: Float32Array, start: number, to: Float32Array, channels: number, wide: number): void {
  const pixels = to.length / wide;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let k = 0; k < channels; k++) to[pixel * wide + k] = from[start + pixel * channels + k]!;
  }
}

/**
 * Without SIMD, one forward convolution: the padded input with batch and channels exchanged, [in, rows, columns,
 * batch], with the output gradient as its filter, [rows, columns, batch, out]. Strides become dilations.
 */
function byConvolution(backend: WasmBackend, x: TensorInfo, dy: TensorInfo, g: Geometry): TensorInfo {
  const [rows, columns] = extent(g);
  const framed = frame(backend, x, [
    [g.padInfo.top, rows - g.padInfo.top - g.inHeight],
    [g.padInfo.left, columns - g.padInfo.left - g.inWidth],
  ]);
  const xByChannel = run(backend, 'Transpose', { x: framed }, { perm: [3, 1, 2, 0] });
  dispose(backend, framed);
  const dyAsFilter = run(backend, 'Transpose', { x: dy }, { perm: [1, 2, 0, 3] });
  const dilations = [g.strideHeight, g.strideWidth];
  const byChannel = run(
    backend,
    'Conv2D',
    { x: xByChannel, filter: dyAsFilter },
    { strides: 1, pad: 'valid', dataFormat: 'NHWC', dilations },
  );
  dispose(backend, xByChannel, dyAsFilter);
  const gradient = run(backend, 'Transpose', { x: byChannel }, { perm: [1, 2, 0, 3] });
  dispose(backend, byChannel);
  return gradient;
}

/** Adds rows and columns of zeros before and after, or cuts them off where a number is negative. */
function frame(backend: WasmBackend, x: TensorInfo, edges: readonly [number, number][]): TensorInfo {
  const margins: [number, number][] = [[0, 0], ...edges, [0, 0]];
  const begin = margins.map(([before]) => Math.max(0, -before));
  const size = margins.map(([before, after], i) => x.shape[i]! - Math.max(0, -before) - Math.max(0, -after));
  const cropped = run(backend, 'Slice', { x }, { begin, size });
  const paddings = margins.map(([before, after]) => [Math.max(0, before), Math.max(0, after)]);
  const padded = run(backend, 'PadV2', { x: cropped }, { paddings, constantValue: 0 });
  dispose(backend, cropped);
  return padded;
}
