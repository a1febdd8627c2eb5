import {
  AdamOptimizer,
  engine,
  MomentumOptimizer,
  mul,
  SGDOptimizer,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { TorchBackend } from '../tensor/backend.js';
import type { Handle } from '../native/addon.js';
import { inPlaceOperator, operatorOfMany, scoped } from '../native/operator.js';
import { onTorch } from './gradients.js';

const scale = inPlaceOperator('_foreach_mul_.Scalar');
const divide = inPlaceOperator('_foreach_div_.Scalar');
const addNumber = inPlaceOperator('_foreach_add_.Scalar');
const addTensors = inPlaceOperator('_foreach_add_.List');
const addProduct = inPlaceOperator('_foreach_addcmul_.Scalar');
const addQuotient = inPlaceOperator('_foreach_addcdiv_.Scalar');
const squareRoots = operatorOfMany('_foreach_sqrt');

/** The state that an optimizer keeps for each variable, in their order. */
type Slots = ({ variable: Variable } | undefined)[];

/** The private fields of TensorFlow.js's optimizers that the fused updates use. */
interface Internals {
  learningRate: number;
  incrementIterations(): void;
}

interface Momentum extends Internals {
  momentum: number;
  useNesterov: boolean;
  accumulations: Slots;
}

interface Adam extends Internals {
  beta1: number;
  beta2: number;
  epsilon: number;
  accumulatedFirstMoment: Slots;
  accumulatedSecondMoment: Slots;
  accBeta1: Variable;
  accBeta2: Variable;
}

type Gradients = Parameters<SGDOptimizer['applyGradients']>[0];

/** Native tensors of all variables: values, gradients, and the optimizer's state. */
interface Update {
  values: Handle[];
  gradients: Handle[];
  slots: Handle[][];
}

/**
 * Makes the optimizers sgd, momentum and adam update all variables in place with a few native calls, instead of some
 * operations for each.
 */
export function fuseOptimizers(): void {
  replace(SGDOptimizer, () => [], sgd);
  replace(MomentumOptimizer, (o) => [(o as unknown as Momentum).accumulations], momentum as never);
  replace(
    AdamOptimizer,
    (o) => {
      const { accumulatedFirstMoment, accumulatedSecondMoment } = o as unknown as Adam;
      return [accumulatedFirstMoment, accumulatedSecondMoment];
    },
    adam as never,
  );
}

/** The method that is replaced; its `this` is an optimizer with the fields above. */
type Apply = (this: Internals, gradients: Gradients) => void;

function replace(
  optimizer: { prototype: object },
  slotsOf: (optimizer: Internals) => Slots[],
  apply: (optimizer: Internals, update: Update) => void,
): void {
  const prototype = optimizer.prototype as { applyGradients: Apply };
  const stock = prototype.applyGradients;
  prototype.applyGradients = function (gradients) {
    const update = (tensors: Update): void => {
      apply(this, tensors);
    };
    if (onTorch() && scoped(() => fused(gradients, slotsOf(this), update))) this.incrementIterations();
    else stock.call(this, gradients);
  };
}

/**
 * The native tensor of a variable, to be changed in place; a tensor that shares its memory gets memory of its own first. So
 * all steps after the first round alike, whoever else holds the values, and a run that is resumed from saved values goes
 * on to the same bits.
 */
function ownHandle(backend: TorchBackend, variable: Variable | undefined): Handle | undefined {
  if (variable?.dtype !== 'float32') return undefined;
  const handle = backend.exclusive(variable);
  if (handle !== undefined) return handle;
  engine().tidy(() => {
    variable.assign(mul(variable, 1));
  });
  return backend.exclusive(variable);
}

/** False, with nothing done, if a variable has no state yet or cannot be changed in place. */
function fused(gradients: Gradients, slots: Slots[], apply: (update: Update) => void): boolean {
  const backend = engine().backend as unknown as TorchBackend;
  const named: [string, Tensor | null | undefined][] = Array.isArray(gradients)
    ? gradients.map(({ name, tensor }) => [name, tensor])
    : Object.entries(gradients);
  const variables = engine().registeredVariables;
  const update: Update = { values: [], gradients: [], slots: slots.map(() => []) };
  for (const [i, [name, gradient]] of named.entries()) {
    // The first step makes the state, and TensorFlow.js does it.
    const own = [variables[name], ...slots.map((slot) => slot[i]?.variable)];
    if (gradient == null) continue;
    const handles = own.map((variable) => ownHandle(backend, variable));
    if (handles.includes(undefined)) return false;
    const [value, ...state] = handles as Handle[];
    update.values.push(value!);
    update.gradients.push(backend.handle(gradient));
    state.forEach((handle, j) => update.slots[j]!.push(handle));
  }
  if (update.values.length > 0) apply(update);
  return true;
}

function sgd({ learningRate }: Internals, { values, gradients }: Update): void {
  addTensors(values, gradients, -learningRate);
}

function momentum(optimizer: Momentum, { values, gradients, slots: [accumulations] }: Update): void {
  const { learningRate, momentum, useNesterov } = optimizer;
  scale(accumulations, momentum);
  addTensors(accumulations, gradients, 1);
  if (useNesterov) addTensors(values, gradients, -learningRate);
  addTensors(values, accumulations, useNesterov ? -learningRate * momentum : -learningRate);
}

function adam(optimizer: Adam, { values, gradients, slots: [first, second] }: Update): void {
  const { learningRate, beta1, beta2, epsilon, accBeta1, accBeta2 } = optimizer;
  const power1 = accBeta1.dataSync()[0]!;
  const power2 = accBeta2.dataSync()[0]!;
  scale(first, beta1);
  addTensors(first, gradients, 1 - beta1);
  scale(second, beta2);
  addProduct(second, gradients, gradients, 1 - beta2);
  const deviations = squareRoots(second);
  divide(deviations, Math.sqrt(1 - power2));
  addNumber(deviations, epsilon);
  addQuotient(values, first, deviations, -learningRate / (1 - power1));
  engine().tidy(() => {
    accBeta1.assign(mul(accBeta1, beta1));
    accBeta2.assign(mul(accBeta2, beta2));
  });
}
