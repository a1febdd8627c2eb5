import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { addon } from '../native/addon.js';
import { describeWithTorch, relativeError } from '../../test/support/with-torch.js';

type Shapes = readonly (readonly number[])[];
type Operation = (...xs: tf.Tensor[]) => tf.Tensor;

const image = [2, 7, 6, 3];
// TensorFlow.js's own gradients of resizing are wrong for images of other shapes, and for several images.
const square = [1, 6, 6, 3];
const four = (x: tf.Tensor): tf.Tensor4D => x as tf.Tensor4D;
const five = (x: tf.Tensor): tf.Tensor5D => x as tf.Tensor5D;

/** Operations with their inputs' shapes. All are differentiated by all inputs. */
const differentiable: Readonly<Record<string, [Operation, ...Shapes]>> = {
  'add with broadcasting': [(a, b) => tf.add(a, b), [3, 4], [4]],
  'a number minus a tensor': [(a) => tf.sub(2, a), [3, 4]],
  'multiply with broadcasting': [(a, b) => tf.mul(a, b), [2, 1, 4], [3, 1]],
  divide: [(a, b) => tf.div(a, tf.add(b, 3)), [3, 4], [3, 4]],
  power: [(a, b) => tf.pow(tf.add(tf.abs(a), 0.5), b), [5], [5]],
  maximum: [(a, b) => tf.maximum(a, b), [4, 3], [4, 3]],
  'squared difference': [(a, b) => tf.squaredDifference(a, b), [4], [4]],
  exp: [(a) => tf.exp(a), [9]],
  log: [(a) => tf.log(tf.add(tf.square(a), 0.1)), [9]],
  sigmoid: [(a) => tf.sigmoid(a), [9]],
  tanh: [(a) => tf.tanh(a), [9]],
  relu: [(a) => tf.relu(a), [3, 9]],
  relu6: [(a) => tf.relu6(tf.mul(a, 5)), [3, 9]],
  elu: [(a) => tf.elu(a), [9]],
  selu: [(a) => tf.selu(a), [9]],
  'leaky relu': [(a) => tf.leakyRelu(a, 0.1), [9]],
  prelu: [(a, b) => tf.prelu(a, b), [3, 4], [4]],
  softplus: [(a) => tf.softplus(a), [9]],
  'clip by value': [(a) => tf.clipByValue(a, -0.4, 0.3), [20]],
  softmax: [(a) => tf.softmax(a), [3, 5]],
  'log softmax': [(a) => tf.logSoftmax(a), [3, 5]],
  'sum of some axes': [(a) => tf.sum(a, [0, 2]), [2, 3, 4]],
  'mean, axes kept': [(a) => tf.mean(a, [1], true), [2, 3, 4]],
  max: [(a) => tf.max(a, 1), [3, 5]],
  product: [(a) => tf.prod(a, 0), [3, 2]],
  'cumulative sum, reversed and exclusive': [(a) => tf.cumsum(a, 1, true, true), [2, 5]],
  'matrix product': [(a, b) => tf.matMul(a, b), [3, 4], [4, 2]],
  'batched product of transposed matrices': [(a, b) => tf.matMul(a, b, true, true), [2, 4, 3], [2, 5, 4]],
  transpose: [(a) => tf.transpose(a, [2, 0, 1]), [2, 3, 4]],
  slice: [(a) => tf.slice(a, [1, 0], [2, 3]), [4, 4]],
  concat: [(a, b) => tf.concat([a, b], 1), [2, 3], [2, 2]],
  stack: [(a, b) => tf.stack([a, b], 1), [2, 3], [2, 3]],
  tile: [(a) => tf.tile(a, [2, 3]), [2, 2]],
  pad: [
    (a) =>
      tf.pad(
        a,
        [
          [1, 0],
          [0, 2],
        ],
        0.5,
      ),
    [2, 3],
  ],
  'mirror pad': [
    (a) =>
      tf.mirrorPad(
        a,
        [
          [1, 1],
          [1, 0],
        ],
        'reflect',
      ),
    [3, 3],
  ],
  reverse: [(a) => tf.reverse(a, 0), [4, 2]],
  gather: [(a) => tf.gather(a, tf.tensor1d([2, 0, 2], 'int32'), 1), [2, 3, 2]],
  where: [(a, b) => tf.where(tf.tensor2d([[true], [false], [true]]), a, b), [3, 4], [3, 4]],
  'convolution, padding same': [(x, w) => tf.conv2d(four(x), four(w), 1, 'same'), image, [3, 3, 3, 4]],
  'convolution, uneven padding': [(x, w) => tf.conv2d(four(x), four(w), 2, 'same'), image, [2, 3, 3, 4]],
  'convolution, explicit padding': [
    (x, w) =>
      tf.conv2d(four(x), four(w), 1, [
        [0, 0],
        [1, 0],
        [0, 2],
        [0, 0],
      ]),
    image,
    [2, 3, 3, 4],
  ],
  'convolution with a bias and ReLU': [
    (x, w, b) =>
      tf.fused.conv2d({
        x: four(x),
        filter: four(w),
        strides: 1,
        pad: 'valid',
        bias: b,
        activation: 'linear',
      }),
    image,
    [3, 3, 3, 4],
    [4],
  ],
  'transposed convolution': [
    (x, w) => tf.conv2dTranspose(four(x), four(w), [2, 8, 6, 5], 2, 'same'),
    [2, 4, 3, 3],
    [3, 3, 5, 3],
  ],
  'depthwise convolution': [(x, w) => tf.depthwiseConv2d(four(x), four(w), 2, 'same'), image, [3, 3, 3, 2]],
  'separable convolution': [
    (x, d, p) => tf.separableConv2d(four(x), four(d), four(p), 1, 'valid'),
    image,
    [3, 3, 3, 1],
    [1, 1, 3, 4],
  ],
  'convolution of volumes': [
    (x, w) => tf.conv3d(five(x), five(w), 1, 'same'),
    [1, 4, 4, 3, 2],
    [2, 3, 2, 2, 3],
  ],
  'max pooling': [(x) => tf.maxPool(four(x), 2, 2, 'valid'), image],
  'max pooling, windows that leave the last row out': [
    (x) => tf.maxPool(four(x), [3, 2], [3, 2], 'valid'),
    image,
  ],
  'max pooling, windows that reach beyond the image': [(x) => tf.maxPool(four(x), 4, 4, 'same'), image],
  'max pooling, explicit padding': [(x) => tf.maxPool(four(x), 3, 3, 1, 'floor'), image],
  'max pooling, padding larger than a window': [
    (x) =>
      tf.maxPool(four(x), 2, 2, [
        [0, 0],
        [1, 4],
        [0, 2],
        [0, 0],
      ]),
    image,
  ],
  'max pooling, uneven padding': [(x) => tf.maxPool(four(x), 3, 2, 'same'), image],
  'average pooling': [(x) => tf.avgPool(four(x), 2, 2, 'valid'), image],
  'average pooling, padding same': [(x) => tf.avgPool(four(x), 3, 2, 'same'), image],
  'max pooling of volumes': [(x) => tf.maxPool3d(five(x), 2, 2, 'valid'), [1, 4, 4, 4, 2]],
  'average pooling of volumes': [(x) => tf.avgPool3d(five(x), 2, 2, 'valid'), [1, 4, 4, 4, 2]],
  'batch normalisation by given moments': [
    (x, mean, variance, offset, scale) =>
      tf.batchNorm(
        four(x),
        mean as tf.Tensor1D,
        tf.add(tf.square(variance), 0.5),
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
      ),
    image,
    [3],
    [3],
    [3],
    [3],
  ],
  'local response normalisation': [(x) => tf.localResponseNormalization(four(x), 1), image],
  'resize bilinear': [(x) => tf.image.resizeBilinear(four(x), [5, 9]), square],
  'resize bilinear, corners aligned': [(x) => tf.image.resizeBilinear(four(x), [5, 9], true), square],
  'resize to the nearest': [(x) => tf.image.resizeNearestNeighbor(four(x), [14, 12]), square],
  'softmax cross-entropy': [(a) => tf.losses.softmaxCrossEntropy(tf.oneHot([1, 0, 2], 4), a), [3, 4]],
};

