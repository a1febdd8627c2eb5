import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { onTorch, runKernel } from './gradients.js';
import { DROPOUT } from './kernels.js';

/** What the fused path uses of TensorFlow.js's layer; the fields are its own. */
interface Dropout {
  rate: number;
  noiseShape: number[] | null | undefined;
  seed: number | null | undefined;
  call: Call;
}

type Call = (this: Dropout, inputs: Tensor | Tensor[], kwargs: { training?: boolean }) => Tensor | Tensor[];

/**
 * Makes `tf.layers.dropout` draw natively while this backend is in use; TensorFlow.js draws number by number in JavaScript.
 * A layer with a seed, or with a noise shape, is left to it: a seed gives the same numbers on every backend.
 */
export function fuseDropout(): void {
  const prototype = Object.getPrototypeOf(layers.dropout({ rate: 0.5 })) as Dropout;
  const stock = prototype.call;
  prototype.call = function (inputs, kwargs) {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    const draws = kwargs.training === true && this.rate > 0 && this.rate < 1;
    const free = this.seed == null && this.noiseShape == null;
    if (!onTorch() || !draws || !free || x?.dtype !== 'float32' || engine().state.gradientDepth > 1) {
      return stock.call(this, inputs, kwargs);
    }
    const [y, mask] = runKernel(DROPOUT, { x }, { rate: this.rate }) as [Tensor, Tensor];
    mask.dispose();
    return y;
  };
}
