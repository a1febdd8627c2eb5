// Type-checked under moduleResolution node16 and bundler against the packed declarations.
import * as tf from '@tensorflow/tfjs';
import {
  createSelector,
  importanceSampling,
  recencyBias,
  rhoLoss,
  withSmoothing,
  mostUncertain,
  type Selector,
  type SelectorFactory,
} from 'recency-bias';
import { livePanel, type LiveUpdate } from 'recency-bias/live';
import { selectorContract, type ContractCase } from 'recency-bias/testing';
import { decodeTrainingState, fit, type RandomAccessDataset } from 'recency-bias/tfjs';
import { registerWasmTraining } from 'tfjs-wasm-training';

registerWasmTraining();
const factory: SelectorFactory = createSelector('recency-bias', { window: 5 });
const selector: Selector = factory({ size: 10, classes: 2, epochs: 20, seed: 1 });
const uncertainty: Float64Array = recencyBias()({ size: 10, classes: 2, epochs: 20, seed: 1 }).uncertainty();
const mixed: SelectorFactory<'gradNormBound'> = withSmoothing(importanceSampling(), { uniformShare: 0.1 });
const cases: ContractCase[] = selectorContract({ factory: mixed, epochSize: null, carriesScores: true });
const dataset: RandomAccessDataset = {
  size: 10,
  classes: 2,
  batch: (indices) => ({ xs: tf.zeros([indices.length, 4]), ys: tf.zeros([indices.length]) }),
};
export async function train(model: tf.LayersModel): Promise<tf.History> {
  return fit(model, dataset, { selector: recencyBias({ window: 5, warmupEpochs: 5 }), epochs: 20 });
}
/** A panel, other callbacks, a live selector and a saved state need no cast. */
export async function show(
  model: tf.LayersModel,
  xs: tf.Tensor,
  ys: tf.Tensor,
  saved: Uint8Array,
): Promise<number> {
  const panel = livePanel(document.body, {
    classNames: ['a', 'b'],
    onRelabel: (index, label) => [index, label],
  });
  let first: number | undefined;
  await fit(model, xs, ys, {
    selector: recencyBias(),
    epochs: 20,
    ...panel.hooks,
    callbacks: [{ onBatchEnd: () => undefined }, panel.callbacks],
    resume: decodeTrainingState(saved),
  });
  await fit(model, xs, ys, {
    selector: recencyBias(),
    epochs: 20,
    onSelector: (live) => {
      first = mostUncertain(live, 3)[0]?.window[0];
    },
  });
  const update: LiveUpdate = {
    epoch: 1,
    step: 1,
    trainedSamples: 1,
    epochs: [],
    uncertain: [],
    hasEnded: true,
  };
  panel.show(update);
  return first ?? 0;
}
// @ts-expect-error an unknown option is a compile-time error too
recencyBias({ windows: 5 });
// @ts-expect-error irreducible losses are required
rhoLoss({ candidates: 3 });
export { cases, selector, uncertainty };
