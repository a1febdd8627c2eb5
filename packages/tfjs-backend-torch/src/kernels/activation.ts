import type { backend_util } from '@tensorflow/tfjs-core';
import type { Handle } from '../native/addon.js';
import { inPlaceOperator, operator } from '../native/operator.js';
import type { KernelCall } from './define.js';

const lt = operator('lt.Scalar');
const mul = operator('mul.Tensor');
const where = operator('where.self');
const relu = inPlaceOperator('relu_');
const clamp = inPlaceOperator('clamp_');
const elu = inPlaceOperator('elu_');
const sigmoid = inPlaceOperator('sigmoid_');
const leakyRelu = inPlaceOperator('leaky_relu_');

/**
 * The activation of a fused kernel applied to `x`, a fresh tensor of the kernel's own, which it may change.
 * `channelsFirst` tells that `x` is laid out as [batch, channels, ...].
 */
export function activate(
  call: KernelCall,
  x: Handle,
  activation: backend_util.Activation | undefined,
  leakyreluAlpha?: number,
  weights: () => Handle = () => call.handle('preluActivationWeights'),
): Handle {
  switch (activation) {
    case undefined:
    case 'linear':
      return x;
    case 'relu':
      return relu(x);
    case 'relu6':
      return clamp(x, 0, 6);
    case 'elu':
      return elu(x);
    case 'sigmoid':
      return sigmoid(x);
    case 'leakyrelu':
      return leakyRelu(x, leakyreluAlpha ?? 0.2);
    case 'prelu':
      return where(lt(x, 0), mul(x, weights()), x);
    default:
      throw new RangeError(`The activation '${String(activation)}' is not one of TensorFlow.js's.`);
  }
}
