// A network of your own: a function that returns a tf.LayersModel. It ends in logits, one a class, without softmax.
// Give every initializer the seed, so that runs can be repeated, and every kernel the weight decay.
export default function myModel({ tf, imageShape, classes, options, seed, weightDecay }) {
  const { channels = 8, units = 32 } = options;
  const seeded = (n) => tf.initializers.heNormal({ seed: seed + n });
  const decay = () => (weightDecay > 0 ? tf.regularizers.l2({ l2: weightDecay / 2 }) : undefined);
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: imageShape,
        filters: channels,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: seeded(0),
        kernelRegularizer: decay(),
      }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({
        units,
        activation: 'relu',
        kernelInitializer: seeded(1),
        kernelRegularizer: decay(),
      }),
      tf.layers.dense({ units: classes, kernelInitializer: seeded(2), kernelRegularizer: decay() }),
    ],
  });
}
