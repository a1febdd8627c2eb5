import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { disposeProblem, sparseMlp, weightsOf, type Problem } from '../../test/support/models.js';
import { probe } from '../../test/support/selectors.js';
import { fit } from './fit.js';
import type { FitArgs } from './types.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

type Train = (problem: Problem, args: Omit<FitArgs, 'selector'>) => Promise<tf.History>;

const ours: Train = ({ model, xs, ys }, args) => fit(model, xs, ys, { ...args, selector: probe() });
const theirs: Train = ({ model, xs, ys }, args) =>
  model.fit(xs, ys, { ...args, shuffle: false } as tf.ModelFitArgs);

/** The result of `train` on a fresh problem, and the number of tensors that it left behind. */
async function outcome<T>(
  train: Train,
  args: (problem: Problem) => Omit<FitArgs, 'selector'>,
  more: () => T,
): Promise<{ history: unknown; epochs: number[]; weights: number[][]; more: T }> {
  const tensors = tf.memory().numTensors;
  const problem = sparseMlp(20);
  const history = await train(problem, args(problem));
  const weights = await weightsOf(problem.model);
  disposeProblem(problem);
  expect(tf.memory().numTensors).toBe(tensors);
  return { history: history.history, epochs: history.epoch, weights, more: more() };
}

/** `ModelLoggingVerbosity.SILENT`, an enum that TensorFlow.js does not export. */
const SILENT = 0 as unknown as NonNullable<tf.ModelFitArgs['verbose']>;

const common = { epochs: 3, batchSize: 8, validationSplit: 0.25, yieldEvery: 'never' as const };

/** All hooks, written down with their logs. */
function recorder(events: unknown[]): tf.CustomCallbackArgs {
  const note =
    (name: string) =>
    (...rest: unknown[]): void => {
      events.push([name, ...structuredClone<unknown[]>(rest)]);
    };
  return {
    onTrainBegin: note('train begin'),
    onTrainEnd: note('train end'),
    onEpochBegin: note('epoch begin'),
    onEpochEnd: note('epoch end'),
    onBatchBegin: note('batch begin'),
    onBatchEnd: note('batch end'),
  };
}

class Counter extends tf.Callback {
  readonly seen: unknown[] = [];
  override async onEpochEnd(epoch: number, logs?: tf.Logs): Promise<void> {
    this.seen.push([epoch, Object.keys(logs ?? {}), this.model instanceof tf.LayersModel, this.params]);
    await Promise.resolve();
  }
}

