import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectSameAsCpu, on, tensor } from '../../test/support/compare.js';

const upTo = (max: number, min = 1): fc.Arbitrary<number> => fc.integer({ min, max });

interface Case {
  shape: [number, number, number, number];
  size: [number, number];
  strides: [number, number];
  pad: 'same' | 'valid' | number;
}

const shapes = fc.tuple(upTo(3), upTo(9, 4), upTo(9, 4), upTo(10));

// The forward kernels of the backend crash on windows that lie wholly in the padding; and where window or strides
// are not square, TensorFlow.js gives padding by a number the wrong output shape, on all backends.
const cases: fc.Arbitrary<Case> = fc.oneof(
  fc.record({
    shape: shapes,
    size: fc.tuple(upTo(3), upTo(3, 2)),
    strides: fc.tuple(upTo(3), upTo(3)),
    pad: fc.constantFrom<'same' | 'valid'>('same', 'valid'),
  }),
  fc
    .tuple(shapes, upTo(3, 2), upTo(3))
    .map(([shape, n, step]): Case => ({ shape, size: [n, n], strides: [step, step], pad: 1 })),
);

describe('the gradients of pooling', () => {
  for (const name of ['maxPool', 'avgPool'] as const) {
    it(`of ${name} agree with the cpu backend over windows, strides, paddings and sizes`, async () => {
      await fc.assert(
        fc.asyncProperty(cases, async ({ shape, size, strides, pad }) => {
          await expectSameAsCpu(() => {
            const pool = (x: tf.Tensor): tf.Tensor => tf[name](x as tf.Tensor4D, size, strides, pad);
            return tf.grad((x) => pool(x).square().sum())(tensor(1, shape));
          });
        }),
        { seed: 7, numRuns: 50 },
      );
    });
  }

  it('reach windows in which every value is negative', async () => {
    const [gradient] = await on('wasm', () => {
      const x = tf.tensor4d([-4, -3, -2, -1], [1, 2, 2, 1]);
      return tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid').sum())(x);
    });
    expect(Array.from(gradient!)).toEqual([0, 0, 0, 1]);
  });

  it('go to the first of several equal maxima', async () => {
    const [gradient] = await on('wasm', () => {
      const x = tf.zeros<tf.Rank.R4>([1, 2, 2, 4]);
      return tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid').sum())(x);
    });
    expect(Array.from(gradient!)).toEqual([1, 1, 1, 1, ...Array<number>(12).fill(0)]);
  });

  it('are preceded by the right forward pass for windows of one pixel', async () => {
    await expectSameAsCpu(() => {
      const x = tensor(1, [2, 5, 5, 3]) as tf.Tensor4D;
      return [tf.maxPool(x, 1, 2, 'same'), tf.avgPool(x, 1, 3, 'valid')];
    });
  });
});
