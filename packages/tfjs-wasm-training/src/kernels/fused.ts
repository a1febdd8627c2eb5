import type { TensorInfo } from '@tensorflow/tfjs-core';
import { dispose, input, run, type Kernel, type KernelCall, type WasmBackend } from '../backend.js';
import { clamp, isClamp } from './activations.js';
import { toChannelsFirst } from './channels-first.js';
import { isScaling, withPadding } from './conv2d.js';

/** Kernels of the activations that TensorFlow.js fuses; 'linear' has none. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  elu: 'Elu',
  leakyrelu: 'LeakyRelu',
  prelu: 'Prelu',
  relu: 'Relu',
  relu6: 'Relu6',
  sigmoid: 'Sigmoid',
};

/**
 * A kernel with bias and activation fused in. The replaced kernel makes 0 of NaN in relu and relu6, which are
 * therefore done after it, in place; and the biases, slopes and layouts that it refuses or gets wrong are left to
 * the plain kernel `name`, then the bias, then the activation.
 */
export const fused =
  (name: 'BatchMatMul' | 'Conv2D' | 'DepthwiseConv2dNative') =>
  (call: KernelCall, otherwise: Kernel): TensorInfo => {
    const { backend, inputs, attrs } = call;
    // TensorFlow.js passes null or undefined where there is no bias.
    const bias = inputs.bias ?? undefined;
    const isChannelsFirst = attrs.dataFormat === 'NCHW';
    const isConvolution = name !== 'BatchMatMul';
    const depthwise = name === 'DepthwiseConv2dNative';
    const isUsual =
      isPerChannel(call, depthwise, bias) && isPerChannel(call, depthwise, inputs.preluActivationWeights);
    const isPlain = isConvolution
      ? !isScaling(call, depthwise)
      : bias === undefined || isOnePlainProduct(call);
    if (!isChannelsFirst && isUsual && isPlain) {
      const padded = isConvolution ? withPadding(call, depthwise) : call;
      const { activation } = attrs;
      if (activation === 'linear' || (isConvolution && !isClamp(activation))) return otherwise(padded);
      const linear = otherwise({ ...padded, attrs: { ...padded.attrs, activation: 'linear' } });
      if (!isClamp(activation)) return activate(call, linear, inputs.preluActivationWeights ?? undefined);
      clamp(backend, activation, linear, linear);
      return linear;
    }
    const operands = { ...inputs, bias: undefined, preluActivationWeights: undefined };
    let alpha = inputs.preluActivationWeights ?? undefined;
    let out = run(backend, name, operands, attrs);
    if (isChannelsFirst) {
      // The bias and the weights of a channel broadcast along the last axis.
      out = replaceBy(backend, out, run(backend, 'Transpose', { x: out }, { perm: [0, 2, 3, 1] }));
    }
    if (bias !== undefined) out = replaceBy(backend, out, run(backend, 'Add', { a: out, b: bias }));
    const turned = isChannelsFirst && alpha?.shape.length === 3;
    if (turned) alpha = run(backend, 'Transpose', { x: alpha! }, { perm: [1, 2, 0] });
    out = activate(call, out, alpha);
    if (turned) dispose(backend, alpha!);
    return isChannelsFirst ? replaceBy(backend, out, toChannelsFirst(backend, out)) : out;
  };

/** The activation of `x`, which it replaces. */
function activate({ backend, attrs }: KernelCall, x: TensorInfo, alpha: TensorInfo | undefined): TensorInfo {
  const activation = ACTIVATIONS[attrs.activation as string];
  if (activation === undefined) return x;
  const slope = attrs.leakyreluAlpha as number | undefined;
  const operands = alpha === undefined ? { x } : { x, alpha };
  return replaceBy(backend, x, run(backend, activation, operands, { alpha: slope ?? 0 }));
}

/** Whether it is a single matrix product without transposition; to others the replaced kernel adds the bias in part. */
function isOnePlainProduct(call: KernelCall): boolean {
  const { transposeA, transposeB } = call.attrs;
  const isOne = (name: string): boolean =>
    input(call, name)
      .shape.slice(0, -2)
      .every((size) => size === 1);
  return transposeA !== true && transposeB !== true && isOne('a') && isOne('b');
}

/** Whether the bias or the slopes of prelu, where there are any, hold a value for each output channel. */
function isPerChannel(call: KernelCall, depthwise: boolean, values: TensorInfo | null | undefined): boolean {
  if (values === null || values === undefined) return true;
  if (values.shape.length !== 1) return false;
  const filter = call.inputs.filter?.shape;
  const columns = call.attrs.transposeB === true ? -2 : -1;
  const channels = filter === undefined ? input(call, 'b').shape.at(columns) : filter[3];
  return values.shape[0] === (depthwise ? filter![2]! * filter![3]! : channels);
}

function replaceBy(backend: WasmBackend, old: TensorInfo, next: TensorInfo): TensorInfo {
  dispose(backend, old);
  return next;
}
