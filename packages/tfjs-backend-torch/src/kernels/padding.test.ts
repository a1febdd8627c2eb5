import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { describeWithTorch, relativeError } from '../../test/support/with-torch.js';

type Outcome = ArrayLike<number>[];

/** The value of an operation and its gradients, weighted so that no two positions count the same. */
function outcome(operation: (...xs: tf.Tensor[]) => tf.Tensor, shapes: readonly number[][]): Outcome {
  return tf.tidy(() => {
    const xs = shapes.map((shape, i) => tf.randomUniform(shape, -1, 1, 'float32', i + 1));
    const y = operation(...xs);
    const dy = tf.randomUniform(y.shape, 0.5, 1.5, 'float32', 9);
    return [y, ...tf.grads((...inputs) => operation(...inputs))(xs, dy)].map((tensor) => tensor.dataSync());
  });
}

async function compare(operation: (...xs: tf.Tensor[]) => tf.Tensor, ...shapes: number[][]): Promise<void> {
  const actual = outcome(operation, shapes);
  await tf.setBackend('cpu');
  outcome(operation, shapes).forEach((expected, i) => {
    expect(relativeError(actual[i]!, expected)).toBeLessThan(1e-5);
  });
}

const sizes = [4, 5, 8, 9];
const windows = [
  [1, 2],
  [1, 3],
  [2, 3],
  [2, 5],
] as const;
const cases = sizes.flatMap((size) => windows.map(([kernel, stride]) => ({ size, kernel, stride })));
const volume = (size: number): number[] => [2, size, size + 1, 6, 2];

describeWithTorch(
  'Padding `same` leaves values out where the stride is larger than the kernel, as on cpu:',
  () => {
    it.each(cases)('conv3d of $size, kernel $kernel, stride $stride', ({ size, kernel, stride }) =>
      compare((x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, stride, 'same'), volume(size), [
        kernel,
        kernel,
        kernel,
        2,
        3,
      ]),
    );
    it.each(cases)('maxPool3d of $size, window $kernel, stride $stride', ({ size, kernel, stride }) =>
      compare((x) => tf.maxPool3d(x as tf.Tensor5D, kernel, stride, 'same'), volume(size)),
    );
    it.each(cases)('avgPool3d of $size, window $kernel, stride $stride', ({ size, kernel, stride }) =>
      compare((x) => tf.avgPool3d(x as tf.Tensor5D, kernel, stride, 'same'), volume(size)),
    );
  },
);

describeWithTorch('Negative padding leaves values out, as on cpu:', () => {
  const paddings = {
    'of columns': [
      [0, 0],
      [0, 0],
      [-1, 1],
      [0, 0],
    ],
    'of rows and columns': [
      [0, 0],
      [-1, -1],
      [2, -1],
      [0, 0],
    ],
    'of both ends alike': [
      [0, 0],
      [-1, -1],
      [-1, -1],
      [0, 0],
    ],
  } as unknown as Record<string, [[number, number], [number, number], [number, number], [number, number]]>;
  it.each(Object.keys(paddings))('%s', async (name) => {
    const pad = paddings[name]!;
    const shape = [2, 7, 8, 3];
    await compare((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, pad), shape, [2, 2, 3, 4]);
    await tf.setBackend('torch');
    await compare(
      (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, pad),
      shape,
      [2, 2, 3, 2],
    );
    await tf.setBackend('torch');
    await compare((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, pad), shape);
  });
});
