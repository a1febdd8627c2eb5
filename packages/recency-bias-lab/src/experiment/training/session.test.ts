import * as tf from '@tensorflow/tfjs';
import { decodeState, encodeState, uniform } from 'recency-bias';
import type { TrainingState } from 'recency-bias/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallExperiment } from '../../../test/support/small-experiment.js';
import { optimizerNames } from '../document/schema.js';
import { TrainingSession } from './session.js';

async function openSession(optimizer: string): Promise<TrainingSession> {
  return TrainingSession.open({ ...(await smallExperiment({ optimizer })), seed: 1 });
}

interface Trained {
  readonly weights: Float32Array[];
  readonly states: TrainingState[];
}

async function train(optimizer: string, resume?: TrainingState): Promise<Trained> {
  const session = await openSession(optimizer);
  const states: TrainingState[] = [];
  const { stopped, time } = await session.train({
    selector: uniform(),
    timeBefore: { seconds: 100, processorSeconds: 100 },
    saveEverySeconds: 0,
    stop: new AbortController().signal,
    save: (state) => {
      states.push(decodeState(encodeState(state)) as TrainingState);
      return Promise.resolve();
    },
    ...(resume !== undefined && { resume }),
  });
  expect(stopped).toBe(false);
  expect(time.seconds).toBeGreaterThan(100);
  const weights = session.model.getWeights().map((weight) => weight.dataSync() as Float32Array);
  session.dispose();
  return { weights, states };
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('a training session', () => {
  it.each(optimizerNames)(
    'trains with %s under a changing rate, and goes on from any save to the same weights',
    async (optimizer) => {
      const whole = await train(optimizer);
      expect(whole.weights.every((weight) => weight.every(Number.isFinite))).toBe(true);
      for (const at of [1, 4, 6]) {
        const { weights } = await train(optimizer, whole.states[at]);
        expect(weights).toEqual(whole.weights);
      }
    },
  );

  it('saves and says that it was stopped when it is told to', async () => {
    const session = await openSession('sgd');
    const stop = new AbortController();
    const saved: number[] = [];
    stop.abort();
    const { stopped } = await session.train({
      selector: uniform(),
      epochs: 200,
      stop: stop.signal,
      save: ({ epoch }) => {
        saved.push(epoch);
        return Promise.resolve();
      },
    });
    expect(stopped).toBe(true);
    expect(saved.at(-1)).toBeLessThan(200);
  });
});
