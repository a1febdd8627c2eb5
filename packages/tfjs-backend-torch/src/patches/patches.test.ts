import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { setSeed } from '../index.js';
import { addon } from '../native/addon.js';
import { describeWithTorch, relativeError } from '../../test/support/with-torch.js';

type Body = (x: tf.SymbolicTensor) => tf.SymbolicTensor;

const SHAPE = [6, 5, 4];
const norm = (args = {}): ReturnType<typeof tf.layers.batchNormalization> =>
  tf.layers.batchNormalization({
    // Other values than at the start, so that they matter.
    gammaInitializer: tf.initializers.randomUniform({ minval: 0.5, maxval: 1.5, seed: 3 }),
    betaInitializer: tf.initializers.randomUniform({ minval: -0.5, maxval: 0.5, seed: 4 }),
    ...args,
  });
const apply = (
  layer: { apply(x: unknown): unknown },
  x: tf.SymbolicTensor | tf.SymbolicTensor[],
): tf.SymbolicTensor => layer.apply(x) as tf.SymbolicTensor;
const conv = (filters = 4, args = {}): ReturnType<typeof tf.layers.conv2d> =>
  tf.layers.conv2d({
    filters,
    kernelSize: 3,
    padding: 'same',
    useBias: false,
    kernelInitializer: tf.initializers.glorotUniform({ seed: 7 }),
    ...args,
  });
const relu = (args = {}): ReturnType<typeof tf.layers.reLU> => tf.layers.reLU(args);
const sum = (): ReturnType<typeof tf.layers.add> => tf.layers.add();

/** Networks in which batch normalisation meets the layers that it is fused with. */
const bodies: Readonly<Record<string, Body>> = {
  'batch normalisation alone': (x) => apply(norm(), x),
  'batch normalisation and ReLU': (x) => apply(relu(), apply(norm(), x)),
  'batch normalisation and ReLU6': (x) => apply(relu({ maxValue: 1 }), apply(norm(), x)),
  'a residual block': (x) => apply(relu(), apply(sum(), [apply(norm(), apply(conv(), x)), x])),
  'two normalised branches': (x) =>
    apply(
      relu(),
      apply(sum(), [apply(norm(), apply(conv(), x)), apply(norm(), apply(conv(4, { kernelSize: 1 }), x))]),
    ),
  'a normalised tensor read before and after its ReLU': (x) => {
    const y = apply(norm(), x);
    return apply(sum(), [apply(relu(), y), y]);
  },
  'a ReLU read twice': (x) => {
    const y = apply(relu(), apply(norm(), x));
    return apply(tf.layers.concatenate(), [apply(conv(), y), y]);
  },
  'a normalised tensor added to itself': (x) => {
    const y = apply(norm(), x);
    return apply(relu(), apply(sum(), [y, y]));
  },
  'normalisation of vectors': (x) => apply(relu(), apply(norm(), apply(tf.layers.flatten(), x))),
};

interface Trained {
  losses: number[];
  weights: Float32Array[];
  prediction: Float32Array;
}

async function train(backend: string, body: Body, optimizer: () => tf.Optimizer): Promise<Trained> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const inputs = tf.input({ shape: SHAPE });
  const features = body(apply(conv(), inputs));
  const pooled = features.shape.length === 2 ? features : apply(tf.layers.flatten(), features);
  const dense = tf.layers.dense({ units: 3, kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }) });
  const model = tf.model({ inputs, outputs: apply(dense, pooled) });
  const updater = optimizer();
  model.compile({
    optimizer: updater,
    loss: (y: tf.Tensor, logits: tf.Tensor) => tf.losses.softmaxCrossEntropy(y, logits),
  });
  const xs = tf.randomNormal([8, ...SHAPE], 0.3, 1, 'float32', 5);
  const ys = tf.tidy(() => tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2, 1, 1], 'int32'), 3).toFloat());
  const losses: number[] = [];
  for (let step = 0; step < 4; step++) losses.push((await model.trainOnBatch(xs, ys)) as number);
  const prediction = model.predict(xs) as tf.Tensor;
  const trained: Trained = {
    losses,
    weights: model.getWeights().map((weight) => Float32Array.from(weight.dataSync())),
    prediction: Float32Array.from(prediction.dataSync()),
  };
  tf.dispose([xs, ys, prediction]);
  model.dispose();
  updater.dispose();
  // Some optimizers of TensorFlow.js keep a number or two.
  expect(tf.memory().numTensors - before).toBeLessThanOrEqual(2);
  return trained;
}

