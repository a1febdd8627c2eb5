import { describe, expect, it } from 'vitest';
import { subjects, tryMutants } from '../../test/support/mutated-states.js';
import type { StateDict } from '../core/selector.js';
import { activeBias } from './active-bias.js';
import { onlineBatch } from './online-batch.js';
import { recencyBias } from './recency-bias.js';
import { withWarmup } from './with-warmup.js';

/** Mutated states tried of each selector; `npm run torture` tries many more. */
const MUTANTS = 100;

describe('a mutated state', () => {
  it.each(subjects)('of %s is refused with a reason, or gives valid batches', async (...subject) => {
    const { refused, accepted, faults } = await tryMutants(subject, MUTANTS);
    expect(faults).toEqual([]);
    expect(refused).toBeGreaterThan(MUTANTS / 4);
    expect(accepted).toBeGreaterThan(0);
  });
});

describe('a state', () => {
  const run = { size: 23, classes: 3, epochs: 20, seed: 4 };

  it('of another selector is named', () => {
    const state = onlineBatch()(run).stateDict();
    expect(() => {
      recencyBias()(run).loadStateDict(state);
    }).toThrow("state.selector is 'online-batch', but here it is 'recency-bias'");
    const wrapped = withWarmup(recencyBias({ warmupEpochs: 0 }), { epochs: 2 })(run).stateDict();
    expect(() => {
      recencyBias()(run).loadStateDict(wrapped);
    }).toThrow("state.selector is 'withWarmup', but here it is 'recency-bias'");
  });

  it('that went through JSON is told of encodeState', () => {
    for (const factory of [recencyBias(), activeBias(), onlineBatch()]) {
      const state = JSON.parse(JSON.stringify(factory(run).stateDict())) as StateDict;
      expect(() => {
        factory(run).loadStateDict(state);
      }).toThrow('save a state with encodeState and read it with decodeState');
    }
  });

  it('whose moments no probabilities have is refused', () => {
    const selector = activeBias({ warmupEpochs: 0 })(run);
    const state = structuredClone(selector.stateDict()) as unknown as {
      moments: { count: Uint32Array; squares: Float64Array };
    };
    state.moments.count[3] = 2;
    state.moments.squares[3] = 1e300;
    expect(() => {
      selector.loadStateDict(state as unknown as StateDict);
    }).toThrow('no 2 values from 0 to 1 have them');
  });
});
