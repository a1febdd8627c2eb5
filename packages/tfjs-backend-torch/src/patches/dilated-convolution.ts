import {
  add,
  conv2d,
  tidy,
  util,
  type NamedAttrMap,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { geometry } from '../kernels/convolution.js';
import { onTorch, replaceGradient, runKernel } from './gradients.js';

/** The private fields of TensorFlow.js's layer that the path uses. */
interface Convolution {
  rank: number;
  kernel: { read(): Tensor };
  bias: { read(): Tensor } | null;
  strides: [number, number];
  padding: 'same' | 'valid';
  dataFormat: string;
  dilationRate: number | number[];
  activation: { apply(x: Tensor): Tensor } | null;
  call: Call;
}

type Call = (this: Convolution, inputs: Tensor | Tensor[], kwargs: object) => Tensor | Tensor[];

/**
 * Makes dilated convolutions trainable: TensorFlow.js computes them, but refuses to differentiate them. This adds the
 * gradients, and keeps `tf.layers.conv2d` off the fused operation that has its own refusal.
 */
export function trainDilatedConvolutions(): void {
  addGradient('Conv2D', false);
  addGradient('DepthwiseConv2dNative', true);
  const prototype = Object.getPrototypeOf(
    Object.getPrototypeOf(layers.conv2d({ filters: 1, kernelSize: 1 })),
  ) as Convolution;
  const stock = prototype.call;
  prototype.call = function (inputs, kwargs) {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    const ours = this.rank === 2 && this.dataFormat === 'channelsLast' && isDilated(this.dilationRate);
    if (!onTorch() || !ours || x === undefined) return stock.call(this, inputs, kwargs);
    return tidy(() => {
      const { kernel, bias, strides, padding, activation, dilationRate } = this;
      const dilations = dilationRate as number | [number, number];
      const y = conv2d(x as Tensor4D, kernel.read() as Tensor4D, strides, padding, 'NHWC', dilations);
      const biased = bias === null ? y : add(y, bias.read());
      return activation === null ? biased : activation.apply(biased);
    });
  };
}

function isDilated(dilations: unknown): boolean {
  const list = Array.isArray(dilations) ? (dilations as number[]) : [dilations as number | null | undefined];
  return list.some((dilation) => (dilation ?? 1) > 1);
}

function addGradient(kernelName: 'Conv2D' | 'DepthwiseConv2dNative', depthwise: boolean): void {
  const dilated = (_dy: Tensor, _saved: Tensor[], attrs: NamedAttrMap): boolean => isDilated(attrs.dilations);
  replaceGradient(kernelName, dilated, (dy, saved, attrs) => {
    const [x, filter] = saved as [Tensor, Tensor];
    // The JavaScript kernels, which are asked otherwise, leave dilations out.
    util.assert(
      geometry(x.shape, filter.shape, attrs as never, depthwise) !== undefined,
      () => 'A dilated convolution whose output size is rounded up (dimRoundingMode) has no gradient.',
    );
    const name = depthwise ? 'DepthwiseConv2dNativeBackprop' : 'Conv2DBackprop';
    const gradient = (of: 'Input' | 'Filter', inputs: Record<string, Tensor>, shape: object): Tensor =>
      runKernel(`${name}${of}`, inputs, { ...attrs, ...shape }) as Tensor;
    return {
      x: () => gradient('Input', { dy, filter }, { inputShape: x.shape }),
      filter: () => gradient('Filter', { x, dy }, { filterShape: filter.shape }),
    };
  });
}
