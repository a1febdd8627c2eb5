import type { SelectorFactory, StateDict, TrainingRun } from '../core/selector.js';
import { decodeState, encodeState } from '../core/state-codec.js';
import { SIGNAL_NAMES } from '../core/signals.js';
import { agree, ensure, rejects, same, throws } from './assertions.js';
import { ToyTrainer, badObservations } from './toy-trainer.js';

/** One promise of the contract. */
export interface ContractCase {
  /** A sentence of the specification. */
  readonly title: string;
  /** Resolves when the selector keeps the promise, rejects with an Error that says how it does not. */
  readonly run: () => Promise<void>;
}

/** The subject of `selectorContract`. */
export interface ContractSubject {
  /** Makes the selector under test; its warm-up, if any, must fit a run of 8 epochs. */
  readonly factory: SelectorFactory;
  /**
   * Number of samples that an epoch of a run of `size` samples trains, where it is not `size`; null when the method cannot
   * know.
   */
  readonly epochSize?: ((size: number) => number) | null;
  /** Whether what the method learns while selecting, by the scorer, counts in later epochs. Default false. */
  readonly carriesScores?: boolean;
}

const RUN: TrainingRun = { size: 97, classes: 5, epochs: 8, seed: 20 };
const BATCH = 16;

/**
 * The promises of every selector to every trainer, as cases for any test runner:
 *
 * ```ts
 * for (const { title, run } of selectorContract({ factory: mySelector() })) it(title, run);
 * ```
 */
