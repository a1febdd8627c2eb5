/** Selectors with states that were changed at random: each is refused, or draws valid batches. */
import { Random } from '../../src/core/random.js';
import type { SelectorFactory, StateDict, StateValue, TrainingRun } from '../../src/core/selector.js';
import { decodeState, encodeState } from '../../src/core/state-codec.js';
import { alternate } from '../../src/selectors/alternate.js';
import { infoBatch } from '../../src/selectors/info-batch.js';
import { recencyBias } from '../../src/selectors/recency-bias.js';
import { selectiveBackprop } from '../../src/selectors/selective-backprop.js';
import { withSmoothing } from '../../src/selectors/with-smoothing.js';
import { withWarmup } from '../../src/selectors/with-warmup.js';
import { ToyTrainer } from '../../src/testing/toy-trainer.js';
import { factoryOf, variants } from './variants.js';

const RUN: TrainingRun = { size: 23, classes: 3, epochs: 8, seed: 4 };
const BATCH = 5;

/** Selectors by what they are called. */
export const subjects: [string, SelectorFactory][] = [
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

/** The outcomes of mutated states. */
export interface MutantCounts {
  readonly refused: number;
  readonly accepted: number;
  /** Errors of other kinds than documented, and states that were accepted and gave what no batch is, with what they were. */
  readonly faults: readonly string[];
}

/** Tries mutated states of a selector. @param seed of the mutations */
export async function tryMutants(
  [title, factory]: (typeof subjects)[number],
  mutants: number,
  seed = 17,
): Promise<MutantCounts> {
  const random = new Random(seed).split(title);
  let accepted = 0;
  let refused = 0;
  const faults: string[] = [];
  const positions = [0, 2, 3, 4, 5, 6].map((epoch) => [epoch, random.int(5)] as const);
  const trained = await Promise.all(
    positions.map(async ([epoch, steps]) =>
      epoch === 0 ? new ToyTrainer(factory, RUN) : stateAt(factory, epoch, steps),
    ),
  );
  const saved = trained.map(({ selector }) => encodeState(selector.stateDict()));
  for (let n = 0; n < mutants; n++) {
    const at = random.int(saved.length);
    const state = decodeState(saved[at]!);
    mutate(state, decodeState(pick(saved, random)), random);
    const mutant = new ToyTrainer(factory, RUN, trained[at]!.model.copy());
    const written = encodeState(state);
    const what = (fault: string): string => `mutant ${n}: ${fault}; ${[...written].join()}`;
    try {
      mutant.selector.loadStateDict(state);
    } catch (error) {
      refused++;
      if (!(error instanceof RangeError || error instanceof TypeError)) faults.push(what(String(error)));
      continue;
    }
    accepted++;
    const { number: epoch } = state.epoch as { number?: number };
    if (epoch === 0) mutant.selector.beginEpoch(1);
    const fault = await faultOf(mutant, Math.max(1, Math.min(7, Number(epoch)))).catch(String);
    if (fault !== undefined) faults.push(what(fault));
  }
  return { refused, accepted, faults };
}
