import type * as tf from '@tensorflow/tfjs';
import { recencyBias, uniform, type SelectorFactory } from 'recency-bias';
import { fit, restoreModel, type StepReport, type TrainingState } from 'recency-bias/tfjs';
import type { DigitData } from '../digits/packed-digits.js';
import { BATCH_SIZE, WINDOW } from './batch.js';
import { digitNetwork, digitTensors, errorOn } from './digit-network.js';
import { Lockstep } from './lockstep.js';
import type { EpochMessage, PairSettings, Racer, StepMessage } from './messages.js';
import { overheard } from './overheard.js';

/** Who is told of a training, and who holds it back. */
export interface PairListener {
  /** Awaited before each step. */
  turn(): Promise<void>;
  tell(message: StepMessage | EpochMessage): void;
}

/**
 * Trains the warm-up once, then goes on from there with Recency Bias and with random batches, step by step side by side:
 * the same network, the same optimizer state, as many steps.
 */
export async function trainPair(
  data: DigitData,
  { seed, pressure, warmupEpochs, epochs }: PairSettings,
  listener: PairListener,
): Promise<void> {
  const tell = (message: StepMessage | EpochMessage): void => {
    listener.tell(message);
  };
  const { xs, ys } = digitTensors(data.train);
  const test = digitTensors(data.test);
  const lockstep = new Lockstep();
  const models: tf.LayersModel[] = [];

  const course = (racer: Racer, model: tf.LayersModel, factory: SelectorFactory<'predictedLabel'>) => {
    models.push(model);
    let predicted: { indices: Int32Array; predictedLabel: Int32Array } | null = null;
    return {
      epochs,
      batchSize: BATCH_SIZE,
      seed,
      yieldEvery: 'never' as const,
      selector: overheard(factory, ({ indices, predictedLabel }) => {
        predicted = { indices: indices.slice(), predictedLabel: predictedLabel.slice() };
      }),
      callbacks: {
        onEpochEnd: (epoch: number) => {
          const testError = errorOn(model, test.xs, data.test.labels);
          tell({ kind: 'epoch', racer, epoch: epoch + 1, testError });
        },
      },
      /** Tells of the step that was just observed. */
      tellStep: ({ epoch, step }: StepReport) => {
        if (predicted !== null) tell({ kind: 'step', racer, epoch, step, ...predicted });
        predicted = null;
      },
    };
  };

  const randomFrom = async (state: TrainingState): Promise<void> => {
    const model = digitNetwork(seed);
    restoreModel(model, state);
    const { tellStep, ...args } = course('random', model, uniform());
    try {
      await fit(model, xs, ys, {
        ...args,
        initialEpoch: warmupEpochs,
        onStep: async (report) => {
          tellStep(report);
          await lockstep.arrive();
        },
      });
    } finally {
      lockstep.leave();
    }
  };

  const model = digitNetwork(seed);
  const selector = recencyBias({ window: WINDOW, selectionPressure: pressure, warmupEpochs });
  const { tellStep, ...args } = course('recency-bias', model, selector);
  const others: Promise<void>[] = [];
  try {
    await fit(model, xs, ys, {
      ...args,
      checkpoint: {
        save: (state) => {
          if (others.length > 0 || state.epoch !== warmupEpochs || warmupEpochs === epochs) return;
          const other = randomFrom(state);
          others.push(other);
          // It is awaited at the end; its failure must not count as unheard until then.
          other.catch(() => undefined);
        },
      },
      onStep: async (report) => {
        tellStep(report);
        if (others.length > 0) await lockstep.arrive();
        await listener.turn();
      },
    });
    lockstep.leave();
    await Promise.all(others);
  } finally {
    lockstep.leave();
    for (const tensor of [xs, ys, test.xs, test.ys]) tensor.dispose();
    for (const trained of models) {
      trained.optimizer.dispose();
      trained.dispose();
    }
  }
}
