// Plain Node ESM with TensorFlow.js: one changed line against model.fit, on cpu and on wasm.
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import 'tfjs-wasm-training';
import { recencyBias } from 'recency-bias';
import { fit } from 'recency-bias/tfjs';
import { stripes, stripesModel } from './app/stripes.mjs';

const losses = {};
for (const backend of ['cpu', 'wasm']) {
  await tf.setBackend(backend);
  await tf.ready();
  const { xs, ys } = stripes(tf, 96);
  const model = stripesModel(tf);
  const { history } = await fit(model, xs, ys, {
    selector: recencyBias({ window: 2, warmupEpochs: 2 }),
    epochs: 6,
    batchSize: 32,
  });
  losses[backend] = history.loss;
}
console.log(JSON.stringify(losses));
