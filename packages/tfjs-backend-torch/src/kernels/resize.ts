import { type ResizeBilinearAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { addon, type Handle } from '../native/addon.js';
import { operator, temporary } from '../native/operator.js';
import { define, type KernelCall } from './define.js';
import { FLOAT } from './dtype.js';

const to = operator('to.dtype');
const indexSelect = operator('index_select');
const indexAdd = operator('index_add');
const lerp = operator('lerp.Tensor');
const mul = operator('mul.Tensor');
const sub = operator('sub.Tensor');
const full = operator('full');

/** Where the values of a resized axis come from: between `low` and `high`, at `fraction` of the way. */
interface AxisSamples {
  low: Int32Array;
  high: Int32Array;
  fraction: Float32Array;
}

/** Registers the resizing of images and its gradients. */
export function registerResizeKernels(): void {
  defineResize('ResizeBilinear', bilinearSamples, interpolate, spread);
  defineResize('ResizeNearestNeighbor', nearestSamples, pick, gather);
}

type Samples = (inSize: number, outSize: number, attrs: ResizeBilinearAttrs) => AxisSamples;

function defineResize(
  name: string,
  samples: Samples,
  forward: (x: Handle, axis: number, samples: AxisSamples) => Handle,
  backward: (dy: Handle, axis: number, samples: AxisSamples, shape: number[]) => Handle,
): void {
  const axes = (call: KernelCall, images: TensorInfo, size: readonly number[]): AxisSamples[] => {
    const attrs = call.attributes<ResizeBilinearAttrs>();
    return [0, 1].map((i) => samples(images.shape[i + 1]!, size[i]!, attrs));
  };
  define(name, (call) => {
    const images = call.input('images');
    const { size } = call.attributes<ResizeBilinearAttrs>();
    const [rows, columns] = axes(call, images, size);
    const [batch, , , channels] = images.shape as [number, number, number, number];
    const floats = name === 'ResizeBilinear' ? to(call.handle('images'), FLOAT) : call.handle('images');
    const dtype = name === 'ResizeBilinear' ? 'float32' : images.dtype;
    return call.output(
      forward(forward(floats, 1, rows!), 2, columns!),
      [batch, size[0], size[1], channels],
      dtype,
    );
  });
  define(`${name}Grad`, (call) => {
    const images = call.input('images');
    const dy = call.input('dy');
    const [rows, columns] = axes(call, images, dy.shape.slice(1, 3));
    const [batch, height, width, channels] = images.shape as [number, number, number, number];
    const across = backward(call.handle('dy'), 2, columns!, [batch, dy.shape[1]!, width, channels]);
    return call.output(backward(across, 1, rows!, [batch, height, width, channels]), images.shape);
  });
}

/** The step between samples; with aligned corners the first and the last of both axes meet. */
function scale(inSize: number, outSize: number, alignCorners: boolean): number {
  return alignCorners && outSize > 1 ? (inSize - 1) / (outSize - 1) : inSize / outSize;
}

function bilinearSamples(inSize: number, outSize: number, attrs: ResizeBilinearAttrs): AxisSamples {
  const step = scale(inSize, outSize, attrs.alignCorners);
  const low = new Int32Array(outSize);
  const high = new Int32Array(outSize);
  const fraction = new Float32Array(outSize);
  for (let i = 0; i < outSize; i++) {
    const at = attrs.halfPixelCenters ? step * (i + 0.5) - 0.5 : step * i;
    low[i] = Math.max(0, Math.floor(at));
    high[i] = Math.max(0, Math.min(inSize - 1, Math.ceil(at)));
    fraction[i] = Math.max(0, at - low[i]!);
  }
  return { low, high, fraction };
}

function nearestSamples(inSize: number, outSize: number, attrs: ResizeBilinearAttrs): AxisSamples {
  const step = scale(inSize, outSize, attrs.alignCorners);
  const low = Int32Array.from({ length: outSize }, (_, i) => {
    const at = attrs.halfPixelCenters ? step * (i + 0.5) : step * i;
    const nearest = attrs.alignCorners ? Math.round(at) : Math.floor(at);
    return Math.max(0, Math.min(inSize - 1, nearest));
  });
  return { low, high: low, fraction: new Float32Array(outSize) };
}

const indices = (values: Int32Array): Handle =>
  temporary(addon().fromTypedArray(values, [values.length], 'int32'));

/** The fractions of an axis, shaped to broadcast over [batch, height, width, channels]. */
function weights({ fraction }: AxisSamples, axis: number): Handle {
  const shape = [1, 1, 1, 1];
  shape[axis] = fraction.length;
  return temporary(addon().fromTypedArray(fraction, shape, 'float32'));
}

function pick(x: Handle, axis: number, { low }: AxisSamples): Handle {
  return indexSelect(x, axis, indices(low));
}

function interpolate(x: Handle, axis: number, samples: AxisSamples): Handle {
  const from = indexSelect(x, axis, indices(samples.low));
  const upTo = indexSelect(x, axis, indices(samples.high));
  return lerp(from, upTo, weights(samples, axis));
}

function gather(dy: Handle, axis: number, { low }: AxisSamples, shape: number[]): Handle {
  return indexAdd(full(shape, 0, FLOAT), axis, indices(low), dy, 1);
}

function spread(dy: Handle, axis: number, samples: AxisSamples, shape: number[]): Handle {
  const upper = mul(dy, weights(samples, axis));
  const lower = indexAdd(full(shape, 0, FLOAT), axis, indices(samples.low), sub(dy, upper), 1);
  return indexAdd(lower, axis, indices(samples.high), upper, 1);
}
