import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { dispose, floats, input, zeros, type KernelCall, type WasmBackend } from '../backend.js';
import { FLOAT } from '../simd/column-blocks.js';
import { depthwiseGradientSource } from '../simd/depthwise-gradient.js';
import { addressOf, loader } from '../simd/load.js';
import { geometry, type Geometry } from './conv2d-geometry.js';

const VECTOR = 4;

const simd = loader(depthwiseGradientSource);

/** Gradient of depthwiseConv2d with respect to its filter, [rows, columns, in, multiplier]. */
export function depthwiseBackpropFilter(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const x = input(call, 'x');
  const dy = input(call, 'dy');
  const filterShape = attrs.filterShape as number[];
  const g = geometry(x.shape, filterShape, attrs, true);
  const out = zeros(backend, filterShape, 'float32');
  if (util.sizeFromShape(x.shape) === 0 || util.sizeFromShape(dy.shape) === 0) return out;

  const images = new Images(backend, g);
  const sums = zeros(backend, [g.filterHeight * g.filterWidth * images.depth], 'float32');
  for (let image = 0; image < g.batchSize; image++) {
    images.loadInput(x, image);
    images.loadGradient(dy, image);
    images.eachPosition('gather', sums);
  }
  const to = floats(backend, out);
  const from = floats(backend, sums);
  for (let i = 0; i < to.length; i++) {
    to[i] = from[Math.floor(i / g.outChannels) * images.depth + (i % g.outChannels)]!;
  }
  images.dispose();
  dispose(backend, sums);
  return out;
}

/** Gradient of depthwiseConv2d with respect to its input. */
export function depthwiseBackpropInput(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const dy = input(call, 'dy');
  const filter = input(call, 'filter');
  const inputShape = attrs.inputShape as number[];
  const g = geometry(inputShape, filter.shape, attrs, true);
  const dx = zeros(backend, inputShape, 'float32');
  if (util.sizeFromShape(inputShape) === 0 || util.sizeFromShape(dy.shape) === 0) return dx;

  const images = new Images(backend, g);
  const weights = zeros(backend, [g.filterHeight * g.filterWidth * images.depth], 'float32');
  const to = floats(backend, weights);
  for (const [i, value] of floats(backend, filter).entries()) {
    to[Math.floor(i / g.outChannels) * images.depth + (i % g.outChannels)] = value;
  }
  for (let image = 0; image < g.batchSize; image++) {
    images.clearInput();
    images.loadGradient(dy, image);
    images.eachPosition('spread', weights);
    images.storeInput(dx, image);
  }
  images.dispose();
  dispose(backend, weights);
  return dx;
}

/**
 * One image at a time in a form that needs no special cases: the input with its padding, every channel repeated
 * for each of its outputs, and as many channels as fill whole vectors.
 */
class Images {
  /** Channels, a multiple of 4. */
  readonly depth: number;
  readonly #backend: WasmBackend;
  readonly #g: Geometry;
  readonly #multiplier: number;
  readonly #rows: number;
  readonly #columns: number;
  readonly #input: TensorInfo;
  readonly #gradient: TensorInfo;

  constructor(backend: WasmBackend, g: Geometry) {
    this.#backend = backend;
    this.#g = g;
    this.depth = Math.ceil(g.outChannels / VECTOR) * VECTOR;
    this.#multiplier = g.outChannels / g.inChannels;
    this.#rows = (g.outHeight - 1) * g.strideHeight + g.effectiveFilterHeight;
    this.#columns = (g.outWidth - 1) * g.strideWidth + g.effectiveFilterWidth;
    this.#input = zeros(backend, [this.#rows, this.#columns, this.depth], 'float32');
    this.#gradient = zeros(backend, [g.outHeight, g.outWidth, this.depth], 'float32');
  }

  dispose(): void {
    dispose(this.#backend, this.#input, this.#gradient);
  }

  clearInput(): void {
    floats(this.#backend, this.#input).fill(0);
  }

  loadInput(x: TensorInfo, image: number): void {
    const from = floats(this.#backend, x);
    const to = floats(this.#backend, this.#input);
    const multiplier = this.#multiplier;
    const { inChannels } = this.#g;
    this.#eachPixel(image, (at, frameAt) => {
      for (let c = 0, k = frameAt; c < inChannels; c++) {
        for (let q = 0; q < multiplier; q++) to[k++] = from[at + c]!;
      }
    });
  }

  storeInput(dx: TensorInfo, image: number): void {
    const from = floats(this.#backend, this.#input);
    const to = floats(this.#backend, dx);
    const multiplier = this.#multiplier;
    const { inChannels } = this.#g;
    this.#eachPixel(image, (at, frameAt) => {
      for (let c = 0, k = frameAt; c < inChannels; c++) {
        let sum = 0;
        for (let q = 0; q < multiplier; q++) sum += from[k++]!;
        to[at + c] = sum;
      }
    });
  }

  loadGradient(dy: TensorInfo, image: number): void {
    const { outChannels, outHeight, outWidth } = this.#g;
    const pixels = outHeight * outWidth;
    const start = image * pixels * outChannels;
    const from = floats(this.#backend, dy);
    const to = floats(this.#backend, this.#gradient);
    if (outChannels === this.depth) {
      to.set(from.subarray(start, start + to.length));
      return;
    }
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let k = 0; k < outChannels; k++) {
        to[pixel * this.depth + k] = from[start + pixel * outChannels + k]!;
      }
    }
  }

  /** Runs the SIMD function for every filter position; `filter` is [rows, columns, depth]. */
  eachPosition(name: 'gather' | 'spread', filter: TensorInfo): void {
    const g = this.#g;
    const functions = simd(this.#backend);
    if (functions === undefined) {
      throw new Error('Depthwise convolutions are trained on wasm only where WebAssembly has SIMD.');
    }
    const pixel = this.depth * FLOAT;
    const row = this.#columns * pixel;
    let filterAt = addressOf(this.#backend, filter);
    for (let r = 0; r < g.filterHeight; r++) {
      for (let s = 0; s < g.filterWidth; s++) {
        const offset = r * g.dilationHeight * row + s * g.dilationWidth * pixel;
        let width: number;
        for (let vector = 0; vector < this.depth / VECTOR; vector += width) {
          const left = this.depth / VECTOR - vector;
          width = left >= 4 ? 4 : left >= 2 ? 2 : 1;
          const channel = vector * VECTOR * FLOAT;
          functions[`${name}${width}`]!(
            addressOf(this.#backend, this.#input) + offset + channel,
            addressOf(this.#backend, this.#gradient) + channel,
            filterAt + channel,
            g.outHeight,
            g.strideHeight * row,
            g.strideWidth * pixel,
            g.outWidth * pixel,
            pixel,
          );
        }
        filterAt += pixel;
      }
    }
  }

  /** Visits the input's pixels that some filter position sees, with their places in the input and the frame. */
  #eachPixel(image: number, visit: (at: number, frameAt: number) => void): void {
    const { inHeight, inWidth, inChannels, padInfo } = this.#g;
    const height = Math.min(inHeight, this.#rows - padInfo.top);
    const width = Math.min(inWidth, this.#columns - padInfo.left);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = ((image * inHeight + y) * inWidth + x) * inChannels;
        visit(at, ((y + padInfo.top) * this.#columns + x + padInfo.left) * this.depth);
      }
    }
  }
}
