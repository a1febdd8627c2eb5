import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { onCpuWithoutLeaks } from '../../../test/support/leaks.js';
import { inputs } from '../../../test/support/models.js';
import { probe } from '../../../test/support/selectors.js';
import { fit } from '../fit.js';

onCpuWithoutLeaks();

/** A layer that answers with a tensor of its own, whatever it is given. */
class Answering extends tf.layers.Layer {
  static className = 'Answering';

  constructor(private readonly answer: tf.Tensor) {
    super({});
  }

  override call(): tf.Tensor {
    return this.answer;
  }

  override computeOutputShape(): number[] {
    return this.answer.shape;
  }
}

describe('measuring a step leaves alone a tensor that the step did not make', () => {
  it('an output or a loss that somebody made before, kept or not', async () => {
    for (const keep of [(tensor: tf.Tensor) => tensor, tf.keep]) {
      const answer = keep(inputs([4, 1]));
      const losses = keep(tf.tensor1d([1, 2, 3, 4]));
      const input = tf.input({ shape: [3] });
      const learnt = tf.layers.dense({ units: 1, name: 'learnt' }).apply(input) as tf.SymbolicTensor;
      const fixed = new Answering(answer).apply(input) as tf.SymbolicTensor;
      const model = tf.model({ inputs: input, outputs: [learnt, fixed] });
      const fixedLoss = (_: tf.Tensor, yPred: tf.Tensor): tf.Tensor =>
        yPred.shape[0] === 4 ? losses : tf.zeros([yPred.shape[0]]);
      model.compile({ optimizer: 'sgd', loss: [tf.metrics.meanSquaredError, fixedLoss] });
      const [xs, ys] = [inputs([8, 3]), inputs([8, 1])];
      const selector = probe({ signals: ['loss'] });
      await fit(model, xs, [ys, ys], { epochs: 2, batchSize: 4, watch: 1, selector });
      expect([answer.isDisposed, losses.isDisposed]).toEqual([false, false]);
      const { observations } = selector.made[0]!;
      expect(observations.map(({ loss }) => [...loss])).toEqual(Array(4).fill([1, 2, 3, 4]));
      model.dispose();
      tf.dispose([answer, losses, xs, ys]);
    }
  });
});
