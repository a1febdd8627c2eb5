/** Grey 8x8 images of horizontal (0) or vertical (1) stripes with a little deterministic noise. */
export function stripes(tf, size) {
  const pixels = new Float32Array(size * 64);
  const labels = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    labels[i] = i % 2;
    for (let p = 0; p < 64; p++) {
      const line = (i % 2 === 0 ? p >> 3 : p & 7) + (i % 3);
      pixels[i * 64 + p] = (line & 1) + 0.3 * Math.sin(i * 64 + p);
    }
  }
  return { xs: tf.tensor4d(pixels, [size, 8, 8, 1]), ys: tf.tensor1d(labels) };
}

/** A small batch-normalised CNN, compiled. */
export function stripesModel(tf) {
  const kernelInitializer = tf.initializers.heNormal({ seed: 1 });
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [8, 8, 1],
        filters: 4,
        kernelSize: 3,
        padding: 'same',
        kernelInitializer,
      }),
      tf.layers.batchNormalization(),
      tf.layers.activation({ activation: 'relu' }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 2, activation: 'softmax', kernelInitializer }),
    ],
  });
  model.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss: 'sparseCategoricalCrossentropy' });
  return model;
}
