import { engine, tidy, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import type { TorchBackend } from '../tensor/backend.js';
import { inPlaceOperator, operator, scoped } from '../native/operator.js';
import { onTorch, runKernel } from './gradients.js';
import { BATCH_NORM_TRAINING, MEAN_ROW, MOVING_AVERAGE, VARIANCE_ROW } from '../kernels/fused.js';
import { fuses } from '../tensor/pending.js';

const lerpInPlace = inPlaceOperator('lerp_.Scalar');
const select = operator('select.int');

/** The private fields of TensorFlow.js's layer that the fused path uses. */
interface BatchNormalization {
  axis: number;
  momentum: number;
  epsilon: number;
  center: boolean;
  scale: boolean;
  gamma: LayerVariable;
  beta: LayerVariable;
  movingMean: LayerVariable;
  movingVariance: LayerVariable;
  call: Call;
}

type Call = (
  this: BatchNormalization,
  inputs: Tensor | Tensor[],
  kwargs: { training?: boolean },
) => Tensor | Tensor[];

interface LayerVariable {
  read(): Variable;
  write(value: Tensor): LayerVariable;
}

/**
 * Makes `tf.layers.batchNormalization` train through one fused operator and its gradient while this backend is in use.
 * TensorFlow.js composes it of some fifteen operations, each a pass over memory.
 */
export function fuseBatchNormalization(): void {
  const prototype = Object.getPrototypeOf(layers.batchNormalization()) as BatchNormalization;
  const stock = prototype.call;
  prototype.call = function (inputs, kwargs) {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    return kwargs.training === true && onTorch() && x !== undefined && eligible(this, x)
      ? tidy(() => train(this, x))
      : stock.call(this, inputs, kwargs);
  };
}

function eligible(layer: BatchNormalization, x: Tensor): boolean {
  const last = layer.axis === -1 || layer.axis === x.rank - 1;
  // Gradients of gradients need TensorFlow.js's own operations.
  return last && x.rank >= 2 && layer.scale && layer.center && engine().state.gradientDepth <= 1 && fuses(x);
}

function train(layer: BatchNormalization, x: Tensor): Tensor {
  const { gamma, beta, epsilon, momentum, movingMean, movingVariance } = layer;
  const inputs = { x, gamma: gamma.read(), beta: beta.read() };
  const [y, statistics] = runKernel(BATCH_NORM_TRAINING, inputs, { epsilon }) as [Tensor, Tensor];
  follow(movingMean, statistics, MEAN_ROW, momentum);
  follow(movingVariance, statistics, VARIANCE_ROW, momentum);
  return y;
}

/** Moves an average towards a row of the statistics: in place where nobody else holds it. */
function follow(average: LayerVariable, statistics: Tensor, row: number, momentum: number): void {
  const variable = average.read();
  const backend = engine().backend as unknown as TorchBackend;
  const target = backend.exclusive(variable);
  if (target === undefined) {
    average.write(runKernel(MOVING_AVERAGE, { average: variable, statistics }, { row, momentum }) as Tensor);
    return;
  }
  scoped(() => lerpInPlace(target, select(backend.handle(statistics), 0, row), 1 - momentum));
}
