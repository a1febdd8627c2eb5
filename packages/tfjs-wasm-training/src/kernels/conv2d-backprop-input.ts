import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import {
  dispose,
  floats,
  heapOf,
  input,
  run,
  zeros,
  type Kernel,
  type KernelCall,
  type WasmBackend,
} from '../backend.js';
import { FLOAT } from '../simd/column-blocks.js';
import { inputGradientSource } from '../simd/input-gradient.js';
import { addressOf, loader, type SimdFunctions } from '../simd/load.js';
import { geometry, visitFramedRows, type Geometry } from './conv2d-geometry.js';

const VECTOR = 4;
/** Values of a filter row computed together: three vectors. */
const CHUNK = 12;
/** dy and the part of the result that it reaches, in bytes: half of a common 32 kB first-level cache. */
const TILE_BYTES = 16_384;
/** The forward kernel computes output channels in groups of this many; fewer are as slow as a full group. */
const FORWARD_GROUP = 8;

const simd = loader(inputGradientSource);

/**
 * Gradient of conv2d with respect to its input. With stride 1 it is a forward convolution of dy, and the
 * backend's forward kernel is the fastest. Other strides, and inputs of few channels, are scattered from dy directly.
 */
export function conv2dBackpropInput(call: KernelCall, otherwise: Kernel): TensorInfo {
  const { backend, attrs } = call;
  const dy = input(call, 'dy');
  const filter = input(call, 'filter');
  const inputShape = attrs.inputShape as number[];
  const g = geometry(inputShape, filter.shape, attrs);
  if (util.sizeFromShape(inputShape) === 0 || util.sizeFromShape(dy.shape) === 0) {
    return zeros(backend, inputShape, 'float32');
  }
  // conv2dTranspose also comes here, with whatever shape its caller has chosen.
  if (!util.arraysEqual(dy.shape, g.outShape)) return otherwise(call);
  const margins = forwardMargins(g);
  const functions = simd(backend);
  if (functions !== undefined && (margins === undefined || g.inChannels < FORWARD_GROUP)) {
    return byScattering(backend, functions, dy, filter, g);
  }
  return margins === undefined ? otherwise(call) : byConvolution(backend, dy, filter, margins);
}

