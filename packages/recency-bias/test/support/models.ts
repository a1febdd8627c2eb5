/** Models and data for tests of the trainer; everything is seeded. */
import * as tf from '@tensorflow/tfjs';

/** A model to train and data to train it on. */
export interface Problem {
  readonly model: tf.LayersModel;
  readonly xs: tf.Tensor | tf.Tensor[];
  readonly ys: tf.Tensor | tf.Tensor[];
}

const init = (seed: number): ReturnType<typeof tf.initializers.glorotUniform> =>
  tf.initializers.glorotUniform({ seed });

/** Labels 0..classes-1 as float32, as users have them. */
export function labels(size: number, classes: number): tf.Tensor1D {
  return tf.tensor1d(Array.from({ length: size }, (_, i) => (i * 7 + ((i * i) % 5)) % classes));
}

export function inputs(shape: number[], seed = 1): tf.Tensor {
  return tf.randomNormal(shape, 0, 1, 'float32', seed);
}

/** Softmax over integer labels, Adam. */
export function sparseMlp(size = 50): Problem {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 12, activation: 'relu', inputShape: [6], kernelInitializer: init(1) }),
      tf.layers.dense({ units: 3, activation: 'softmax', kernelInitializer: init(2) }),
    ],
  });
  model.compile({
    optimizer: tf.train.adam(0.01),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return { model, xs: inputs([size, 6]), ys: labels(size, 3) };
}

/** Convolution, batch normalisation, an L2 penalty, momentum, one-hot labels. */
export function oneHotCnn(size = 40): Problem {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        filters: 4,
        kernelSize: 3,
        inputShape: [6, 6, 1],
        useBias: false,
        kernelInitializer: init(3),
        kernelRegularizer: tf.regularizers.l2({ l2: 0.01 }),
      }),
      tf.layers.batchNormalization(),
      tf.layers.activation({ activation: 'relu' }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 4, activation: 'softmax', kernelInitializer: init(4) }),
    ],
  });
  model.compile({
    optimizer: tf.train.momentum(0.05, 0.9),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const ys = tf.tidy(() => tf.oneHot(labels(size, 4).toInt(), 4).toFloat());
  return { model, xs: inputs([size, 6, 6, 1]), ys };
}

/** One sigmoid unit, Nesterov momentum. */
export function binaryMlp(size = 50): Problem {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 8, activation: 'tanh', inputShape: [5], kernelInitializer: init(5) }),
      tf.layers.dense({ units: 1, activation: 'sigmoid', kernelInitializer: init(6) }),
    ],
  });
  model.compile({
    optimizer: tf.train.momentum(0.1, 0.9, true),
    loss: 'binaryCrossentropy',
    metrics: ['accuracy'],
  });
  return { model, xs: inputs([size, 5]), ys: tf.tidy(() => labels(size, 2).reshape([size, 1])) };
}

/** Regression with a loss function of one's own, SGD. */
export function customRegression(size = 50): Problem {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 8, activation: 'tanh', inputShape: [4], kernelInitializer: init(7) }),
      tf.layers.dense({ units: 2, activation: 'elu', kernelInitializer: init(8) }),
    ],
  });
  const loss = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor =>
    tf.tidy(() => tf.mean(tf.squaredDifference(yTrue, yPred), -1));
  model.compile({ optimizer: tf.train.sgd(0.05), loss, metrics: ['mse'] });
  return { model, xs: inputs([size, 4]), ys: inputs([size, 2], 2) };
}

/** Two inputs (one a map in use), two outputs: classes and a number. */
export function twoInTwoOut(size = 45): Problem {
  const a = tf.input({ shape: [4], name: 'a' });
  const b = tf.input({ shape: [3], name: 'b' });
  const joined = tf.layers
    .concatenate()
    .apply([
      tf.layers
        .dense({ units: 5, activation: 'relu', kernelInitializer: init(9) })
        .apply(a) as tf.SymbolicTensor,
      tf.layers
        .dense({ units: 5, activation: 'relu', kernelInitializer: init(10) })
        .apply(b) as tf.SymbolicTensor,
    ]) as tf.SymbolicTensor;
  const kind = tf.layers
    .dense({ units: 3, activation: 'softmax', name: 'kind', kernelInitializer: init(11) })
    .apply(joined) as tf.SymbolicTensor;
  const amount = tf.layers
    .dense({ units: 1, name: 'amount', kernelInitializer: init(12) })
    .apply(joined) as tf.SymbolicTensor;
  const model = tf.model({ inputs: [a, b], outputs: [kind, amount] });
  model.compile({
    optimizer: tf.train.rmsprop(0.01),
    loss: { kind: 'sparseCategoricalCrossentropy', amount: 'meanSquaredError' },
    metrics: { kind: 'accuracy' },
  });
  return {
    model,
    xs: [inputs([size, 4]), inputs([size, 3], 2)],
    ys: [labels(size, 3), inputs([size, 1], 3)],
  };
}

/** A softmax over each of five time steps: a loss of rank 2. */
export function sequenceModel(size = 30): Problem {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 3, activation: 'softmax', inputShape: [5, 4], kernelInitializer: init(13) }),
    ],
  });
  model.compile({ optimizer: tf.train.adagrad(0.1), loss: 'categoricalCrossentropy' });
  const ys = tf.tidy(() =>
    tf
      .oneHot(labels(size * 5, 3).toInt(), 3)
      .toFloat()
      .reshape([size, 5, 3]),
  );
  return { model, xs: inputs([size, 5, 4]), ys };
}

/** Values of all weights of a model. */
export async function weightsOf(model: tf.LayersModel): Promise<number[][]> {
  return Promise.all(model.getWeights().map(async (tensor) => Array.from(await tensor.data())));
}

/** Frees a problem, its optimizer included. */
export function disposeProblem({ model, xs, ys }: Problem): void {
  const { optimizer } = model;
  model.dispose();
  optimizer.dispose();
  // MomentumOptimizer.dispose of TensorFlow.js 4.22 forgets the learning rate's tensor.
  (optimizer as unknown as { c?: tf.Tensor }).c?.dispose();
  tf.dispose([xs, ys]);
}
