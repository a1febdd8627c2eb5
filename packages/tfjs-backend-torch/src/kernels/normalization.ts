import { type FusedBatchNormAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { operator, operatorOfMany } from '../native/operator.js';
import { define } from './define.js';
import { channelsFirst, channelsLast } from './layout.js';

const batchNorm = operatorOfMany('native_batch_norm');
const add = operator('add.Tensor');
const addScalar = operator('add.Scalar');
const mul = operator('mul.Tensor');
const sub = operator('sub.Tensor');
const rsqrt = operator('rsqrt');
const eluBackward = operator('elu_backward');

/** Registers normalisation by given moments, and the gradient of ELU, which is a kernel of its own. */
export function registerNormalizationKernels(): void {
  define('FusedBatchNorm', (call) => {
    const x = call.input('x');
    const { varianceEpsilon } = call.attributes<FusedBatchNormAttrs>();
    const optional = (name: string): TensorInfo | undefined => call.inputs[name];
    const scale = optional('scale');
    const offset = optional('offset');
    const { backend } = call;
    const perChannel = [call.input('mean'), call.input('variance'), scale, offset].every(
      (tensor) => tensor === undefined || tensor.shape.length === 1,
    );
    if (perChannel && x.shape.length === 4) {
      const [y] = batchNorm(
        channelsFirst(call.handle('x'), 4),
        scale === undefined ? null : backend.handle(scale),
        offset === undefined ? null : backend.handle(offset),
        call.handle('mean'),
        call.handle('variance'),
        false,
        0,
        varianceEpsilon,
      );
      return call.output(channelsLast(y!, 4), x.shape);
    }
    const deviation = rsqrt(addScalar(call.handle('variance'), varianceEpsilon));
    const factor = scale === undefined ? deviation : mul(deviation, backend.handle(scale));
    const y = mul(sub(call.handle('x'), call.handle('mean')), factor);
    return call.output(offset === undefined ? y : add(y, backend.handle(offset)), x.shape);
  });
  define('EluGrad', (call) => {
    const y = call.input('y');
    // alpha, scale, input_scale, is_result, self_or_result
    return call.output(eluBackward(call.handle('dy'), 1, 1, 1, true, call.handle('y')), y.shape);
  });
}
