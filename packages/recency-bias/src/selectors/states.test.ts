import { describe, expect, it } from 'vitest';
import { factoryOf, variants } from '../../test/helpers/variants.js';
import { Random } from '../core/random.js';
import type { SelectorFactory, StateDict, StateValue, TrainingRun } from '../core/selector.js';
import { decodeState, encodeState } from '../core/state-codec.js';
import { ToyTrainer } from '../testing/toy-trainer.js';
import { activeBias } from './active-bias.js';
import { alternate } from './alternate.js';
import { infoBatch } from './info-batch.js';
import { onlineBatch } from './online-batch.js';
import { recencyBias } from './recency-bias.js';
import { selectiveBackprop } from './selective-backprop.js';
import { withSmoothing } from './with-smoothing.js';
import { withWarmup } from './with-warmup.js';

const RUN: TrainingRun = { size: 23, classes: 3, epochs: 8, seed: 4 };
const BATCH = 5;

/** Mutated states tried of each subject; RECENCY_BIAS_STATES asks for more. */
const MUTANTS = Number(process.env.RECENCY_BIAS_STATES ?? 100);

const subjects: [string, SelectorFactory][] = [
  ...Object.entries(variants).flatMap(([name, list]) =>
    list.map((options): [string, SelectorFactory] => {
      const { settings, factory } = factoryOf(name, options);
      return [`${name} ${JSON.stringify(settings)}`, factory];
    }),
  ),
  ['alternate(recencyBias)', alternate(recencyBias({ warmupEpochs: 2 }), { every: 2 })],
  ['withWarmup(selectiveBackprop)', withWarmup(selectiveBackprop({ warmupEpochs: 1 }), { epochs: 2 })],
  ['withSmoothing(infoBatch)', withSmoothing(infoBatch(), { uniformShare: 0.4 })],
];

const NUMBERS = [NaN, Infinity, -Infinity, -1, 0, 1, 2, 3, 7, 22, 23, 24, 1e300, 1e-300, 4294967295, 0.5];

interface Leaf {
  readonly parent: Record<string, StateValue>;
  readonly key: string;
}

/** All places of a state, nested states included. */
function leavesOf(state: StateDict): Leaf[] {
  const parent = state as unknown as Record<string, StateValue>;
  return Object.entries(parent).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !Array.isArray(value)
      ? [{ parent, key }, ...leavesOf(value as StateDict)]
      : [{ parent, key }],
  );
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[random.int(list.length)]!;
}

/** Changes a state in one to three places: values, lengths, types, or parts of another state of the same selector. */
function mutate(state: StateDict, other: StateDict, random: Random): void {
  for (let n = random.int(3); n >= 0; n--) {
    const { parent, key } = pick(leavesOf(state), random);
    const value = parent[key]!;
    if (ArrayBuffer.isView(value) && value.length > 0 && random.float() < 0.7) {
      for (let m = random.int(3); m >= 0; m--) {
        const at = random.int(value.length);
        (value as Float64Array)[at] =
          random.float() < 0.5 ? pick(NUMBERS, random) : value[random.int(value.length)]!;
      }
    } else if (random.float() < 0.3) {
      const donor = leavesOf(other).filter((leaf) => leaf.key === key);
      if (donor.length > 0) parent[key] = structuredClone(donor[0]!.parent[key]!);
    } else if (typeof value === 'boolean') parent[key] = !value;
    else if (ArrayBuffer.isView(value)) parent[key] = value.slice(random.int(value.length + 1));
    else parent[key] = pick<StateValue>([...NUMBERS, null, true, 'x', new Int32Array(3)], random);
  }
}

async function stateAt(factory: SelectorFactory, epoch: number, steps: number): Promise<ToyTrainer> {
  const trainer = new ToyTrainer(factory, RUN);
  await trainer.epochs(epoch - 1, BATCH);
  trainer.selector.beginEpoch(epoch);
  for (let step = 0; step < steps; step++) await trainer.step(BATCH);
  return trainer;
}

/** Trains the rest of the epoch and the next one; says what is wrong with a batch. */
async function faultOf(trainer: ToyTrainer, epoch: number): Promise<string | undefined> {
  for (const next of [epoch, epoch + 1]) {
    const batches = next === epoch ? await trainer.finish(BATCH) : await trainer.epoch(next, BATCH);
    for (const { indices, weights } of batches) {
      if (indices.some((index) => index < 0 || index >= RUN.size)) return `indices ${indices.join()}`;
      if (new Set(indices).size !== indices.length) return `a sample twice: ${indices.join()}`;
      if (weights?.every((weight) => weight > 0 && weight < Infinity) === false)
        return `weights ${weights.join()}`;
    }
  }
  return undefined;
}

describe('a mutated state', () => {
  it.each(subjects)('of %s is refused with a reason, or gives valid batches', async (title, factory) => {
    const random = new Random(17).split(title);
    let accepted = 0;
    let refused = 0;
    const positions = [0, 2, 3, 4, 5, 6].map((epoch) => [epoch, random.int(5)] as const);
    const trained = await Promise.all(
      positions.map(async ([epoch, steps]) =>
        epoch === 0 ? new ToyTrainer(factory, RUN) : stateAt(factory, epoch, steps),
      ),
    );
    const saved = trained.map(({ selector }) => encodeState(selector.stateDict()));
    for (let n = 0; n < MUTANTS; n++) {
      const at = random.int(saved.length);
      const state = decodeState(saved[at]!);
      mutate(state, decodeState(pick(saved, random)), random);
      const mutant = new ToyTrainer(factory, RUN, trained[at]!.model.copy());
      const written = encodeState(state);
      try {
        mutant.selector.loadStateDict(state);
      } catch (error) {
        refused++;
        expect(error instanceof RangeError || error instanceof TypeError, String(error)).toBe(true);
        continue;
      }
      accepted++;
      const { number: epoch } = state.epoch as { number?: number };
      if (epoch === 0) mutant.selector.beginEpoch(1);
      const fault = await faultOf(mutant, Math.max(1, Math.min(7, Number(epoch))));
      expect(fault, `mutant ${n}: ${[...written].join()}`).toBeUndefined();
    }
    expect(refused).toBeGreaterThan(MUTANTS / 4);
    expect(accepted).toBeGreaterThan(0);
  });
});

describe('a state', () => {
  const run = { ...RUN, epochs: 20 };

  it('of another selector is named', () => {
    const state = onlineBatch()(run).stateDict();
    expect(() => {
      recencyBias()(run).loadStateDict(state);
    }).toThrow("The state is the state of 'online-batch', not 'recency-bias'");
    const wrapped = withWarmup(recencyBias({ warmupEpochs: 0 }), { epochs: 2 })(run).stateDict();
    expect(() => {
      recencyBias()(run).loadStateDict(wrapped);
    }).toThrow("The state is the state of 'withWarmup', not 'recency-bias'");
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
