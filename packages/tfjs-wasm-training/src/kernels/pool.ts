import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { dispose, input, type KernelCall } from '../backend.js';
import { FLOAT } from '../simd/column-blocks.js';
import { addressOf, loader } from '../simd/load.js';
import { poolSource, UNROLLED } from '../simd/pool.js';
import { identity } from './identity.js';
import { eachRow, type Windows } from './pool-rows.js';

const VECTOR = 4;

const simd = loader(poolSource);

/**
 * Max or average pooling. Max pooling passes over NaN, as on the other backends, unless a window holds nothing else.
 * The replaced kernels make -Infinity of NaN, leave stale memory where a window is one pixel, and crash on windows that
 * lie wholly in the padding.
 */
const pool =
  (name: 'max' | 'average') =>
  (call: KernelCall): TensorInfo => {
    const { backend, attrs } = call;
    const x = input(call, 'x');
    const g = backend_util.computePool2DInfo(
      x.shape as [number, number, number, number],
      attrs.filterSize as [number, number],
      attrs.strides as [number, number],
      1,
      attrs.pad as 'same' | 'valid' | number,
      attrs.dimRoundingMode as 'floor' | 'round' | 'ceil' | undefined,
    );
    // The other backends, too, take an output as large as the input for the input itself.
    const isPixel = g.filterHeight === 1 && g.filterWidth === 1;
    if (isPixel && util.arraysEqual(g.inShape, g.outShape)) return identity(call);
    const out = backend.makeOutput(g.outShape, x.dtype);
    const factors = backend.makeOutput([1], 'float32');
    const functions = x.dtype === 'float32' ? simd(backend) : undefined;
    const channels = g.inChannels;
    const pixel = channels * FLOAT;
    const row = g.inWidth * pixel;
    const [xAt, outAt, factorAt] = [x, out, factors].map((tensor) => addressOf(backend, tensor)) as [
      number,
      number,
      number,
    ];
    const [xs, outs, factor] = [x, out, factors].map((tensor) => backend.typedArrayFromHeap(tensor));
    const values = name === 'max' ? largest : mean;
    // With fewer than four channels a vector also writes into the pixels computed next; it must not go beyond the end.
    const lastStart = util.sizeFromShape(g.outShape) - VECTOR;
    eachRow(g, (windows) => {
      const { at, outAt: first, height, width, count } = windows;
      const last = (first + count - 1) * channels;
      if (functions === undefined || height * width === 0 || (channels < VECTOR && last > lastStart)) {
        values(xs!, outs!, windows, g);
        return;
      }
      factor![0] = 1 / (height * width);
      const own = UNROLLED.find((unrolled) => unrolled === width);
      functions[`${name}${own ?? ''}`]!(
        xAt + at * pixel,
        outAt + first * pixel,
        outAt + (first + count) * pixel,
        height * row,
        width * pixel,
        row,
        pixel,
        g.strideWidth * pixel,
        factorAt,
      );
    });
    dispose(backend, factors);
    return out;
  };

export const maxPool = pool('max');
export const avgPool = pool('average');

type Values = ReturnType<KernelCall['backend']['typedArrayFromHeap']>;

function largest(xs: Values, outs: Values, windows: Windows, g: backend_util.Conv2DInfo): void {
  eachWindow(windows, g, (out, first) => {
    let maximum = -Infinity;
    let hasNaN = false;
    for (let y = 0; y < windows.height; y++) {
      for (let x = 0; x < windows.width; x++) {
        const value = xs[first + (y * g.inWidth + x) * g.inChannels]!;
        if (value > maximum) maximum = value;
        else if (Number.isNaN(value)) hasNaN = true;
      }
    }
    outs[out] = hasNaN && maximum === -Infinity ? NaN : maximum;
  });
}

function mean(xs: Values, outs: Values, windows: Windows, g: backend_util.Conv2DInfo): void {
  eachWindow(windows, g, (out, first) => {
    let sum = 0;
    for (let y = 0; y < windows.height; y++) {
      for (let x = 0; x < windows.width; x++) sum += xs[first + (y * g.inWidth + x) * g.inChannels]!;
    }
    outs[out] = sum / (windows.height * windows.width);
  });
}

/** Every channel of every window, with the indices of its output and of its first value. */
function eachWindow(
  { at, outAt, count }: Windows,
  { inChannels, strideWidth }: backend_util.Conv2DInfo,
  visit: (out: number, first: number) => void,
): void {
  for (let window = 0; window < count; window++) {
    for (let channel = 0; channel < inChannels; channel++) {
      visit((outAt + window) * inChannels + channel, (at + window * strideWidth) * inChannels + channel);
    }
  }
}