/** Operations that are not differentiated. */
const plain: Readonly<Record<string, [Operation, ...Shapes]>> = {
  'comparison of a row with a matrix': [(a, b) => tf.greaterEqual(a, b), [3, 4], [4]],
  'logic of booleans': [(a, b) => tf.logicalAnd(tf.greater(a, 0), tf.logicalNot(tf.less(b, 0))), [6], [6]],
  'one-hot': [(a) => tf.oneHot(tf.cast(tf.mul(a, 4), 'int32'), 5, 2, -1), [7]],
  'floor division of integers': [
    (a, b) => tf.floorDiv(tf.cast(tf.mul(a, 9), 'int32'), tf.cast(tf.mul(b, 9), 'int32')),
    [9],
    [9],
  ],
  'remainder of integers': [
    (a, b) => tf.mod(tf.cast(tf.mul(a, 90), 'int32'), tf.cast(tf.add(tf.mul(b, 9), 20), 'int32')),
    [9],
    [9],
  ],
  'argmax and argmin': [(a) => tf.stack([tf.argMax(a, 1), tf.argMin(a, 1)]), [3, 5]],
  'the largest values in order': [(a) => tf.topk(a, 3).values, [3, 5]],
  'strided slice': [(a) => tf.stridedSlice(a, [3, 0], [0, 4], [-1, 2]), [4, 5]],
  'bincount, which runs in JavaScript': [
    (a) => tf.bincount(tf.cast<tf.Tensor1D>(tf.abs(tf.mul(a, 5)), 'int32'), [], 6),
    [12],
  ],
  'complex numbers, which run in JavaScript': [
    (a, b) => tf.real(tf.mul(tf.complex(a, b), tf.complex(b, a))),
    [4],
    [4],
  ],
  'crop and resize, which runs in JavaScript': [
    (x) => tf.image.cropAndResize(four(x), [[0, 0, 0.5, 0.5]], [0], [3, 3]),
    image,
  ],
};

