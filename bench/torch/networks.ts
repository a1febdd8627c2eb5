import * as tf from '@tensorflow/tfjs';

/** A network to be measured, the same as in networks.py. */
export interface Network {
  readonly batch: number;
  readonly size: number;
  build(): tf.LayersModel;
}

type Tensor = tf.SymbolicTensor;

const conv = (x: Tensor, filters: number, kernelSize: number, strides = 1): Tensor =>
  tf.layers.conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false }).apply(x) as Tensor;
const depthwise = (x: Tensor, strides: number): Tensor =>
  tf.layers.depthwiseConv2d({ kernelSize: 3, strides, padding: 'same', useBias: false }).apply(x) as Tensor;
const norm = (x: Tensor): Tensor => tf.layers.batchNormalization().apply(x) as Tensor;
const relu = (x: Tensor): Tensor => tf.layers.reLU().apply(x) as Tensor;
const relu6 = (x: Tensor): Tensor => tf.layers.reLU({ maxValue: 6 }).apply(x) as Tensor;
const add = (a: Tensor, b: Tensor): Tensor => tf.layers.add().apply([a, b]) as Tensor;
const channelsOf = (x: Tensor): number => x.shape.at(-1)!;

function model(size: number, body: (x: Tensor) => Tensor): tf.LayersModel {
  const inputs = tf.input({ shape: [size, size, 3] });
  const pooled = tf.layers.globalAveragePooling2d({}).apply(body(inputs));
  return tf.model({ inputs, outputs: tf.layers.dense({ units: 10 }).apply(pooled) as Tensor });
}

/** Blocks of a convolution, normalisation, ReLU and a pooling by half. */
const smallCnn: Network = {
  batch: 128,
  size: 32,
  build: () =>
    model(32, (image) =>
      [16, 32, 64, 64].reduce(
        (x, filters) =>
          tf.layers.maxPooling2d({ poolSize: 2 }).apply(relu(norm(conv(x, filters, 3)))) as Tensor,
        image,
      ),
    ),
};

/** He et al., 2016 (arXiv 1512.03385), section 4.2, n = 3; the shortcuts that change the shape are convolutions. */
const resnet20: Network = {
  batch: 128,
  size: 32,
  build: () =>
    model(32, (image) => {
      let x = relu(norm(conv(image, 16, 3)));
      for (const [filters, stride] of [
        [16, 1],
        [32, 2],
        [64, 2],
      ] as const) {
        for (let block = 0; block < 3; block++) {
          const strides = block === 0 ? stride : 1;
          const y = norm(conv(relu(norm(conv(x, filters, 3, strides))), filters, 3));
          const same = strides === 1 && channelsOf(x) === filters;
          x = relu(add(y, same ? x : norm(conv(x, filters, 1, strides))));
        }
      }
      return x;
    }),
};

/** Huang et al., 2017 (arXiv 1608.06993), depth 25, growth 12, without bottlenecks. */
const densenet25: Network = {
  batch: 128,
  size: 32,
  build: () =>
    model(32, (image) => {
      let x = conv(image, 16, 3);
      for (let block = 0; block < 3; block++) {
        for (let layer = 0; layer < 7; layer++) {
          x = tf.layers.concatenate().apply([x, conv(relu(norm(x)), 12, 3)]) as Tensor;
        }
        if (block === 2) break;
        x = conv(relu(norm(x)), channelsOf(x), 1);
        x = tf.layers.averagePooling2d({ poolSize: 2 }).apply(x) as Tensor;
      }
      return relu(norm(x));
    }),
};

/** Sandler et al., 2018 (arXiv 1801.04381), table 2, at a width of 0.35. */
const mobilenetV2: Network = {
  batch: 32,
  size: 96,
  build: () =>
    model(96, (image) => {
      const width = (filters: number): number => {
        const scaled = filters * 0.35;
        const rounded = Math.max(8, Math.floor((scaled + 4) / 8) * 8);
        return rounded < 0.9 * scaled ? rounded + 8 : rounded;
      };
      let x = relu6(norm(conv(image, width(32), 3, 2)));
      for (const [expansion, filters, count, stride] of [
        [1, 16, 1, 1],
        [6, 24, 2, 2],
        [6, 32, 3, 2],
        [6, 64, 4, 2],
        [6, 96, 3, 1],
        [6, 160, 3, 2],
        [6, 320, 1, 1],
      ] as const) {
        for (let block = 0; block < count; block++) {
          const strides = block === 0 ? stride : 1;
          const wide = expansion === 1 ? x : relu6(norm(conv(x, channelsOf(x) * expansion, 1)));
          const y = norm(conv(relu6(norm(depthwise(wide, strides))), width(filters), 1));
          x = strides === 1 && channelsOf(x) === width(filters) ? add(x, y) : y;
        }
      }
      return relu6(norm(conv(x, 1280, 1)));
    }),
};

/** The networks by the names that networks.py has, too. */
export const networks: Readonly<Record<string, Network>> = {
  'small-cnn': smallCnn,
  'resnet-20': resnet20,
  'densenet-25-12': densenet25,
  'mobilenet-v2': mobilenetV2,
};
