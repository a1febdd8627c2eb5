import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectSameAsCpu, on, tensor } from '../../test/support/compare.js';

const gradsOf = (f: (...xs: tf.Tensor[]) => tf.Tensor, ...xs: tf.Tensor[]): tf.Tensor[] =>
  tf.grads((...args: tf.Tensor[]) =>
    f(...args)
      .square()
      .sum(),
  )(xs);

describe('sums and means', () => {
  const shapes: [number[], number | number[] | undefined][] = [
    [
      [7, 5, 3, 6],
      [0, 1, 2],
    ],
    [
      [7, 5, 3, 6],
      [1, 2],
    ],
    [
      [7, 5, 3, 6],
      [0, 2],
    ],
    [[7, 5, 3, 6], 3],
    [[700, 33], 0],
    [
      [3, 1, 900],
      [1, 2],
    ],
    [[1000, 1], 0],
    [[40], undefined],
    [[1, 1], undefined],
  ];
  for (const [shape, axis] of shapes) {
    it(`of [${shape.join(', ')}] over ${String(axis)} agree with the cpu backend, and so do their gradients`, async () => {
      await expectSameAsCpu(() => {
        const x = tensor(1, shape);
        return [
          tf.sum(x, axis),
          tf.mean(x, axis, true),
          ...gradsOf((x) => tf.sum(x, axis), x),
          ...gradsOf((x) => tf.mean(x, axis), x),
        ];
      });
    });
  }

  it('of millions of values keep their digits', async () => {
    const [total] = await on('wasm', () => tf.fill([3_000_001], 0.1).sum());
    expect(Math.abs(total![0]! / (3_000_001 * Math.fround(0.1)) - 1)).toBeLessThan(1e-5);
  });

  it('of nothing are zero and undefined', async () => {
    const [total, mean] = await on('wasm', () => [tf.zeros([0, 3]).sum(0), tf.zeros([0, 3]).mean(0)]);
    expect(Array.from(total!)).toEqual([0, 0, 0]);
    expect(Array.from(mean!)).toEqual([NaN, NaN, NaN]);
  });

  it('of integers stay integers', async () => {
    await expectSameAsCpu(() => tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3], 'int32').sum(0));
  });
});

describe('batch normalisation', () => {
  for (const shape of [
    [2, 5, 4, 3],
    [600, 9],
    [3, 2, 2, 32],
    [1, 1],
  ]) {
    it(`of [${shape.join(', ')}] agrees with the cpu backend, and so do its gradients`, async () => {
      await expectSameAsCpu(() => {
        const channels = [shape.at(-1)!];
        const variance = tensor(3, channels).abs().add(0.1);
        const f = (
          x: tf.Tensor,
          mean: tf.Tensor,
          v: tf.Tensor,
          offset: tf.Tensor,
          scale: tf.Tensor,
        ): tf.Tensor => tf.batchNorm(x, mean, v, offset, scale);
        const inputs = [
          tensor(1, shape),
          tensor(2, channels),
          variance,
          tensor(4, channels),
          tensor(5, channels),
        ];
        return [
          f(...(inputs as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor])),
          ...gradsOf(f, ...inputs),
        ];
      }, 1e-4);
    });
  }

  it('needs neither offset nor scale', async () => {
    await expectSameAsCpu(() => {
      const x = tensor(1, [4, 3, 3, 6]);
      return tf.batchNorm(x, tensor(2, [6]), tensor(3, [6]).abs().add(0.1));
    });
  });

  it('takes statistics of every value, too', async () => {
    await expectSameAsCpu(() => {
      const x = tensor(1, [2, 3, 2, 4]) as tf.Tensor4D;
      const variance = tensor(3, x.shape).abs().add<tf.Tensor4D>(0.1);
      return tf.batchNorm(x, tensor(2, x.shape) as tf.Tensor4D, variance);
    });
  });
});