describe('callbacks', () => {
  it('given as an object are called in the order and with the logs of model.fit', async () => {
    const run = (train: Train): Promise<unknown> => {
      const events: unknown[] = [];
      return outcome(
        train,
        () => ({ ...common, callbacks: recorder(events) }),
        () => events,
      );
    };
    expect(await run(ours)).toEqual(await run(theirs));
  });

  it('given as a list, or as instances of tf.Callback, see model and params as in model.fit', async () => {
    const list = (train: Train): Promise<unknown> => {
      const a: unknown[] = [];
      const b: unknown[] = [];
      return outcome(
        train,
        () => ({ ...common, callbacks: [recorder(a), recorder(b)] }),
        () => [a, b],
      );
    };
    expect(await list(ours)).toEqual(await list(theirs));
    const instances = (train: Train): Promise<unknown> => {
      const counters = [new Counter(), new Counter()];
      return outcome(
        train,
        () => ({ ...common, callbacks: counters }),
        () => counters.map(({ seen }) => seen),
      );
    };
    expect(await instances(ours)).toEqual(await instances(theirs));
    const single = (train: Train): Promise<unknown> => {
      const counter = new Counter();
      return outcome(
        train,
        () => ({ ...common, callbacks: counter }),
        () => counter.seen,
      );
    };
    expect(await single(ours)).toEqual(await single(theirs));
  });

  it('can change the learning rate at the beginning of an epoch or a batch', async () => {
    const run = (train: Train): Promise<unknown> =>
      outcome(
        train,
        ({ model }) => ({
          ...common,
          callbacks: {
            onEpochBegin: (epoch) => {
              (model.optimizer as unknown as { learningRate: number }).learningRate = 0.01 / (epoch + 1);
            },
            onBatchBegin: (batch) => {
              if (batch === 1) (model.optimizer as unknown as { learningRate: number }).learningRate *= 0.5;
            },
          },
        }),
        () => null,
      );
    const result = await run(ours);
    expect(result).toEqual(await run(theirs));
    expect(result).not.toEqual(
      await outcome(
        ours,
        () => common,
        () => null,
      ),
    );
  });

  it.each([
    ['at the end of an epoch', 'onEpochEnd', 1],
    ['in the middle of an epoch', 'onBatchEnd', 0],
    ['at the beginning of an epoch', 'onEpochBegin', 1],
  ])('stop training %s as in model.fit', async (_, hook, at) => {
    const run = (train: Train): Promise<unknown> =>
      outcome(
        train,
        ({ model }) => ({
          ...common,
          callbacks: {
            [hook]: (index: number) => {
              if (index === at) model.stopTraining = true;
            },
          },
        }),
        () => null,
      );
    expect(await run(ours)).toEqual(await run(theirs));
  });

  it('such as early stopping work', async () => {
    const run = (train: Train): Promise<unknown> =>
      outcome(
        train,
        () => ({
          ...common,
          epochs: 30,
          callbacks: tf.callbacks.earlyStopping({ monitor: 'val_loss', minDelta: 0.02 }),
        }),
        () => null,
      );
    const result = (await run(ours)) as { epochs: number[] };
    expect(result).toEqual(await run(theirs));
    expect(result.epochs.length).toBeLessThan(30);
  });

  it('yield as asked for', async () => {
    const run = (train: Train): Promise<unknown> => {
      const yields: unknown[] = [];
      return outcome(
        train,
        () => ({
          ...common,
          yieldEvery: 'batch',
          callbacks: { nextFrameFunc: () => void yields.push('frame') },
        }),
        () => yields,
      );
    };
    const result = (await run(ours)) as { more: unknown[] };
    expect(result).toEqual(await run(theirs));
    expect(result.more).toHaveLength(6);
  });

  it('registered with TensorFlow.js are called at their verbosity, as the progress bar of tfjs-node is', async () => {
    let epochs = 0;
    class Progress extends tf.Callback {
      override async onEpochEnd(): Promise<void> {
        epochs++;
        await Promise.resolve();
      }
    }
    tf.registerCallbackConstructor(1, Progress);
    await outcome(
      ours,
      () => common,
      () => null,
    );
    expect(epochs).toBe(3);
    await outcome(
      ours,
      () => ({ ...common, verbose: SILENT }),
      () => null,
    );
    expect(epochs).toBe(3);
  });

  it('may evaluate and predict in between', async () => {
    const losses: number[] = [];
    const result = await outcome(
      ours,
      ({ model, xs, ys }) => ({
        ...common,
        callbacks: {
          onBatchEnd: () => {
            tf.tidy(() => {
              const [loss] = model.evaluate(xs, ys) as tf.Scalar[];
              losses.push(loss!.dataSync()[0]!);
            });
          },
        },
      }),
      () => null,
    );
    expect(result).toEqual(
      await outcome(
        ours,
        () => common,
        () => null,
      ),
    );
    expect(losses).toHaveLength(6);
    expect(new Set(losses).size).toBe(6);
  });
});

describe('onStep', () => {
  it('counts epochs and steps from 1, where callbacks count both from 0, as in model.fit', async () => {
    const problem = sparseMlp(16);
    const told: [epoch: number, step: number][] = [];
    const called: [epoch: number, batch: number][] = [];
    let now = NaN;
    await fit(problem.model, problem.xs, problem.ys, {
      epochs: 2,
      batchSize: 8,
      selector: probe(),
      onStep: ({ epoch, step }) => void told.push([epoch, step]),
      callbacks: {
        onEpochBegin: (epoch) => void (now = epoch),
        onBatchEnd: (batch) => void called.push([now, batch]),
      },
    });
    disposeProblem(problem);
    expect(told).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ]);
    expect(called).toEqual(told.map(([epoch, step]) => [epoch - 1, step - 1]));
  });
});

describe('initialEpoch', () => {
  it('counts as in model.fit, and the selector is told 1-based epochs', async () => {
    const args = { ...common, initialEpoch: 1 };
    expect(
      await outcome(
        ours,
        () => args,
        () => null,
      ),
    ).toEqual(
      await outcome(
        theirs,
        () => args,
        () => null,
      ),
    );
    const { model, xs, ys } = sparseMlp(20);
    const selector = probe();
    await fit(model, xs, ys, { ...args, selector });
    expect(selector.made[0]!.events.filter((event) => event.startsWith('epoch'))).toEqual([
      'epoch 2',
      'epoch 3',
    ]);
  });
});

describe('validation', () => {
  it('on given data is that of model.fit', async () => {
    const other = sparseMlp(13);
    const validationData: [tf.Tensor, tf.Tensor] = [other.xs as tf.Tensor, other.ys as tf.Tensor];
    const args = { ...common, validationSplit: 0.5, validationData };
    const result = await outcome(
      ours,
      () => args,
      () => null,
    );
    expect(result).toEqual(
      await outcome(
        theirs,
        () => args,
        () => null,
      ),
    );
    expect(Object.keys(result.history as object)).toContain('val_loss');
    disposeProblem(other);
  });
});
