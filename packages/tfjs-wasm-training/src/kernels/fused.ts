import type { TensorInfo } from '@tensorflow/tfjs-core';
import { dispose, input, run, type Kernel, type KernelCall, type WasmBackend } from '../backend.js';
import { toChannelsFirst } from './channels-first.js';

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
 * A kernel with bias and activation fused in, for the biases and the layout that the replaced kernel refuses:
 * the plain kernel `name`, then the bias, then the activation.
 */
export const fused =
  (name: string) =>
  (call: KernelCall, otherwise: Kernel): TensorInfo => {
    const { backend, inputs, attrs } = call;
    // TensorFlow.js passes null or undefined where there is no bias.
    const bias = inputs.bias ?? undefined;
    const isChannelsFirst = attrs.dataFormat === 'NCHW';
    if (!isChannelsFirst && (bias === undefined || bias.shape.length === 1) && !isOneForAll(call, bias)) {
      return otherwise(call);
    }
    const operands = { ...inputs, bias: undefined, preluActivationWeights: undefined };
    let alpha = inputs.preluActivationWeights ?? undefined;
    let out = run(backend, name, operands, attrs);
    if (isChannelsFirst) {
      // The bias and the weights of a channel broadcast along the last axis.
      out = replaceBy(backend, out, run(backend, 'Transpose', { x: out }, { perm: [0, 2, 3, 1] }));
    }
    if (bias !== undefined) out = replaceBy(backend, out, run(backend, 'Add', { a: out, b: bias }));
    const activation = ACTIVATIONS[attrs.activation as string];
    if (activation !== undefined) {
      const turned = isChannelsFirst && alpha?.shape.length === 3;
      if (turned) alpha = run(backend, 'Transpose', { x: alpha! }, { perm: [1, 2, 0] });
      const operand = alpha === undefined ? { x: out } : { x: out, alpha };
      const slope = attrs.leakyreluAlpha as number | undefined;
      out = replaceBy(backend, out, run(backend, activation, operand, { alpha: slope ?? 0 }));
      if (turned) dispose(backend, alpha!);
    }
    return isChannelsFirst ? replaceBy(backend, out, toChannelsFirst(backend, out)) : out;
  };

/** Whether a bias of one value is meant for all channels. */
function isOneForAll(call: KernelCall, bias: TensorInfo | undefined): boolean {
  if (bias?.shape[0] !== 1) return false;
  const filter = call.inputs.filter;
  if (filter !== undefined) return filter.shape[3] !== 1;
  const b = input(call, 'b');
  return b.shape.at(call.attrs.transposeB === true ? -2 : -1) !== 1;
}

function replaceBy(backend: WasmBackend, old: TensorInfo, next: TensorInfo): TensorInfo {
  dispose(backend, old);
  return next;
}
