/** Optimizers whose learning rate changes between epochs. */
import * as tf from '@tensorflow/tfjs';
import type { Experiment } from '../document/schema.js';

/** Makes the optimizer of an experiment; momentum is 0.9 without Nesterov's look-ahead unless given. */
export function createOptimizer(
  { name, momentum, nesterov }: Experiment['optimizer'],
  learningRate: number,
): tf.Optimizer {
  switch (name) {
    case 'sgd':
      return tf.train.sgd(learningRate);
    case 'momentum':
      return tf.train.momentum(learningRate, momentum ?? 0.9, nesterov ?? false);
    case 'adam':
      return tf.train.adam(learningRate);
  }
}

/**
 * Changes the learning rate of an optimizer that `createOptimizer` made; its moments stay. `instanceof` does not tell optimizers of
 * TensorFlow.js apart: any of them is an instance of every one of their classes.
 */
export function setLearningRate(optimizer: tf.Optimizer, learningRate: number): void {
  if ('setLearningRate' in optimizer) (optimizer as tf.SGDOptimizer).setLearningRate(learningRate);
  // Adam reads this field at every step; TF.js declares it as protected and offers no setter.
  else (optimizer as unknown as { learningRate: number }).learningRate = learningRate;
}