async function compare(body: Body, optimizer: () => tf.Optimizer): Promise<void> {
  const expected = await train('cpu', body, optimizer);
  await tf.setBackend('torch');
  const before = addon().memory().bytes;
  const actual = await train('torch', body, optimizer);
  expect(addon().memory().bytes - before).toBeLessThanOrEqual(16);
  expect(relativeError(actual.losses, expected.losses)).toBeLessThan(1e-4);
  expect(relativeError(actual.prediction, expected.prediction)).toBeLessThan(1e-3);
  expected.weights.forEach((weight, i) => {
    expect(relativeError(actual.weights[i]!, weight)).toBeLessThan(1e-3);
  });
}

const momentum = (): tf.Optimizer => tf.train.momentum(0.05, 0.9);

describeWithTorch('A network trains as on the cpu backend, and leaves nothing behind:', () => {
  it.each(Object.keys(bodies))('%s', (name) => compare(bodies[name]!, momentum));
});

describeWithTorch('An optimizer updates as on the cpu backend:', () => {
  const optimizers: Readonly<Record<string, () => tf.Optimizer>> = {
    sgd: () => tf.train.sgd(0.05),
    momentum,
    'momentum of Nesterov': () => tf.train.momentum(0.05, 0.9, true),
    adam: () => tf.train.adam(0.01),
    adamax: () => tf.train.adamax(0.01),
    rmsprop: () => tf.train.rmsprop(0.01),
    adagrad: () => tf.train.adagrad(0.05),
    adadelta: () => tf.train.adadelta(0.5),
  };
  it.each(Object.keys(optimizers))('%s', (name) =>
    compare(bodies['batch normalisation and ReLU']!, optimizers[name]!),
  );

  it('leaves a tensor alone that shares its memory with a variable', () => {
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const optimizer = tf.train.sgd(1);
    const before = variable.clone();
    optimizer.applyGradients({ [variable.name]: tf.tensor1d([1, 1]) });
    optimizer.applyGradients({ [variable.name]: tf.tensor1d([1, 1]) });
    expect([...before.dataSync()]).toEqual([1, 2]);
    expect([...variable.dataSync()]).toEqual([-1, 0]);
    variable.dispose();
  });
});

describeWithTorch('The backward pass', () => {
  it('keeps what the caller holds: inputs, the value, and the gradient that was given', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const dy = tf.tensor1d([1, 1, 2]);
    const before = tf.memory().numTensors;
    const { value, grad } = tf.valueAndGrad((t: tf.Tensor) => tf.square(t))(x, dy);
    expect([...value.dataSync()]).toEqual([1, 4, 9]);
    expect([...grad.dataSync()]).toEqual([2, 4, 12]);
    expect([...dy.dataSync()]).toEqual([1, 1, 2]);
    expect([...x.dataSync()]).toEqual([1, 2, 3]);
    expect(tf.memory().numTensors).toBe(before + 2);
  });

  it('adds up the gradients of a tensor that is used several times', () => {
    const gradient = tf.grad((x: tf.Tensor) => tf.addN([tf.mul(x, x), tf.mul(x, 3), x]))(tf.scalar(2));
    expect(gradient.dataSync()[0]).toBe(8);
  });

  it('allows a gradient function to give its own argument, to two inputs at once', () => {
    const custom = tf.customGrad((a, b) => ({
      value: tf.add(a as tf.Tensor, b as tf.Tensor),
      gradFunc: (dy: tf.Tensor) => [dy, dy],
    }));
    const [da, db] = tf.grads((a, b) => tf.mul(custom(a, b), 2))([tf.scalar(1), tf.scalar(2)]);
    expect([da!.dataSync()[0], db!.dataSync()[0]]).toEqual([2, 2]);
  });

  it('gives gradients of gradients', () => {
    const second = tf.grad((x: tf.Tensor) => tf.grad((t: tf.Tensor) => tf.relu(tf.mul(tf.square(t), t)))(x))(
      tf.scalar(2),
    );
    expect(second.dataSync()[0]).toBeCloseTo(12, 5);
  });

  it('frees the tape when a gradient function throws', () => {
    const failing = tf.customGrad((x) => ({
      value: tf.square(x as tf.Tensor),
      gradFunc: () => {
        throw new Error('no gradient today');
      },
    }));
    const x = tf.tensor1d([1, 2]);
    const before = addon().memory().bytes;
    expect(() => tf.grad((t: tf.Tensor) => failing(tf.exp(t)))(x)).toThrow('no gradient today');
    // The input itself may have become native by now.
    expect(addon().memory().bytes - before).toBeLessThanOrEqual(x.size * 4);
  });
});