interface Outcome {
  shape: number[];
  dtype: string;
  arrays: Float32Array[];
}

/** The value and, weighted so that no two positions count the same, the gradients. */
async function outcome(
  backend: string,
  [operation, ...shapes]: [Operation, ...Shapes],
  gradients: boolean,
): Promise<Outcome> {
  await tf.setBackend(backend);
  return tf.tidy(() => {
    const xs = shapes.map((shape, i) => tf.randomUniform([...shape], -1, 1, 'float32', i + 1));
    const y = operation(...xs);
    const arrays = [Float32Array.from(y.dataSync())];
    if (gradients) {
      const weights = tf.randomUniform(y.shape, 0.5, 1.5, 'float32', 9);
      for (const gradient of tf.grads((...inputs) => operation(...inputs))(xs, weights)) {
        arrays.push(Float32Array.from(gradient.dataSync()));
      }
    }
    return { shape: y.shape, dtype: y.dtype, arrays };
  });
}

async function compare(each: [Operation, ...Shapes], gradients: boolean): Promise<void> {
  const expected = await outcome('cpu', each, gradients);
  const before = addon().memory();
  const actual = await outcome('torch', each, gradients);
  const after = addon().memory();
  expect(actual.shape).toEqual(expected.shape);
  expect(actual.dtype).toBe(expected.dtype);
  expected.arrays.forEach((array, i) => {
    expect(relativeError(actual.arrays[i]!, array)).toBeLessThan(1e-4);
  });
  expect({ tensors: after.tensors, bytes: after.bytes }).toEqual({
    tensors: before.tensors,
    bytes: before.bytes,
  });
}

describeWithTorch("A kernel agrees with TensorFlow.js's in value and gradients, and leaks nothing:", () => {
  it.each(Object.keys(differentiable))('%s', (name) => compare(differentiable[name]!, true));
});

describeWithTorch("A kernel agrees with TensorFlow.js's in value, and leaks nothing:", () => {
  it.each(Object.keys(plain))('%s', (name) => compare(plain[name]!, false));
});

describeWithTorch('An integer is 0', () => {
  it('where it is made of NaN or of an infinity', () => {
    const integers = tf.cast(tf.add(tf.tensor1d([NaN, Infinity, -Infinity, 2.7, -2.7]), 0), 'int32');
    expect([...integers.dataSync()]).toEqual([0, 0, 0, 2, -2]);
    expect([...tf.fill([2], NaN, 'int32').dataSync()]).toEqual([0, 0]);
  });
});
