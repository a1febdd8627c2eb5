/**
 * A selection method of one's own: each epoch trains every sample once, those of high loss early. `npm run example
 * custom-selector` trains with it; `selectorContract` of `recency-bias/testing` tests it (test/examples).
 */
import * as tf from '@tensorflow/tfjs';
import { defineSelector, LatestValues, option } from 'recency-bias';
import { fit } from 'recency-bias/tfjs';

/** Deals each epoch in an order drawn without replacement in proportion to (latest loss)^strength. */
export const hardFirst = defineSelector({
  name: 'hard-first',
  title: 'Hard First',
  paper: 'an example',
  signals: ['loss'],
  options: {
    /** How strongly the loss decides the order; 0 is a plain permutation. Default 1. */
    strength: option.number(1, 0),
  },
  make({ size }, { strength }, epoch) {
    const losses = new LatestValues(size, 1);
    return {
      ordered: 'all',
      memory: { losses },
      begin: () => {
        // Exponential variates over weights, ascending, are successive weighted draws (Efraimidis & Spirakis 2006).
        const keys = Float64Array.from(
          losses.values,
          (loss) => -Math.log(1 - epoch.random.float()) / Math.max(loss, 1e-6) ** strength,
        );
        epoch.order.start(Int32Array.from(keys.keys()).sort((a, b) => keys[a]! - keys[b]!));
      },
      learn: ({ indices, loss }) => {
        losses.record(indices, loss);
      },
    };
  },
});

/** Trains a small classifier of noisy points with it. */
export async function run(): Promise<void> {
  const xs = tf.randomNormal([240, 2], 0, 1, 'float32', 1);
  const ys = tf.tidy(() => tf.greater(tf.sum(xs, 1), 0).cast('float32'));
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 2, activation: 'softmax', inputShape: [2] })],
  });
  model.compile({
    optimizer: tf.train.sgd(0.5),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const { history } = await fit(model, xs, ys, {
    epochs: 5,
    batchSize: 16,
    selector: hardFirst(),
  });
  console.log(JSON.stringify(history));
}
