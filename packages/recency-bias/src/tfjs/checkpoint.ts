/** The state of a training run as plain data: what `checkpoint.save` receives and `resume` takes. */
import type * as tf from '@tensorflow/tfjs';
import { captureOptimizer, restoreOptimizer } from './optimizer-state.js';
import { captureTensor, tensorOf } from './tensor-state.js';
import type { TrainingState } from './types.js';

/** Version of `TrainingState`. */
export const TRAINING_STATE_VERSION = 1;

/** The parts of a training state that lie in the model. */
export type ModelState = Pick<TrainingState, 'weights' | 'optimizer'>;

/** Weights and optimizer state of a compiled model. */
export async function captureModel(model: tf.LayersModel): Promise<ModelState> {
  return {
    weights: await Promise.all(model.getWeights().map(captureTensor)),
    optimizer: await captureOptimizer(model.optimizer),
  };
}

/**
 * Puts weights and optimizer state back, exact to the bit. The learning rate and other settings of the optimizer stay
 * as they are.
 *
 * @throws RangeError when the model or the optimizer is another one than the state's.
 */
export function restoreModel(model: tf.LayersModel, state: ModelState): void {
  const current = model.getWeights();
  if (current.length !== state.weights.length) {
    throw new RangeError(
      `fit: args.resume holds ${state.weights.length} weight tensors, but the model has ${current.length}; use the same architecture.`,
    );
  }
  current.forEach((tensor, i) => {
    const shape = state.weights[i]!.shape as readonly number[];
    if (shape.length !== tensor.rank || shape.some((size, axis) => size !== tensor.shape[axis])) {
      throw new RangeError(
        `fit: weight ${i} of args.resume has shape [${shape.join(', ')}], but the model's has [${tensor.shape.join(', ')}]; ` +
          'use the same architecture.',
      );
    }
  });
  restoreOptimizer(model.optimizer, state.optimizer);
  const weights = state.weights.map(tensorOf);
  model.setWeights(weights);
  for (const tensor of weights) tensor.dispose();
}
