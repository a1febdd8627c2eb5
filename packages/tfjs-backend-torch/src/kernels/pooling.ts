import { backend_util, engine } from '@tensorflow/tfjs-core';
import type { Handle } from '../native/addon.js';
import { numberOperator, operator, operatorOfMany } from '../native/operator.js';
import { onCpu } from '../settings.js';
import { define, type KernelCall } from './define.js';
import { FLOAT } from './dtype.js';
import { channelsFirst, channelsLast, Padding } from './layout.js';

const ones = operator('full');
const sum = operator('sum');
const item = numberOperator('item');
const nanToNum = operator('nan_to_num');
const divide = operator('div.Tensor');
const disjointMaxPool = operatorOfMany('tfjs::max_pool');
const disjointMaxPoolBackward = operator('tfjs::max_pool_backward');

/** The largest window of {@link disjointMaxPool}, whose places of maxima are bytes. */
const LARGEST_WINDOW = 256;

/** Pooling over two or three spatial axes, in libtorch's terms. */
interface Pool {
  outShape: number[];
  window: number[];
  strides: number[];
  dilations: number[];
  padding: Padding;
  /** [batch, channels, ...] of the input. */
  inShape: number[];
}

interface PoolAttrs {
  filterSize: number | number[];
  strides: number | number[];
  pad: 'valid' | 'same' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function pool2d(shape: number[], { filterSize, strides, pad, dimRoundingMode }: PoolAttrs): Pool | undefined {
  const info = backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize as [number, number],
    strides as [number, number],
    1,
    pad,
    dimRoundingMode,
  );
  const { top, bottom, left, right } = info.padInfo;
  return checked({
    outShape: info.outShape,
    window: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [1, 1],
    inShape: [info.batchSize, info.inChannels, info.inHeight, info.inWidth],
    padding: new Padding([
      { before: top, after: bottom },
      { before: left, after: right },
    ]),
  });
}

function pool3d(shape: number[], { filterSize, strides, pad, dimRoundingMode }: PoolAttrs): Pool | undefined {
  const info = backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    filterSize as [number, number, number],
    strides as [number, number, number],
    1,
    pad,
    dimRoundingMode,
  );
  const { front, back, top, bottom, left, right } = info.padInfo;
  return checked({
    outShape: info.outShape,
    window: [info.filterDepth, info.filterHeight, info.filterWidth],
    strides: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilations: [1, 1, 1],
    inShape: [info.batchSize, info.inChannels, info.inDepth, info.inHeight, info.inWidth],
    padding: new Padding([
      { before: front, after: back },
      { before: top, after: bottom },
      { before: left, after: right },
    ]),
  });
}

/** TensorFlow.js may round the output size up, and pad by more than half a window; libtorch does neither. */
function checked(pool: Pool): Pool | undefined {
  const padded = pool.padding.padded(pool.inShape);
  const fits = pool.window.every((size, i) => {
    const even = pool.padding.even[i]!;
    const length = padded[i + 2]! + 2 * even;
    return 2 * even <= size && Math.floor((length - size) / pool.strides[i]!) + 1 === pool.outShape[i + 1]!;
  });
  return fits ? pool : undefined;
}

/** Whether the windows of images do not overlap, the common case, which this package computes itself. */
function isDisjoint({ window, strides, padding, inShape, outShape }: Pool): boolean {
  const [height, width] = window as [number, number];
  if (!onCpu() || window.length !== 2 || height * width > LARGEST_WINDOW) return false;
  return window.every((size, i) => {
    const before = padding.before[i]!;
    // Explicit padding may hold whole windows.
    const lastStart = (outShape[i + 1]! - 1) * size - before;
    return size === strides[i] && before >= 0 && before < size && lastStart < inShape[i + 2]!;
  });
}

/** The maxima of windows that do not overlap and their places, in the order of TensorFlow.js's axes. */
const disjointMaxima = (pool: Pool, x: Handle): Handle[] =>
  disjointMaxPool(x, pool.window, pool.padding.before, pool.outShape.slice(1, 3));

interface PoolKernels {
  suffix: '' | '3D';
  rank: 4 | 5;
  describe: (shape: number[], attrs: PoolAttrs) => Pool | undefined;
}

/** Registers maximum and average pooling and their gradients. */
export function registerPoolingKernels(): void {
  definePooling({ suffix: '', rank: 4, describe: pool2d });
  definePooling({ suffix: '3D', rank: 5, describe: pool3d });
}

