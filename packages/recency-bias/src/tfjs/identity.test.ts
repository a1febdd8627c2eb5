import * as tf from '@tensorflow/tfjs';
import { encodeState } from '../core/state-codec.js';
import { describe, expect, it } from 'vitest';
import { onCpuWithoutLeaks } from '../../test/support/leaks.js';
import {
  disposeProblem,
  inputs,
  labels,
  sparseMlp,
  weightsOf,
  type Problem,
} from '../../test/support/models.js';
import { probe } from '../../test/support/selectors.js';
import { captureModel, restoreModel, type ModelState } from './state/checkpoint.js';
import { fit } from './fit.js';
import { decodeTrainingState } from './state/training-state.js';
import type { TrainingState } from './state/training-state.js';

onCpuWithoutLeaks();

/** Two layers of one shape; freezing the first changes the order of `getWeights`. */
function twins(
  seed: number,
  names: readonly [string, string] = ['base', 'head'],
  optimizer = tf.train.adam(0.01),
): Problem {
  const dense = (name: string, at: number, rest: object): tf.layers.Layer =>
    tf.layers.dense({
      units: 4,
      name,
      kernelInitializer: tf.initializers.glorotUniform({ seed: seed + at }),
      ...rest,
    });
  const model = tf.sequential({
    layers: [dense(names[0], 0, { inputShape: [4] }), dense(names[1], 1, { activation: 'softmax' })],
  });
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy' });
  return { model, xs: inputs([12, 4]), ys: labels(12, 4) };
}

function freeze({ model }: Problem, frozen: boolean): void {
  model.getLayer('base').trainable = !frozen;
  const { optimizer } = model;
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy' });
}

const kernelOf = ({ model }: Problem, layer: string): number[] =>
  Array.from(model.getLayer(layer).getWeights()[0]!.dataSync());

describe('a state of a model', () => {
  it('saved with a layer frozen is put back into the right layers with none frozen, and the other way round', async () => {
    for (const [then, now] of [
      [true, false],
      [false, true],
    ] as const) {
      const a = twins(1);
      freeze(a, then);
      await fit(a.model, a.xs, a.ys, { epochs: 2, selector: probe() });
      const state = structuredClone(await captureModel(a.model));
      const b = twins(7);
      freeze(b, now);
      restoreModel(b.model, state);
      for (const layer of ['base', 'head']) expect(kernelOf(b, layer)).toEqual(kernelOf(a, layer));
      // The optimizer's slots follow: the head's go on, the base's begin or rest.
      const history = await fit(b.model, b.xs, b.ys, { epochs: 1, selector: probe() });
      expect(history.history.loss![0]).toBeGreaterThan(0);
      disposeProblem(a);
      disposeProblem(b);
    }
  });

  it('trains on after freezing and unfreezing as if nothing had happened', async () => {
    const run = async (detour: boolean): Promise<number[][]> => {
      const a = twins(1);
      await fit(a.model, a.xs, a.ys, { epochs: 2, selector: probe() });
      if (detour) {
        const state = await captureModel(a.model);
        freeze(a, true);
        restoreModel(a.model, state);
        freeze(a, false);
        restoreModel(a.model, state);
      }
      await fit(a.model, a.xs, a.ys, { epochs: 3, initialEpoch: 2, selector: probe() });
      const weights = await weightsOf(a.model);
      disposeProblem(a);
      return weights;
    };
    expect(await run(true)).toEqual(await run(false));
  });

  it('of another network is refused by the name of the layer, and the model stays as it was', async () => {
    const a = twins(1, ['base', 'top']);
    const state = await captureModel(a.model);
    const b = twins(7);
    const before = await weightsOf(b.model);
    expect(() => {
      restoreModel(b.model, state);
    }).toThrow('holds top/kernel of shape [4, 4], which the model has not');
    expect(await weightsOf(b.model)).toEqual(before);
    disposeProblem(a);
    disposeProblem(b);
  });

  it('without names is put back by position, unless frozen layers leave open which weight is which', async () => {
    const a = twins(1);
    const { weights, optimizer } = await captureModel(a.model);
    const unnamed: ModelState = {
      weights: weights.map(({ version, dtype, shape, values }) => ({
        version,
        dtype: dtype!,
        shape: shape!,
        values: values!,
      })),
      optimizer,
    };
    const b = twins(7);
    restoreModel(b.model, unnamed);
    expect(await weightsOf(b.model)).toEqual(await weightsOf(a.model));
    freeze(b, true);
    expect(() => {
      restoreModel(b.model, unnamed);
    }).toThrow('its weight 0 may be head/kernel or base/kernel');
    disposeProblem(a);
    disposeProblem(b);
  });
});

describe('a training state', () => {
  const saved = async (): Promise<TrainingState> => {
    const problem = sparseMlp(10);
    let state: TrainingState | undefined;
    await fit(problem.model, problem.xs, problem.ys, {
      epochs: 1,
      selector: probe(),
      checkpoint: {
        save: (given) => {
          state = structuredClone(given);
        },
      },
    });
    disposeProblem(problem);
    return state!;
  };

  it('comes back from bytes without a cast', async () => {
    const state = await saved();
    expect(decodeTrainingState(encodeState(state))).toEqual(state);
  });

  it('that is none is refused by the field, and JSON by a word on encodeState', async () => {
    const state = await saved();
    expect(() => decodeTrainingState(encodeState({ version: 1 }))).toThrow('state.epoch is undefined');
    const problem = sparseMlp(10);
    const resume = JSON.parse(JSON.stringify(state)) as TrainingState;
    await expect(
      fit(problem.model, problem.xs, problem.ys, { epochs: 2, selector: probe(), resume }),
    ).rejects.toThrow('JSON keeps none: store encodeState(state)');
    disposeProblem(problem);
  });
});
