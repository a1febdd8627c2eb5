import { engine, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { onTorch, runKernel } from './gradients.js';
import { DROPOUT } from '../kernels/fused.js';

/** The private fields of TensorFlow.js's layer that the fused path uses. */
interface Dropout {
  rate: number;
  seed: number | null | undefined;
  /** The shape in which it draws; subclasses (SpatialDropout1D) have others than the option's. */
  getNoiseShape(x: Tensor): number[] | null | undefined;
  invokeCallHook(inputs: Tensor | Tensor[], kwargs: object): void;
  call: Call;
}

type Call = (this: Dropout, inputs: Tensor | Tensor[], kwargs: { training?: boolean }) => Tensor | Tensor[];

/**
 * Makes `tf.layers.dropout` draw natively while this backend is in use; TensorFlow.js draws number by number in JavaScript.
 * A layer with a seed, or that draws in another shape than its input's, is left to it: a seed gives the same numbers on every backend.
 */
export function fuseDropout(): void {
  const prototype = Object.getPrototypeOf(layers.dropout({ rate: 0.5 })) as Dropout;
  const stock = prototype.call;
  prototype.call = function (inputs, kwargs) {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    const draws = kwargs.training === true && this.rate > 0 && this.rate < 1;
    const fits = x?.dtype === 'float32' && this.seed == null && engine().state.gradientDepth <= 1;
    if (!onTorch() || !draws || !fits || this.getNoiseShape(x) != null) {
      return stock.call(this, inputs, kwargs);
    }
    return tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const [y] = runKernel(DROPOUT, { x }, { rate: this.rate }) as [Tensor, Tensor];
      return y;
    });
  };
}
