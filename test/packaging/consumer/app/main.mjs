// The code of a user in the browser: train on the backend named in the address, then show the losses.
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';
import 'tfjs-wasm-training';
import wasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { recencyBias } from 'recency-bias';
import { fit } from 'recency-bias/tfjs';
import { stripes, stripesModel } from './stripes.mjs';

setWasmPaths({
  'tfjs-backend-wasm.wasm': wasm,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': threaded,
});

async function train(backend) {
  if (!(await tf.setBackend(backend))) throw new Error(`backend ${backend} did not start`);
  await tf.ready();
  const { xs, ys } = stripes(tf, 96);
  const model = stripesModel(tf);
  const before = tf.memory().numTensors;
  let uncertainty;
  const { history } = await fit(model, xs, ys, {
    selector: recencyBias({ window: 2, warmupEpochs: 2 }),
    epochs: 6,
    batchSize: 32,
    onSelector: (selector) => (uncertainty = () => selector.uncertainty()),
  });
  // The momentum optimizer keeps one accumulator a trainable weight.
  const leaked = tf.memory().numTensors - before - model.trainableWeights.length;
  return { backend: tf.getBackend(), loss: history.loss, leaked, uncertainty: Array.from(uncertainty()) };
}

const backend = new URLSearchParams(location.search).get('backend') ?? 'wasm';
train(backend).then(
  (result) => (document.body.textContent = JSON.stringify(result)),
  (error) => (document.body.textContent = JSON.stringify({ error: String(error) })),
);
