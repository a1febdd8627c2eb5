/** How every network of the lab is trained: a run's, one for holdout losses, and the few steps of a dry run. */
import type * as tf from '@tensorflow/tfjs';
import type { SelectorFactory } from 'recency-bias';
import { fit } from 'recency-bias/tfjs';
import type { TrainingState } from 'recency-bias/tfjs';
import { softmaxCrossentropy } from './crossentropy.js';
import { DropoutSeeds } from './dropout-seeds.js';
import { learningRateAt } from './learning-rate.js';
import { createOptimizer, setLearningRate } from './optimizer.js';
import type { PhaseKind } from '../document/phases.js';
import { phaseNetwork } from '../prepare/phase-network.js';
import { prepareRunData } from '../prepare/run-data.js';
import type { RunData } from '../prepare/run-data.js';
import { prepareRunFeatures } from '../prepare/run-features.js';
import type { RunFeaturesOptions } from '../prepare/run-features.js';
import { TrainingClock } from './training-clock.js';
import type { TrainingTime } from './training-clock.js';

/** How often the event loop gets a turn, for signals and messages: wasm's promises never leave the current one. */
const YIELD_MS = 30;

/** A network and its data. */
export interface TrainingSessionOptions extends RunFeaturesOptions {
  /** The part that is trained. Default: all that is not frozen. */
  readonly phase?: PhaseKind;
  /** The network, where an earlier phase has trained it. Default: a new one. */
  readonly network?: tf.LayersModel;
}

/** A step of a training, after it was made. */
export interface TrainedStep {
  /** 1-based. */
  readonly epoch: number;
  /** Steps made in the epoch. */
  readonly step: number;
  /** Samples trained, and scored by extra forward passes, since the training began. */
  readonly trainedSamples: number;
  readonly scoredSamples: number;
}

/** A stretch of training, from the beginning or a saved state to the end or a stop. */
export interface TrainOptions {
  readonly selector: SelectorFactory;
  /** The last epoch to train, 1-based. Default: the experiment's. */
  readonly epochs?: number;
  /** Where to go on. Default: at the beginning. */
  readonly resume?: TrainingState;
  /** Time spent in training before. */
  readonly timeBefore?: TrainingTime;
  /** Saves within an epoch when so many seconds have passed since the last time. Default: at the end of epochs only. */
  readonly saveEverySeconds?: number;
  /** Stores the state of the training; called at the end of each epoch too, and when the training is stopped. */
  readonly save: (state: TrainingState, time: TrainingTime) => Promise<void>;
  /** Aborted when the training is to save and stop at its next step. */
  readonly stop: AbortSignal;
  /** After each step. */
  readonly onStep?: (step: TrainedStep, clock: TrainingClock) => void;
  /** The learning rate of an epoch, 1-based. Default: the experiment's. */
  readonly rate?: (epoch: number) => number;
  /** After some steps, several times a second. */
  readonly onTurn?: (step: TrainedStep, time: TrainingTime) => void;
  /**
   * At the end of each epoch that was not cut short, before its save.
   * @param epoch 1-based
   * @param clock running; paused where what follows is no part of the training
   */
  readonly onEpochEnd?: (epoch: number, clock: TrainingClock) => Promise<void>;
}

/** How a stretch of training ended. */
export interface TrainOutcome {
  /** Whether it was told to stop before its end. */
  readonly stopped: boolean;
  /** Time spent in training, `timeBefore` included. */
  readonly time: TrainingTime;
}

/** A network in training, its data beside it. */
export class TrainingSession {
  private constructor(
    private readonly options: TrainingSessionOptions,
    /** The whole network; its weights drawn by the seed, or read from files. */
    readonly network: tf.LayersModel,
    /** The trained part, compiled: the network, or its layers after the frozen ones. */
    readonly model: tf.LayersModel,
    /** The inputs of `model`: images, or their features. */
    readonly data: RunData,
    private readonly dropout: DropoutSeeds,
  ) {}

  /** Makes the data and the network ready. */
  static async open(options: TrainingSessionOptions): Promise<TrainingSession> {
    const { experiment, opened, dataset, seed, phase = 'training' } = options;
    const { weightDecay, optimizer, learningRate, backend } = experiment;
    const { imageShape, classes } = dataset;
    const images = await prepareRunData(experiment, dataset, seed, opened.scaling);
    const network = options.network ?? (await opened.create({ imageShape, classes, weightDecay, seed }));
    const { model, fronts } = phaseNetwork(network, phase, experiment);
    const data = fronts.length === 0 ? images : await prepareRunFeatures(options, phase, fronts, images);
    for (const made of new Set([network, model])) {
      made.compile({
        optimizer: createOptimizer(optimizer, learningRate.initial),
        loss: softmaxCrossentropy,
      });
    }
    const dropout = await DropoutSeeds.create(model, seed, backend);
    return new TrainingSession(options, network, model, data, dropout);
  }

  /** Trains. The learning rate and the dropout masks of a step follow from its place in the run alone. */
  async train(given: TrainOptions): Promise<TrainOutcome> {
    const { model, data, dropout } = this;
    const { experiment, seed } = this.options;
    const { epochs, batchSize, learningRate } = experiment;
    const { stop, saveEverySeconds } = given;
    const { rate = (epoch: number) => learningRateAt(learningRate, epoch, epochs) } = given;
    const clock = new TrainingClock(given.timeBefore);
    let stopped = false;
    let epochBegun = 0;
    let lastTurn = performance.now();

    await fit(model, data.train, {
      selector: given.selector,
      epochs: given.epochs ?? epochs,
      batchSize,
      seed,
      yieldEvery: 'never',
      ...(given.resume !== undefined && { resume: given.resume }),
      checkpoint: {
        ...(saveEverySeconds !== undefined && { everySeconds: saveEverySeconds }),
        save: async (state) => {
          clock.pause();
          await given.save(state, clock.time);
          if (state.step > 0 && !stopped) clock.start();
        },
      },
      onStep: async (step) => {
        given.onStep?.(step, clock);
        if (performance.now() - lastTurn < YIELD_MS) return;
        given.onTurn?.(step, clock.time);
        await new Promise((resolve) => setImmediate(resolve));
        lastTurn = performance.now();
        if (!stop.aborted) return;
        stopped = true;
        model.stopTraining = true;
      },
      callbacks: {
        onEpochBegin: (epoch) => {
          epochBegun = epoch;
          setLearningRate(model.optimizer, rate(epoch + 1));
          clock.start();
          return Promise.resolve();
        },
        onBatchBegin: (step) => {
          dropout.seedStep(epochBegun, step);
          return Promise.resolve();
        },
        onEpochEnd: async (epoch) => {
          if (!stopped) await given.onEpochEnd?.(epoch + 1, clock);
          clock.pause();
        },
      },
    });
    return { stopped, time: clock.time };
  }

  /** Releases the network. */
  dispose(): void {
    this.network.dispose();
  }
}
