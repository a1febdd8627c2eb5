import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { dispose, run, type Kernel, type KernelCall, type WasmBackend } from '../backend.js';

/** Axes of an NHWC image in the order NCHW, and back. */
const TO_CHANNELS_FIRST = [0, 3, 1, 2];
const TO_CHANNELS_LAST = [0, 2, 3, 1];

export function toChannelsLast(backend: WasmBackend, x: TensorInfo): TensorInfo {
  return run(backend, 'Transpose', { x }, { perm: TO_CHANNELS_LAST });
}

export function toChannelsFirst(backend: WasmBackend, x: TensorInfo): TensorInfo {
  return run(backend, 'Transpose', { x }, { perm: TO_CHANNELS_FIRST });
}

/**
 * Runs a convolution kernel, which knows NHWC alone, on NCHW images between transpositions. `images` names the
 * inputs that are images; the attribute `inputShape` is the shape of an image, too. `isImage` says whether the
 * output is an image.
 */
export function inChannelsLast(
  call: KernelCall,
  images: readonly string[],
  isImage: boolean,
  kernel: Kernel,
): TensorInfo {
  const { backend, attrs } = call;
  if (attrs.dataFormat !== 'NCHW') return kernel(call);
  const inputs: NamedTensorInfoMap = { ...call.inputs };
  for (const name of images) inputs[name] = toChannelsLast(backend, call.inputs[name]!);
  const shape = attrs.inputShape as number[] | undefined;
  const pad = attrs.pad;
  const out = kernel({
    backend,
    inputs,
    attrs: {
      ...attrs,
      dataFormat: 'NHWC',
      ...(shape === undefined ? {} : { inputShape: TO_CHANNELS_LAST.map((axis) => shape[axis]!) }),
      ...(Array.isArray(pad) ? { pad: TO_CHANNELS_LAST.map((axis) => pad[axis]!) } : {}),
    },
  });
  for (const name of images) dispose(backend, inputs[name]!);
  if (!isImage) return out;
  const result = toChannelsFirst(backend, out);
  dispose(backend, out);
  return result;
}