function definePooling({ suffix, rank, describe }: PoolKernels): void {
  const zero = new Array<number>(rank - 2).fill(0);
  const dimensions = `${rank - 2}d`;
  const maxPool = operatorOfMany(`max_pool${dimensions}_with_indices`);
  const maxPoolBackward = operator(`max_pool${dimensions}_with_indices_backward`);
  const averagePool = operator(`avg_pool${dimensions}`);
  const averagePoolBackward = operator(`avg_pool${dimensions}_backward`);

  const maximum = (pool: Pool, x: Handle): Handle[] =>
    maxPool(x, pool.window, pool.strides, pool.padding.even, pool.dilations, false);
  // The padding does not count in an average: uneven padding is zeros, and the divisor the pixels that the window covers.
  const counts = (pool: Pool): Handle => {
    const [, , ...space] = pool.inShape;
    const inside = pool.padding.apply(ones([1, 1, ...space], 1, FLOAT));
    return averagePool(inside, pool.window, pool.strides, zero, false, true, 1);
  };
  const padded = (call: KernelCall, pool: Pool, name: string, value = 0): Handle =>
    pool.padding.apply(channelsFirst(call.handle(name), rank), value);

  const maxima = (call: KernelCall, pool: Pool): Handle[] => {
    const input = padded(call, pool, 'x', -Infinity);
    let [y, indices] = maximum(pool, input);
    // TensorFlow.js passes over NaN, libtorch keeps it. It is rare, and a sum finds it cheaply.
    if (Number.isNaN(item(sum(y, FLOAT)))) {
      [y, indices] = maximum(pool, nanToNum(input, -Infinity, Infinity, -Infinity));
    }
    return [channelsLast(y!, rank), indices!];
  };

  define(`MaxPool${suffix}`, (call) => {
    const x = call.input('x');
    const pool = describe(x.shape, call.attributes<PoolAttrs>());
    if (pool === undefined || x.dtype !== 'float32') return undefined;
    const [y, places] = isDisjoint(pool) ? disjointMaxima(pool, call.handle('x')) : maxima(call, pool);
    const output = call.output(y!, pool.outShape);
    // Somebody may ask for the gradient: it needs the places of the maxima.
    if (engine().state.gradientDepth > 0) {
      call.backend.data(output).companion = call.backend.retain(places!);
    }
    return output;
  });

  define(`MaxPool${suffix}Grad`, (call) => {
    const x = call.input('input');
    const pool = describe(x.shape, call.attributes<PoolAttrs>());
    if (pool === undefined) return undefined;
    const y = call.inputs.output;
    const known = y === undefined ? undefined : call.backend.data(y).companion;
    if (isDisjoint(pool)) {
      const places = known ?? disjointMaxima(pool, call.handle('input'))[1]!;
      const dx = disjointMaxPoolBackward(
        call.handle('dy'),
        places,
        x.shape,
        pool.window,
        pool.padding.before,
      );
      return call.output(dx, x.shape);
    }
    const input = padded(call, pool, 'input', -Infinity);
    const indices = known ?? maximum(pool, input)[1]!;
    const dy = channelsFirst(call.handle('dy'), rank);
    const { window, strides, padding, dilations, inShape } = pool;
    const dx = maxPoolBackward(dy, input, window, strides, padding.even, dilations, false, indices);
    return call.output(channelsLast(padding.cut(dx, inShape), rank), x.shape);
  });

  // libtorch averages no volume that is smaller than a window, not even with padding.
  const averages = ({ padding, inShape, window }: Pool): boolean =>
    rank === 4 || window.every((size, i) => size <= padding.padded(inShape)[i + 2]!);

  define(`AvgPool${suffix}`, (call) => {
    const x = call.input('x');
    const pool = describe(x.shape, call.attributes<PoolAttrs>());
    if (pool === undefined || !averages(pool) || x.dtype !== 'float32') return undefined;
    const { window, strides, padding } = pool;
    const input = padded(call, pool, 'x');
    const y = padding.isEven
      ? averagePool(input, window, strides, padding.even, false, false, null)
      : divide(averagePool(input, window, strides, zero, false, true, 1), counts(pool));
    return call.output(channelsLast(y, rank), pool.outShape);
  });

  define(`AvgPool${suffix}Grad`, (call) => {
    const x = call.input('input');
    const pool = describe(x.shape, call.attributes<PoolAttrs>());
    if (pool === undefined || !averages(pool)) return undefined;
    const { window, strides, padding, inShape } = pool;
    const input = padded(call, pool, 'input');
    const dy = channelsFirst(call.handle('dy'), rank);
    // TensorFlow.js divides by the whole window here, although padding does not count in the average itself.
    const area = window.reduce((product, size) => product * size, 1);
    const dx = averagePoolBackward(dy, input, window, strides, padding.even, false, true, area);
    return call.output(channelsLast(padding.cut(dx, inShape), rank), x.shape);
  });
}