/** Padding of dy with which a forward convolution gives the input gradient; undefined if there is none. */
function forwardMargins(g: Geometry): [number, number][] | undefined {
  if (g.strideHeight !== 1 || g.strideWidth !== 1) return undefined;
  const top = g.filterHeight - 1 - g.padInfo.top;
  const left = g.filterWidth - 1 - g.padInfo.left;
  const bottom = g.inHeight - g.outHeight + g.padInfo.top;
  const right = g.inWidth - g.outWidth + g.padInfo.left;
  if (Math.min(top, left, bottom, right) < 0) return undefined;
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

/** The forward convolution of dy with the filter turned by 180 degrees and its channels exchanged. */
function byConvolution(
  backend: WasmBackend,
  dy: TensorInfo,
  filter: TensorInfo,
  pad: [number, number][],
): TensorInfo {
  const turned = run(backend, 'Reverse', { x: filter }, { dims: [0, 1] });
  const exchanged = run(backend, 'Transpose', { x: turned }, { perm: [0, 1, 3, 2] });
  dispose(backend, turned);
  const dx = run(
    backend,
    'Conv2D',
    { x: dy, filter: exchanged },
    { strides: 1, pad, dataFormat: 'NHWC', dilations: 1 },
  );
  dispose(backend, exchanged);
  return dx;
}

/** Adds, for every output pixel and filter row, dy times the filter to the input pixels under it. */
function byScattering(
  backend: WasmBackend,
  functions: SimdFunctions,
  dy: TensorInfo,
  filter: TensorInfo,
  g: Geometry,
): TensorInfo {
  const rows = (g.outHeight - 1) * g.strideHeight + g.filterHeight;
  const columns = (g.outWidth - 1) * g.strideWidth + g.filterWidth;
  const filterRow = g.filterWidth * g.inChannels;
  const chunks = chunksOf(filterRow);

  const dx = zeros(backend, [g.batchSize, g.inHeight, g.inWidth, g.inChannels], 'float32');
  const packed = packFilter(backend, filter, g, chunks);
  // The last vector of a pixel may reach beyond the frame, where it adds zeros.
  const frame = backend.makeOutput([rows * columns * g.inChannels + CHUNK], 'float32');
  const frameAt = addressOf(backend, frame);
  const frameRow = columns * g.inChannels * FLOAT;
  const dyPixel = g.outChannels * FLOAT;
  const dyRow = g.outWidth * dyPixel;
  const full = Math.floor(g.outWidth / 4) * 4 * dyPixel;
  const step = g.strideWidth * g.inChannels * FLOAT;

  const dxRow = g.strideHeight * frameRow;
  const tile = Math.max(1, Math.floor(TILE_BYTES / (dxRow + dyRow)));

  for (let image = 0; image < g.batchSize; image++) {
    floats(backend, frame).fill(0);
    for (let top = 0; top < g.outHeight; top += tile) {
      const dyAt = addressOf(backend, dy) + (image * g.outHeight + top) * dyRow;
      const tileRows = Math.min(tile, g.outHeight - top);
      let weights = addressOf(backend, packed);
      for (let r = 0; r < g.filterHeight; r++) {
        let dxAt = frameAt + top * dxRow + r * frameRow;
        for (const width of chunks) {
          functions[`scatter${width / VECTOR}`]!(
            dyAt,
            tileRows,
            full,
            dyRow,
            dyPixel,
            weights,
            dxAt,
            dxRow,
            step,
          );
          weights += g.outChannels * width * FLOAT;
          dxAt += width * FLOAT;
        }
      }
    }
    copyFromFrame(backend, frame, dx, image, rows, columns, g);
  }
  dispose(backend, frame, packed);
  return dx;
}

/** Splits a filter row into runs of 12 values and a last run of 4, 8 or 12 values. */
function chunksOf(length: number): number[] {
  const chunks: number[] = [];
  for (let rest = length; rest > 0; rest -= CHUNK) {
    chunks.push(Math.min(CHUNK, Math.ceil(rest / VECTOR) * VECTOR));
  }
  return chunks;
}

/** The filter as [rows, chunks, out, width of the chunk], zero where a chunk is longer than the filter row. */
function packFilter(backend: WasmBackend, filter: TensorInfo, g: Geometry, chunks: number[]): TensorInfo {
  const filterRow = g.filterWidth * g.inChannels;
  const width = chunks.reduce((sum, chunk) => sum + chunk, 0);
  const packed = backend.makeOutput([g.filterHeight * width * g.outChannels], 'float32');
  const from = floats(backend, filter);
  const to = floats(backend, packed);
  let at = 0;
  for (let r = 0; r < g.filterHeight; r++) {
    let start = 0;
    for (const chunk of chunks) {
      for (let k = 0; k < g.outChannels; k++) {
        for (let i = start; i < start + chunk; i++) {
          to[at++] = i < filterRow ? from[(r * filterRow + i) * g.outChannels + k]! : 0;
        }
      }
      start += chunk;
    }
  }
  return packed;
}

/** Copies the part of the frame that is the image, without its padding. */
function copyFromFrame(
  backend: WasmBackend,
  frame: TensorInfo,
  dx: TensorInfo,
  image: number,
  rows: number,
  columns: number,
  g: Geometry,
): void {
  const heap = heapOf(backend, frame);
  const from = addressOf(backend, frame) / FLOAT;
  const to = addressOf(backend, dx) / FLOAT;
  visitFramedRows(g, image, rows, columns, (inImages, inFrame, length) => {
    heap.copyWithin(to + inImages, from + inFrame, from + inFrame + length);
  });
}