describe('elementwise gradients', () => {
  for (const size of [1, 4, 7, 1000]) {
    it(`of relu and square agree with the cpu backend on ${size} values`, async () => {
      await expectSameAsCpu(() => [
        ...gradsOf(tf.relu, tensor(1, [size])),
        ...gradsOf(tf.square, tensor(2, [size])),
      ]);
    });
  }
});

describe('unsorted segment sums', () => {
  it('are the gradient of a gather along any axis', async () => {
    await expectSameAsCpu(() => {
      const indices = tf.tensor1d([0, 3, 3, 1], 'int32');
      const x = tensor(1, [4, 5, 4]);
      return [0, 1, 2].flatMap((axis) => gradsOf((x) => tf.gather(x, indices, axis), x));
    });
  });

  it('leave out rows of a negative id', async () => {
    const [sums] = await on('wasm', () =>
      tf.unsortedSegmentSum(tf.tensor1d([1, 2, 4]), tf.tensor1d([-1, 0, 0], 'int32'), 2),
    );
    expect(Array.from(sums!)).toEqual([6, 0]);
  });
});

describe('einsum', () => {
  for (const [equation, ...shapes] of [
    ['ij,jk->ik', [3, 4], [4, 5]],
    ['bij,bkj->bki', [2, 3, 4], [2, 5, 4]],
    ['abcd,cde->abe', [2, 3, 4, 5], [4, 5, 6]],
    ['ijk->ki', [2, 3, 4]],
    ['i,i->', [5], [5]],
    ['aecd,abcd->acbe', [2, 3, 4, 5], [2, 6, 4, 5]],
  ] as [string, ...number[][]][]) {
    it(`computes ${equation}`, async () => {
      await expectSameAsCpu(() => {
        const operands = shapes.map((shape, i) => tensor(i, shape));
        return tf.einsum(equation, ...operands);
      });
    });
  }

  it('sums over what one operand has alone', async () => {
    const [actual, expected] = await on('wasm', () => {
      const a = tensor(1, [2, 3]);
      const b = tensor(2, [4, 5]);
      return [tf.einsum('ij,kl->jl', a, b), tf.outerProduct(a.sum(0), b.sum(0))];
    });
    for (const [i, value] of expected!.entries()) expect(actual![i]).toBeCloseTo(value, 5);
  });
});

describe('identity and cast', () => {
  it('share the data of what they are given', async () => {
    await tf.setBackend('wasm');
    const x = tensor(1, [1000]);
    const data = tf.engine().backend.numDataIds();
    const copy = x.clone();
    expect(tf.engine().backend.numDataIds()).toBe(data);
    x.dispose();
    expect(copy.dataSync()).toHaveLength(1000);
    copy.dispose();
  });

  it('make true of everything but zero', async () => {
    await expectSameAsCpu(() => tf.tensor1d([0, 0.5, -1, 2, 256, NaN]).cast('bool'));
  });

  it('make integers of numbers by dropping the fraction', async () => {
    await expectSameAsCpu(() => tf.tensor1d([0.9, -0.9, 255.5, -3]).cast('int32'));
  });
});

describe('clipping', () => {
  it('lets NaN through', async () => {
    const [clipped] = await on('wasm', () => tf.tensor1d([NaN, -2, 0.5, 2]).clipByValue(0, 1));
    expect(Array.from(clipped!)).toEqual([NaN, 0, 0.5, 1]);
  });
});

describe('fused layers', () => {
  it('take a bias for all channels', async () => {
    await expectSameAsCpu(() =>
      tf.fused.conv2d({
        x: tensor(1, [1, 4, 4, 2]) as tf.Tensor4D,
        filter: tensor(2, [2, 2, 2, 3]) as tf.Tensor4D,
        strides: 1,
        pad: 'same',
        bias: tf.scalar(0.5),
        activation: 'relu',
      }),
    );
  });
});

describe('integer matrix products', () => {
  it('agree with the cpu backend', async () => {
    await expectSameAsCpu(() => {
      const a = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3], 'int32');
      return [tf.matMul(a, a, false, true), tf.matMul(a, a, true, false)];
    });
  });
});
