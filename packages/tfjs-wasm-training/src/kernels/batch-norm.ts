import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { dispose, floats, input, type Kernel, type KernelCall, type WasmBackend } from '../backend.js';
import { eachBlock, FLOAT, paddedColumns, repeatRow } from '../simd/column-blocks.js';
import { columnsSource } from '../simd/columns.js';
import { addressOf, loader } from '../simd/load.js';

const simd = loader(columnsSource);

/** Batch normalisation with given statistics, one value a channel: out = (x - mean) * factor + offset. */
export function fusedBatchNorm(call: KernelCall, otherwise: Kernel): TensorInfo {
  const { backend, inputs, attrs } = call;
  const functions = simd(backend);
  const x = input(call, 'x');
  const { mean, offset } = inputs;
  if (!isPerChannel(call)) return otherwise(call);

  const channels = x.shape.at(-1)!;
  const columns = paddedColumns(channels);
  const size = util.sizeFromShape(x.shape);
  const rows = functions === undefined ? 0 : Math.floor(size / columns);
  const factors = factorsOf(call, attrs.varianceEpsilon as number);
  const out = backend.makeOutput(x.shape, 'float32');
  const means = row(backend, columns, floats(backend, mean!).slice());
  const scales = row(backend, columns, factors);
  const offsets = row(
    backend,
    columns,
    offset ? floats(backend, offset).slice() : new Float32Array(channels),
  );
  const at = (tensor: TensorInfo): number => addressOf(backend, tensor);
  eachBlock(rows, columns, (from, end, column, width) => {
    functions![`normalize${width}`]!(
      at(x) + from,
      at(x) + end,
      columns * FLOAT,
      at(means) + column,
      at(scales) + column,
      at(offsets) + column,
      at(out) + from,
    );
  });
  const [xs, ys, ms, os] = [x, out, means, offsets].map((tensor) => floats(backend, tensor)) as Rows4;
  for (let i = rows * columns; i < size; i++) {
    const c = i % channels;
    ys[i] = (xs[i]! - ms[c]!) * factors[c]! + os[c]!;
  }
  dispose(backend, means, scales, offsets);
  return out;
}

type Rows4 = [Float32Array, Float32Array, Float32Array, Float32Array];

/**
 * Gradients of {@link fusedBatchNorm} in one pass over x and dy: the outputs are the gradients with respect to x, mean,
 * variance, scale and offset, in that order.
 */
export function batchNormGradient(call: KernelCall): TensorInfo[] {
  const { backend, attrs } = call;
  const functions = simd(backend);
  const x = input(call, 'x');
  const dy = input(call, 'dy');
  const mean = input(call, 'mean');
  const variance = input(call, 'variance');

  const channels = x.shape.at(-1)!;
  const columns = paddedColumns(channels);
  const size = util.sizeFromShape(x.shape);
  const rows = functions === undefined ? 0 : Math.floor(size / columns);
  const epsilon = attrs.varianceEpsilon as number;
  const factors = factorsOf(call, epsilon);
  const dx = backend.makeOutput(x.shape, 'float32');
  const perChannel = Array.from({ length: 4 }, () => backend.makeOutput([channels], 'float32'));
  const means = row(backend, columns, floats(backend, mean).slice());
  const scales = row(backend, columns, factors);
  const sums = row(backend, columns, [0]);
  const products = row(backend, columns, [0]);
  const at = (tensor: TensorInfo): number => addressOf(backend, tensor);
  eachBlock(rows, columns, (from, end, column, width) => {
    functions![`normalizeGradient${width}`]!(
      at(x) + from,
      at(x) + end,
      columns * FLOAT,
      at(means) + column,
      at(scales) + column,
      at(dy) + from,
      at(dx) + from,
      at(sums) + column,
      at(products) + column,
    );
  });

  const sumOf = fold(floats(backend, sums), channels);
  const productOf = fold(floats(backend, products), channels);
  const xs = floats(backend, x);
  const dys = floats(backend, dy);
  const dxs = floats(backend, dx);
  const ms = floats(backend, mean);
  for (let i = rows * columns; i < size; i++) {
    const c = i % channels;
    sumOf[c]! += dys[i]!;
    productOf[c]! += dys[i]! * (xs[i]! - ms[c]!);
    dxs[i] = dys[i]! * factors[c]!;
  }
  const [dMean, dVariance, dScale, dOffset] = perChannel.map((tensor) => floats(backend, tensor)) as Rows4;
  const variances = floats(backend, variance);
  for (let c = 0; c < channels; c++) {
    const inverse = 1 / (variances[c]! + epsilon);
    dMean[c] = -factors[c]! * sumOf[c]!;
    dVariance[c] = -0.5 * inverse * factors[c]! * productOf[c]!;
    dScale[c] = Math.sqrt(inverse) * productOf[c]!;
    dOffset[c] = sumOf[c]!;
  }
  dispose(backend, means, scales, sums, products);
  return [dx, ...perChannel];
}

/** Whether every statistic is one value for each of the last axis, in floats. */
export function isPerChannel({ inputs }: Pick<KernelCall, 'inputs'>): boolean {
  const { x, mean, variance, offset, scale } = inputs;
  if (x?.dtype !== 'float32' || util.sizeFromShape(x.shape) === 0) return false;
  const channels = x.shape.at(-1);
  return [mean, variance, offset, scale].every((tensor) => {
    // TensorFlow.js passes null for an offset or a scale that is left out.
    if (tensor === undefined || (tensor as TensorInfo | null) === null) return true;
    return tensor.dtype === 'float32' && tensor.shape.length === 1 && tensor.shape[0] === channels;
  });
}

/** scale / sqrt(variance + epsilon) of every channel. */
function factorsOf({ inputs, backend }: KernelCall, epsilon: number): Float32Array {
  const variances = floats(backend, inputs.variance!);
  const scales = inputs.scale ? floats(backend, inputs.scale) : undefined;
  return variances.map((variance, c) => (scales?.[c] ?? 1) / Math.sqrt(variance + epsilon));
}

/** `values` must not be a view of the heap, which the allocation may move. */
function row(backend: WasmBackend, columns: number, values: ArrayLike<number>): TensorInfo {
  const out = backend.makeOutput([columns], 'float32');
  repeatRow(values, floats(backend, out));
  return out;
}

function fold(values: Float32Array, channels: number): Float64Array {
  const totals = new Float64Array(channels);
  for (let i = 0; i < values.length; i++) totals[i % channels]! += values[i]!;
  return totals;
}
