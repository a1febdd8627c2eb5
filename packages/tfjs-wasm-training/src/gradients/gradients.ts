import {
  engine,
  util,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { isPerChannel } from '../kernels/batch-norm.js';

/** The gradients with respect to the named inputs, each made when it is asked for. */
export type NamedGradients = Record<string, () => Tensor>;

/**
 * A gradient for the wasm backend in first-order differentiation, or undefined where TensorFlow.js's gradient must do.
 * `saved` are the tensors that TensorFlow.js's gradient saves, in its order.
 */
export type FastGradient = (
  dy: Tensor,
  saved: readonly Tensor[],
  attrs: NamedAttrMap,
) => NamedGradients | undefined;

/** Names of the kernels that only these gradients call. */
export const RELU_GRADIENT = 'TrainingReluGrad';
export const SQUARE_GRADIENT = 'TrainingSquareGrad';
export const BROADCAST_GRADIENT = 'TrainingBroadcastGrad';
export const BATCH_NORM_GRADIENT = 'TrainingBatchNormGrad';

const runKernel = (name: string, inputs: NamedTensorMap, attrs: NamedAttrMap = {}): Tensor =>
  engine().runKernel(name, inputs, attrs);

const areFloats = (...tensors: TensorInfo[]): boolean => tensors.every(({ dtype }) => dtype === 'float32');

const elementwise =
  (kernel: string): FastGradient =>
  (dy, [x]) =>
    areFloats(x!, dy) ? { x: () => runKernel(kernel, { dy, x: x! }) } : undefined;

const reduction =
  (isMean: boolean): FastGradient =>
  (dy, [x], { axis }) => {
    if (!areFloats(x!, dy)) return undefined;
    const axes = util.parseAxisParam(axis as number | number[], x!.shape);
    const count = axes.reduce((product, a) => product * x!.shape[a]!, 1);
    const attrs = { shape: x!.shape, axes, factor: isMean ? 1 / count : 1 };
    return { x: () => runKernel(BROADCAST_GRADIENT, { dy }, attrs) };
  };

const batchNorm: FastGradient = (dy, [x, mean, variance, scale], { varianceEpsilon }) => {
  const inputs = { x: x!, mean: mean!, variance: variance!, scale: scale! };
  if (!areFloats(dy) || !isPerChannel({ inputs })) return undefined;
  const [dx, dMean, dVariance, dScale, dOffset] = engine().runKernel<Tensor[]>(
    BATCH_NORM_GRADIENT,
    { dy, ...inputs },
    { varianceEpsilon: varianceEpsilon! },
  );
  return {
    x: () => dx!,
    mean: () => dMean!,
    variance: () => dVariance!,
    scale: () => dScale!,
    offset: () => dOffset!,
  };
};

/** By the name of the forward kernel. */
export const fastGradients: Readonly<Record<string, FastGradient>> = {
  FusedBatchNorm: batchNorm,
  Mean: reduction(true),
  Relu: elementwise(RELU_GRADIENT),
  Square: elementwise(SQUARE_GRADIENT),
  Sum: reduction(false),
};
