import { util, type ClipByValueAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { operator, operatorOfMany } from '../native/operator.js';
import { define, type KernelCall } from './define.js';
import { addition } from './binary.js';
import { PendingAffine, PendingMask } from '../tensor/pending.js';

/** Kernels of this backend that TensorFlow.js does not have. */
export const BATCH_NORM_TRAINING = 'TorchBatchNormTraining';
export const BATCH_NORM_GRADIENT = 'TorchBatchNormTrainingGrad';
export const CLAMP_GRADIENT = 'TorchClampGrad';
export const DROPOUT = 'TorchDropout';
export const DROPOUT_GRADIENT = 'TorchDropoutGrad';
export const MOVING_AVERAGE = 'TorchMovingAverage';

/** Rows of the statistics of a batch normalisation. */
export const MEAN_ROW = 0;
export const VARIANCE_ROW = 1;

/** Bounds of a clamp; `inclusive` says that the gradient passes at the lower bound. */
export interface ClampGradAttrs {
  low: number;
  high: number;
  inclusive: boolean;
}

const dropout = operatorOfMany('native_dropout');
const dropoutBackward = operator('native_dropout_backward');
const statistics = operator('tfjs::batch_norm_statistics');
const backward = operatorOfMany('tfjs::batch_norm_backward');
const select = operator('select.int');
const lerp = operator('lerp.Scalar');
const relu = operator('relu');
const clamp = operator('clamp');

/** Registers batch normalisation for training, and the kernels that become part of it where they follow it. */
export function registerFusedKernels(): void {
  define(BATCH_NORM_TRAINING, (call) => {
    const x = call.input('x');
    const { epsilon } = call.attributes<{ epsilon: number }>();
    const values = call.handle('x');
    const all = statistics(values, call.handle('gamma'), call.handle('beta'), epsilon);
    const pending = PendingAffine.of(call.backend, values, all);
    const y = call.backend.deferredOutput(pending, x.shape, 'float32');
    const moments = call.output(all, [5, x.shape.at(-1)!]);
    const origin = { normalization: {}, low: -Infinity };
    call.backend.data(y).origin = origin;
    call.backend.data(moments).origin = origin;
    return [y, moments];
  });
  define(BATCH_NORM_GRADIENT, (call) => {
    const { backend } = call;
    const dy = call.input('dy');
    const moments = call.input('statistics');
    const channels = [moments.shape[1]!];
    const mask = PendingMask.behind(backend, dy);
    const own = mask?.origin !== undefined && mask.origin === backend.data(moments).origin?.normalization;
    const [dx, dGamma, dBeta] = backward(
      own ? mask.gradient : backend.handle(dy),
      call.handle('x'),
      call.handle('statistics'),
      own ? mask.low : -Infinity,
      own ? mask.high : Infinity,
    );
    return [
      call.output(dx!, call.input('x').shape),
      call.output(dGamma!, channels),
      call.output(dBeta!, channels),
    ];
  });
  define(CLAMP_GRADIENT, (call) => {
    const dy = call.input('dy');
    const { low, high, inclusive } = call.attributes<ClampGradAttrs>();
    const pending = PendingMask.of(call.backend, dy, call.input('x'), low, high, inclusive);
    return call.backend.deferredOutput(pending, dy.shape, 'float32');
  });
  define(MOVING_AVERAGE, (call) => {
    const average = call.input('average');
    const { row, momentum } = call.attributes<{ row: number; momentum: number }>();
    const value = select(call.handle('statistics'), 0, row);
    return call.output(lerp(call.handle('average'), value, 1 - momentum), average.shape);
  });
  define(DROPOUT, (call) => {
    const { shape } = call.input('x');
    const [y, mask] = dropout(call.handle('x'), call.attributes<{ rate: number }>().rate, true);
    return [call.output(y!, shape), call.output(mask!, shape, 'bool')];
  });
  define(DROPOUT_GRADIENT, (call) => {
    const { rate } = call.attributes<{ rate: number }>();
    const dx = dropoutBackward(call.handle('dy'), call.handle('mask'), 1 / (1 - rate));
    return call.output(dx, call.input('dy').shape);
  });
  define('Relu', (call) => clamped(call, 0, Infinity) ?? call.output(relu(plain(call)), ...like(call)));
  define('Relu6', (call) => clamped(call, 0, 6) ?? call.output(clamp(plain(call), 0, 6), ...like(call)));
  define('ClipByValue', (call) => {
    const attrs = call.attributes<ClipByValueAttrs>();
    const fits = bound(call.input('x').dtype);
    const [low, high] = [fits(attrs.clipValueMin), fits(attrs.clipValueMax)];
    return clamped(call, low, high) ?? call.output(clamp(plain(call), low, high), ...like(call));
  });
  define('Add', (call) => pendingSum(call) ?? addition(call));
}

/** A bound in a dtype's range: libtorch refuses a bound beyond it, such as JavaScript's largest number. */
function bound(dtype: TensorInfo['dtype']): (value: number) => number {
  if (dtype === 'float32') return Math.fround;
  return (value) => Math.trunc(Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, value)));
}

const plain = (call: KernelCall): number => call.handle('x');

function like(call: KernelCall): [number[], TensorInfo['dtype']] {
  const { shape, dtype } = call.input('x');
  return [shape, dtype];
}

function clamped(call: KernelCall, low: number, high: number): TensorInfo | undefined {
  const x = call.input('x');
  const pending = PendingAffine.behind(call.backend, x);
  if (pending === undefined) return undefined;
  const next = pending.clamped(low, high);
  const y = call.backend.deferredOutput(next, x.shape, 'float32');
  const { origin } = call.backend.data(x);
  if (origin !== undefined) call.backend.data(y).origin = { ...origin, low: next.low };
  return y;
}

function pendingSum(call: KernelCall): TensorInfo | undefined {
  const { backend } = call;
  const a = call.input('a');
  const b = call.input('b');
  if (!util.arraysEqual(a.shape, b.shape) || b.dtype !== 'float32') return undefined;
  const [first, second] = [a, b].map((tensor) => {
    const pending = PendingAffine.behind(backend, tensor);
    return pending?.isPlain === true ? pending : undefined;
  });
  if (first === undefined && second === undefined) return undefined;
  const sum = first?.plus(backend, second ?? backend.handle(b)) ?? second!.plus(backend, backend.handle(a));
  return backend.deferredOutput(sum, a.shape, 'float32');
}