describeWithTorch('Dropout', () => {
  const drop = (x: tf.Tensor, training: boolean): tf.Tensor =>
    tf.layers.dropout({ rate: 0.25 }).apply(x, { training }) as tf.Tensor;

  it('drops as many values as it should, and scales the others', () => {
    const y = drop(tf.ones([200, 500]), true).dataSync();
    const kept = y.filter((value) => value !== 0);
    // Six standard deviations of a binomial distribution.
    expect(Math.abs(kept.length / y.length - 0.75)).toBeLessThan(6 * Math.sqrt((0.75 * 0.25) / y.length));
    expect(new Set(kept.map((value) => Math.round(value * 1e5)))).toEqual(new Set([133333]));
  });

  it('passes the gradient where it kept the value', () => {
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => drop(x, true))(tf.ones([50, 20]));
    expect([...grad.dataSync()]).toEqual([...value.dataSync()]);
  });

  it('gives the same numbers again for the same seed, and drops nothing in a prediction', () => {
    const draw = (): number[] => {
      setSeed(7);
      return [...drop(tf.ones([64]), true).dataSync()];
    };
    expect(draw()).toEqual(draw());
    expect([...drop(tf.ones([64]), false).dataSync()]).toEqual(new Array(64).fill(1));
  });
});

/** A layer that draws one number for all rows, as a user may write it. */
class RowDropout
  extends (
    Object.getPrototypeOf(tf.layers.dropout({ rate: 0.5 })) as {
      constructor: new (args: { rate: number }) => tf.layers.Layer;
    }
  ).constructor
{
  static className = 'RowDropout';
  getNoiseShape(x: tf.Tensor): number[] {
    return [1, ...x.shape.slice(1)];
  }
}

describeWithTorch('A layer that inherits from Dropout', () => {
  it('draws for whole channels where it is SpatialDropout1D', () => {
    const y = tf.layers.spatialDropout1d({ rate: 0.5 }).apply(tf.ones([16, 10, 8]), { training: true });
    const values = (y as tf.Tensor3D).arraySync();
    const kept = values.flatMap((rows) => rows[0]!);
    for (const rows of values) for (const row of rows) expect(row).toEqual(rows[0]);
    expect(new Set(kept)).toEqual(new Set([0, 2]));
  });

  it('draws in the shape that it says itself', () => {
    const y = new RowDropout({ rate: 0.5 }).apply(tf.ones([20, 30]), { training: true }) as tf.Tensor2D;
    const rows = y.arraySync();
    for (const row of rows) expect(row).toEqual(rows[0]);
    expect(new Set(rows[0])).toEqual(new Set([0, 2]));
  });

  it('calls its hook, while training and not', () => {
    const layer = tf.layers.dropout({ rate: 0.5 });
    const heard: unknown[] = [];
    layer.setCallHook((_inputs, kwargs) => {
      heard.push(kwargs.training);
    });
    layer.apply(tf.ones([2]), { training: true });
    layer.apply(tf.ones([2]), { training: false });
    expect(heard).toEqual([true, false]);
  });
});

describeWithTorch('An optimizer rounds alike, whoever else holds the values:', () => {
  /** A variable's values after some steps, when something is done to it before each. */
  const after = async (
    optimizer: tf.Optimizer,
    before: (variable: tf.Variable) => Promise<void>,
  ): Promise<ArrayLike<number>> => {
    await tf.setBackend('torch');
    const variable = tf.variable(tf.randomNormal([301], 0, 1, 'float32', 5));
    const factors = tf.randomNormal([301], 0, 1, 'float32', 6);
    for (let step = 0; step < 5; step++) {
      await before(variable);
      optimizer.minimize(() => tf.sum(tf.mul(tf.mul(variable, variable), factors)), false, [variable]);
    }
    return variable.data();
  };
  const optimizers: Readonly<Record<string, () => tf.Optimizer>> = {
    sgd: () => tf.train.sgd(0.03),
    momentum: () => tf.train.momentum(0.03, 0.9),
    adam: () => tf.train.adam(0.03),
  };
  it.each(Object.keys(optimizers))('%s', async (name) => {
    const make = optimizers[name]!;
    const alone = await after(make(), () => Promise.resolve());
    const restored = await after(make(), async (variable) => {
      variable.assign(tf.tensor1d(await variable.data<'float32'>()));
    });
    const copies: tf.Tensor[] = [];
    const shared = await after(make(), (variable) => {
      copies.push(variable.clone());
      return Promise.resolve();
    });
    expect(restored).toEqual(alone);
    expect(shared).toEqual(alone);
    expect(copies).toHaveLength(5);
  });
});
