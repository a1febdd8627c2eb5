import { type FusedBatchNormAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { fuses, PendingAffine } from '../tensor/pending.js';
import { operator } from '../native/operator.js';
import { define } from './define.js';

const stack = operator('stack');
const neg = operator('neg');
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
    const deviation = rsqrt(addScalar(call.handle('variance'), varianceEpsilon));
    const factor = scale === undefined ? deviation : mul(deviation, backend.handle(scale));
    if (perChannel && fuses(x)) {
      const shift = neg(mul(call.handle('mean'), factor));
      const whole = offset === undefined ? shift : add(shift, backend.handle(offset));
      const pending = PendingAffine.of(backend, call.handle('x'), stack([factor, whole], 0));
      return backend.deferredOutput(pending, x.shape, 'float32');
    }
    const y = mul(sub(call.handle('x'), call.handle('mean')), factor);
    return call.output(offset === undefined ? y : add(y, backend.handle(offset)), x.shape);
  });
  define('EluGrad', (call) => {
    const y = call.input('y');
    // alpha, scale, input_scale, is_result, self_or_result
    return call.output(eluBackward(call.handle('dy'), 1, 1, 1, true, call.handle('y')), y.shape);
  });
}
