import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { on } from '../../test/support/compare.js';

/** The values of the only tensor that `f` makes on wasm. */
const valuesOf = async (f: () => tf.Tensor): Promise<number[]> => Array.from((await on('wasm', f))[0]!);

const upTo = (size: number, shape: number[]): tf.Tensor => tf.range(0, size).reshape(shape);

describe('on wasm', () => {
  it('the gradients of conv3d are right in several slices and with strides', async () => {
    const byInput = await valuesOf(() =>
      tf.grad((x) =>
        tf
          .conv3d(x as tf.Tensor5D, tf.ones([1, 1, 1, 1, 1]), 1, 'valid')
          .mul([[[[[1]]], [[[2]]]]])
          .sum(),
      )(tf.ones([1, 2, 1, 1, 1])),
    );
    expect(byInput).toEqual([1, 2]);
    const byFilter = await valuesOf(() =>
      tf.grad((w) => tf.conv3d(upTo(64, [1, 4, 4, 4, 1]) as tf.Tensor5D, w as tf.Tensor5D, 2, 'valid').sum())(
        tf.ones([2, 2, 2, 1, 1]),
      ),
    );
    expect(byFilter).toEqual([168, 176, 200, 208, 296, 304, 328, 336]);
  });

  it('the largest of negative values is negative in three axes, too', async () => {
    const x = (): tf.Tensor5D => tf.tensor5d([-2, -1], [1, 2, 1, 1, 1]);
    expect(await valuesOf(() => tf.maxPool3d(x(), [2, 1, 1], 1, 'valid'))).toEqual([-1]);
    const pooled = (t: tf.Tensor): tf.Tensor => tf.maxPool3d(t as tf.Tensor5D, [2, 1, 1], 1, 'valid').sum();
    expect(await valuesOf(() => tf.grad(pooled)(x()))).toEqual([0, 1]);
  });

  it("'same' convolutions are right where the stride is beyond the filter", async () => {
    const values = await valuesOf(() =>
      tf.conv2d(upTo(64, [1, 8, 8, 1]) as tf.Tensor4D, tf.ones([2, 1, 1, 1]), [4, 2], 'same'),
    );
    expect(values).toEqual([8, 12, 16, 20, 72, 76, 80, 84]);
  });

  it('prelu broadcasts its slopes', async () => {
    const values = await valuesOf(() =>
      tf.prelu(tf.tensor3d([5, -1, 4, -1, 3, -2], [1, 2, 3]), tf.tensor3d([0.5, -0.25], [1, 2, 1])),
    );
    expect(values).toEqual([5, -0.5, 4, 0.25, 3, 0.5]);
  });

  it('NaN survives activations, fused or not, and pooling', async () => {
    const nan = (shape: number[]): tf.Tensor => tf.fill(shape, Infinity).sub(tf.fill(shape, Infinity));
    for (const activation of ['relu', 'relu6'] as const) {
      const dense = (): tf.Tensor => tf.fused.matMul({ a: nan([2, 3]), b: tf.ones([3, 2]), activation });
      expect(await valuesOf(dense)).toEqual([NaN, NaN, NaN, NaN]);
      const convolution = (): tf.Tensor =>
        tf.fused.conv2d({
          x: nan([1, 1, 1, 2]) as tf.Tensor4D,
          filter: tf.ones([1, 1, 2, 1]),
          strides: 1,
          pad: 0,
          activation,
        });
      expect(await valuesOf(convolution)).toEqual([NaN]);
      expect(await valuesOf(() => tf[activation](nan([2])))).toEqual([NaN, NaN]);
    }
    expect(await valuesOf(() => tf.maxPool(nan([1, 2, 2, 1]) as tf.Tensor4D, 2, 2, 'valid'))).toEqual([NaN]);
    expect(await valuesOf(() => tf.avgPool(nan([1, 2, 2, 1]) as tf.Tensor4D, 2, 2, 'valid'))).toEqual([NaN]);
    expect(
      await valuesOf(() =>
        tf.depthwiseConv2d(nan([1, 1, 1, 2]) as tf.Tensor4D, tf.ones([1, 1, 2, 1]), 1, 'same'),
      ),
    ).toEqual([NaN, NaN]);
    expect(await valuesOf(() => tf.maximum(tf.tensor1d([NaN, 1]), tf.tensor1d([0, NaN])))).toEqual([
      NaN,
      NaN,
    ]);
  });

  it('where chooses among bools', async () => {
    const bool = (values: number[]): tf.Tensor => tf.tensor1d(values, 'bool');
    expect(
      await valuesOf(() => tf.where(bool([1, 0, 1, 0, 1]), bool([1, 1, 1, 1, 1]), bool([0, 0, 0, 0, 0]))),
    ).toEqual([1, 0, 1, 0, 1]);
  });

  it('integers divided by zero give what they give elsewhere, not an error', async () => {
    const int = (values: number[]): tf.Tensor => tf.tensor1d(values, 'int32');
    expect(await valuesOf(() => tf.mod(int([5, -5, 3]), int([3, 3, 0])))).toEqual([2, 1, 0]);
    expect(await valuesOf(() => tf.floorDiv(int([5, -5, 3]), int([3, 3, 0])))).toEqual([1, -2, 0]);
  });

  it('the gradient of resizing by the nearest pixel is its adjoint, in a batch and where axes have one pixel', async () => {
    for (const [height, rows] of [
      [1, 3],
      [4, 7],
      [5, 2],
    ] as const) {
      const dots = await valuesOf(() => {
        const x = upTo(2 * height * 3, [2, height, 3, 1]).cos();
        const resize = (t: tf.Tensor): tf.Tensor =>
          tf.image.resizeNearestNeighbor(t as tf.Tensor4D, [rows, 4], true);
        const dy = upTo(2 * rows * 4, [2, rows, 4, 1]).sin();
        const dx = tf.grad((t: tf.Tensor) => resize(t).mul(dy).sum())(x);
        return tf.stack([dx.mul(x).sum(), dy.mul(resize(x)).sum()]);
      });
      expect(dots[0]).toBeCloseTo(dots[1]!, 4);
    }
  });

  it('a padding for which TensorFlow.js expects an output of the wrong size is refused, by its name', async () => {
    await tf.setBackend('wasm');
    const convolve = (): tf.Tensor =>
      tf.tidy(() =>
        tf.conv2d(tf.ones<tf.Rank.R4>([1, 7, 7, 1]), tf.ones([3, 3, 1, 1]), 1, 2, 'NHWC', [2, 1]),
      );
    expect(convolve).toThrow(/Give the padding as \[\[0, 0\], \[2, 2\], \[2, 2\], \[0, 0\]\]/);
  });

  it('floor division and its remainder have the sign of the divisor, by a tensor and by a number', async () => {
    const a = [7, -7, 7, -7, 0, 6];
    const b = [3, 3, -3, -3, 3, -3];
    for (const dtype of ['float32', 'int32'] as const) {
      const [x, y, three] = [
        () => tf.tensor1d(a, dtype),
        () => tf.tensor1d(b, dtype),
        () => tf.scalar(3, dtype),
      ];
      const plain = async (f: () => tf.Tensor): Promise<number[]> => (await valuesOf(f)).map((v) => v + 0);
      expect(await plain(() => tf.floorDiv(x(), y()))).toEqual([2, -3, -3, 2, 0, -2]);
      expect(await plain(() => tf.mod(x(), y()))).toEqual([1, 2, -2, -1, 0, 0]);
      expect(await plain(() => tf.floorDiv(x(), three()))).toEqual([2, -3, 2, -3, 0, 2]);
      expect(await plain(() => tf.mod(x(), three()))).toEqual([1, 2, 1, 2, 0, 0]);
    }
  });

  it('the remainder of an integer by zero is 0', async () => {
    const x = (): tf.Tensor => tf.tensor1d([5, -5, 0], 'int32');
    expect(await valuesOf(() => tf.mod(x(), tf.zeros([3], 'int32')))).toEqual([0, 0, 0]);
    expect(await valuesOf(() => tf.mod(x(), tf.scalar(0, 'int32')))).toEqual([0, 0, 0]);
  });

  it('the gradient of resizing reaches an axis of one pixel where corners are aligned', async () => {
    const resize = (x: tf.Tensor): tf.Tensor =>
      tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [3, 2], true);
    expect(await valuesOf(() => tf.grad(resize)(tf.ones([1, 1, 2, 1])))).toEqual([3, 3]);
  });
});