export function selectorContract({
  factory,
  epochSize = (size) => size,
  carriesScores = false,
}: ContractSubject): ContractCase[] {
  const cases: ContractCase[] = [];
  const promise = (title: string, run: () => void | Promise<void>): void => {
    cases.push({ title, run: async () => run() });
  };

  promise('has a name and asks for known signals', () => {
    const { name, signals } = factory(RUN);
    ensure(name.length > 0, 'name is empty');
    const known: readonly string[] = SIGNAL_NAMES;
    for (const signal of signals) ensure(known.includes(signal), `unknown signal ${signal}`);
  });

  promise('gives valid indices, distinct within a batch, at most as many as asked for', async () => {
    for (const size of [1, 2, 7, 97]) {
      for (const batchSize of [1, 2, 16, size, size + 5]) {
        const trainer = new ToyTrainer(factory, { ...RUN, size });
        for (let epoch = 1; epoch <= 4; epoch++) {
          for (const { indices } of await trainer.epoch(epoch, batchSize)) {
            ensure(
              indices.length > 0 && indices.length <= batchSize,
              `a batch has ${indices.length} samples`,
            );
            ensure(new Set(indices).size === indices.length, `a batch repeats a sample: ${indices.join()}`);
            ensure(
              indices.every((i) => i >= 0 && i < size),
              `an index is outside: ${indices.join()}`,
            );
          }
        }
      }
    }
  });

  if (epochSize !== null) {
    promise('trains the promised number of samples an epoch, in full batches but for the last', async () => {
      const trainer = new ToyTrainer(factory, RUN);
      for (let epoch = 1; epoch <= RUN.epochs; epoch++) {
        const sizes = (await trainer.epoch(epoch, BATCH)).map(({ indices }) => indices.length);
        const total = sizes.reduce((sum, size) => sum + size, 0);
        ensure(total === epochSize(RUN.size), `epoch ${epoch} trains ${total} samples`);
        ensure(
          sizes.slice(0, -1).every((size) => size === BATCH),
          `batches of ${sizes.join()}`,
        );
      }
    });
  }

  promise('answers null again after the end of an epoch', async () => {
    const trainer = new ToyTrainer(factory, RUN);
    for (const epoch of [1, 2, 6]) {
      await trainer.epoch(epoch, BATCH);
      ensure((await trainer.select(BATCH)) === null, `epoch ${epoch} goes on after its end`);
    }
  });

  promise('gives positive finite weights, one a sample, or none', async () => {
    const trainer = new ToyTrainer(factory, RUN);
    for (let epoch = 1; epoch <= RUN.epochs; epoch++) {
      for (const { indices, weights } of await trainer.epoch(epoch, BATCH)) {
        if (weights === undefined) continue;
        ensure(weights.length === indices.length, `${weights.length} weights for ${indices.length} samples`);
        ensure(
          weights.every((w) => Number.isFinite(w) && w > 0),
          `weights ${weights.join()}`,
        );
      }
    }
  });

  promise('gives the same batches for the same seed, whatever was drawn from others', async () => {
    const first = await new ToyTrainer(factory, RUN).epochs(RUN.epochs, BATCH);
    const again = await new ToyTrainer(factory, RUN).epochs(RUN.epochs, BATCH);
    same(first, again, 'two runs of one seed differ');
  });

  promise(
    'continues identically after stopping anywhere, saving, and loading into a fresh selector',
    async () => {
      for (const [epoch, steps] of [
        [1, 0],
        [1, 3],
        [3, 0],
        [3, 2],
        [5, 6],
        [8, 1],
      ] as const) {
        const trainer = new ToyTrainer(factory, RUN);
        await trainer.epochs(epoch - 1, BATCH);
        trainer.selector.beginEpoch(epoch);
        for (let step = 0; step < steps; step++) await trainer.step(BATCH);
        const saved = encodeState(trainer.selector.stateDict());
        const resumed = new ToyTrainer(factory, RUN, trainer.model.copy());
        resumed.selector.loadStateDict(decodeState(saved));
        const at = `stopped in epoch ${epoch} after ${steps} batches`;
        same(await trainer.finish(BATCH), await resumed.finish(BATCH), at);
        for (let next = epoch + 1; next <= RUN.epochs; next++) {
          same(await trainer.epoch(next, BATCH), await resumed.epoch(next, BATCH), `${at}, epoch ${next}`);
        }
      }
    },
  );

  promise('is not changed by saving, and a saved state is not changed by training on', async () => {
    const plain = new ToyTrainer(factory, RUN);
    const saving = new ToyTrainer(factory, RUN);
    for (let epoch = 1; epoch <= RUN.epochs; epoch++) {
      const state = saving.selector.stateDict();
      const bytes = encodeState(state);
      same(await plain.epoch(epoch, BATCH), await saving.epoch(epoch, BATCH), 'saving changes the batches');
      ensure(encodeState(state).join() === bytes.join(), 'a saved state changes with its selector');
    }
  });

  promise('refuses the state of a run of another size, and stays as it was', async () => {
    const other = new ToyTrainer(factory, { ...RUN, size: RUN.size + 1 });
    await other.epochs(2, BATCH);
    other.selector.beginEpoch(3);
    await other.step(BATCH);
    const trainer = new ToyTrainer(factory, RUN);
    const control = new ToyTrainer(factory, RUN);
    await trainer.epochs(3, BATCH);
    await control.epochs(3, BATCH);
    throws(() => {
      trainer.selector.loadStateDict(other.selector.stateDict());
    }, 'loads a state of another size');
    throws(() => {
      trainer.selector.loadStateDict({ version: 999 });
    }, 'loads a state of version 999');
    same(await control.epoch(4, BATCH), await trainer.epoch(4, BATCH), 'a refused state changes the batches');
  });

  promise('refuses a state that lacks a field, and stays as it was', async () => {
    for (const epoch of [1, 5]) {
      const trainer = new ToyTrainer(factory, RUN);
      const control = new ToyTrainer(factory, RUN);
      for (const each of [trainer, control]) {
        await each.epochs(epoch - 1, BATCH);
        each.selector.beginEpoch(epoch);
        await each.step(BATCH);
      }
      const state = trainer.selector.stateDict();
      for (const [field, value] of Object.entries(state)) {
        if (value === null) continue;
        throws(() => {
          const rest = Object.entries(state).filter(([other]) => other !== field);
          trainer.selector.loadStateDict(Object.fromEntries(rest) as StateDict);
        }, `loads a state without ${field}`);
      }
      same(await control.finish(BATCH), await trainer.finish(BATCH), 'a refused state changes the batches');
    }
  });

  promise('takes observations late, before the first epoch, and of samples that were not drawn', async () => {
    const trainer = new ToyTrainer(factory, RUN);
    trainer.observe(Int32Array.of(3, 5, 3));
    const late: Int32Array[] = [];
    for (let epoch = 1; epoch <= RUN.epochs; epoch++) {
      trainer.selector.beginEpoch(epoch);
      for (let batch = await trainer.select(BATCH); batch !== null; batch = await trainer.select(BATCH)) {
        late.push(batch.indices.slice());
        if (late.length > 3) trainer.observe(late.shift()!);
        trainer.observe(Int32Array.of(epoch));
      }
    }
    trainer.observe(new Int32Array(0));
  });

  promise('can start at any epoch, having observed only, as forks of a shared warm-up do', async () => {
    const drawn = new ToyTrainer(factory, RUN);
    const begun = new ToyTrainer(factory, RUN);
    const fresh = new ToyTrainer(factory, RUN);
    for (let epoch = 1; epoch <= 4; epoch++) {
      drawn.selector.beginEpoch(epoch);
      begun.selector.beginEpoch(epoch);
      for (let n = 0; n < 3; n++) await drawn.select(BATCH);
      const indices = Int32Array.from({ length: RUN.size }, (_, i) => i);
      for (const trainer of [drawn, begun, fresh]) trainer.observe(indices);
    }
    const expected = await fresh.epoch(5, BATCH);
    same(await begun.epoch(5, BATCH), expected, 'the epochs begun before change the batches');
    if (carriesScores) return;
    same(await drawn.epoch(5, BATCH), expected, 'the batches drawn before change the batches');
  });

  promise('refuses bad observations without learning anything from them', async () => {
    const trainer = new ToyTrainer(factory, RUN);
    const control = new ToyTrainer(factory, RUN);
    await trainer.epochs(3, BATCH);
    await control.epochs(3, BATCH);
    for (const bad of badObservations(trainer.selector.signals, RUN)) {
      throws(() => {
        trainer.selector.observe(bad.observation);
      }, `takes an observation with ${bad.what}`);
    }
    for (let epoch = 4; epoch <= RUN.epochs; epoch++) {
      same(await trainer.epoch(epoch, BATCH), await control.epoch(epoch, BATCH), 'a bad observation counted');
    }
  });

  promise('refuses batch sizes and epochs that make no sense', async () => {
    const trainer = new ToyTrainer(factory, RUN);
    await rejects(() => trainer.select(BATCH), 'selects before the first epoch');
    for (const epoch of [0, -1, 1.5, NaN, RUN.epochs + 1]) {
      throws(() => {
        trainer.selector.beginEpoch(epoch);
      }, `begins epoch ${epoch}`);
    }
    trainer.selector.beginEpoch(1);
    for (const size of [0, -1, 2.5, NaN])
      await rejects(() => trainer.select(size), `selects ${size} samples`);
  });

  promise('refuses runs that make no sense', () => {
    for (const part of [{ size: 0 }, { size: 1.5 }, { epochs: 0 }, { seed: -1 }, { classes: -1 }]) {
      throws(
        () => {
          factory({ ...RUN, ...part });
        },
        `takes a run with ${JSON.stringify(part)}`,
      );
    }
  });

  promise(
    'says the distribution of its draws: it sums to 1 and the drawn frequencies agree with it',
    async () => {
      const run = { ...RUN, size: 24, seed: 5 };
      for (const epoch of [1, 4, 7]) {
        const trainer = new ToyTrainer(factory, run);
        for (let n = 0; n < 6; n++) trainer.observe(Int32Array.from({ length: run.size }, (_, i) => i));
        const counts = new Float64Array(run.size);
        let probabilities: Float64Array | undefined;
        for (let repeat = 0; repeat < 150; repeat++) {
          // Another seed, the same histories: the distribution is the same, the draws are new.
          const fork = new ToyTrainer(factory, { ...run, seed: repeat }, trainer.model.copy(), trainer.log);
          fork.selector.beginEpoch(epoch);
          for (let batch = await fork.select(1); batch !== null; batch = await fork.select(1)) {
            counts[batch.indices[0]!]!++;
            // After the first batch: a method that measures before it draws knows its distribution only then.
            probabilities ??= fork.selector.probabilities?.();
            if (probabilities === undefined) return;
          }
        }
        const sum = probabilities!.reduce((total, p) => total + p, 0);
        ensure(Math.abs(sum - 1) < 1e-9, `the probabilities of epoch ${epoch} sum to ${sum}`);
        agree(counts, probabilities!, `epoch ${epoch}`);
      }
    },
  );

  return cases;
}
