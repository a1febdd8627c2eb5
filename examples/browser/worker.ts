/** Trains beside the page, which stays free; saves as it goes, and goes on from the saved state. */
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import wasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { encodeState, recencyBias } from 'recency-bias';
import { liveFeed } from 'recency-bias/live';
import { decodeTrainingState, fit } from 'recency-bias/tfjs';
import 'tfjs-wasm-training'; // the gradients of convolutions, which the wasm backend lacks
import type { Backend, News, Order } from './messages.js';
import { data, network } from './network.js';
import { forgetSaved, readSaved, writeSaved } from './saved-state.js';
import { labelOf } from './stripes.js';

const SIZE = 512;
const EPOCHS = 40;

setWasmPaths({
  'tfjs-backend-wasm.wasm': wasm,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': threaded,
});
// Threads, which an isolated page would get, do not survive a bundler that minifies.
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);

const tell = (news: News): void => {
  postMessage(news);
};

let isStopping = false;

async function train(backend: Backend): Promise<void> {
  isStopping = false;
  if (!(await tf.setBackend(backend)))
    throw new Error(`The backend ${backend} does not work in this browser.`);
  const saved = await readSaved();
  const resume = saved && decodeTrainingState(saved);
  if (resume?.epoch === EPOCHS) {
    tell({ kind: 'ended', epochs: EPOCHS, of: EPOCHS, loss: null });
    return;
  }
  const { xs, ys } = data(SIZE);
  const model = network();
  tell({ kind: 'begun', afterEpoch: resume?.epoch ?? 0 });
  const feed = liveFeed({
    send: (update) => {
      tell({ kind: 'update', update });
    },
    labels: Array.from({ length: SIZE }, (_, index) => labelOf(index)),
  });
  const stopper = {
    onBatchEnd: () => {
      if (isStopping) model.stopTraining = true;
    },
  };
  const { history, epoch } = await fit(model, xs, ys, {
    epochs: EPOCHS,
    batchSize: 32,
    seed: 1,
    selector: recencyBias(),
    ...feed.hooks,
    callbacks: [feed.callbacks, stopper],
    // Between steps the worker hears the page at least so often, in milliseconds.
    yieldEvery: 50,
    checkpoint: { everySeconds: 2, save: (state) => writeSaved(encodeState(state)) },
    ...(resume && { resume }),
  });
  tf.dispose([xs, ys]);
  model.dispose();
  const loss = history.loss?.at(-1);
  tell({
    kind: 'ended',
    epochs: (epoch.at(-1) ?? (resume?.epoch ?? 0) - 1) + 1,
    of: EPOCHS,
    loss: typeof loss === 'number' ? loss : null,
  });
}

addEventListener('message', ({ data: order }: MessageEvent<Order>) => {
  if (order.kind === 'stop') {
    isStopping = true;
    return;
  }
  const work =
    order.kind === 'train'
      ? train(order.backend)
      : forgetSaved().then(() => {
          tell({ kind: 'forgotten' });
        });
  work.catch((error: unknown) => {
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  });
});
