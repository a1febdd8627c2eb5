/** Trains one run of an experiment and records it. */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { Selector, TrainingRun } from 'recency-bias';
import { fit } from 'recency-bias/tfjs';
import type { TrainingState } from 'recency-bias/tfjs';
import type { ImageDataset } from '../data/image-dataset.js';
import type { OpenedModel } from '../models/model.js';
import { RunWriter } from '../records/run-writer.js';
import { RECORD_VERSION } from '../records/schema.js';
import type { EpochEvent, RunHeader } from '../records/schema.js';
import { readEvents, readRunHeader, RecordError } from '../records/read.js';
import { BestWeights } from './best-weights.js';
import { describeEnvironment } from './environment.js';
import type { BackendName } from './backend.js';
import { softmaxCrossentropy } from './crossentropy.js';
import { DropoutSeeds } from './dropout-seeds.js';
import { evaluate } from './evaluate.js';
import { learningRateAt } from './learning-rate.js';
import { createMethod } from './method-inputs.js';
import type { MethodInputs } from './method-inputs.js';
import { createOptimizer } from './optimizer.js';
import { RecordingSelector } from './recording-selector.js';
import { openModel } from './open-model.js';
import type { ResolvedExperiment } from './resolve.js';
import { canFork, forkWarmup, isObservedBy, readRunCheckpoint } from './run-checkpoint.js';
import type { RunCheckpoint } from './run-checkpoint.js';
import { probeIndices, prepareRunData } from './run-data.js';
import type { RunData } from './run-data.js';
import { modelContext } from './run-model.js';
import { ownEpochs } from './tasks.js';
import type { RunTask } from './tasks.js';
import { TrainingClock } from './training-clock.js';
import { TrainingHooks } from './training-hooks.js';
import { uncertainSamples } from './uncertain-samples.js';
import { WarmupSelector } from './warmup-selector.js';

/** Progress within a run, some times a second. */
export interface RunProgress {
  /** The epoch under way, 1-based. */
  readonly epoch: number;
  /** Steps done in it, and steps in all. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Samples trained and samples scored by this process, and the seconds it took. */
  readonly samples: number;
  readonly scored: number;
  readonly seconds: number;
  /** Mean loss of the epoch so far. */
  readonly trainLoss: number;
}

/** What `trainRun` is given. */
export interface TrainRunOptions {
  readonly experiment: ResolvedExperiment;
  readonly task: RunTask;
  readonly dataset: ImageDataset;
  /** The cache folder, for models that were fetched. */
  readonly cache: string;
  /** What methods read from files. */
  readonly inputs?: MethodInputs;
  /** The comparison's directory. */
  readonly out: string;
  /** Backend in use. */
  readonly backend: BackendName;
  /** Save within an epoch when so many seconds have passed since the last time. */
  readonly saveEverySeconds: number;
  /** Aborted when the run is to save and stop at its next step. */
  readonly stop: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
  readonly onEpoch?: (event: EpochEvent) => void;
}

/** What a model is made for. */
export interface ModelOptions extends Pick<TrainRunOptions, 'experiment' | 'dataset'> {
  readonly task: Pick<RunTask, 'seed'>;
}

/** What changes while a run trains. */
interface LiveRun {
  /** Made by `fit` before the first step. */
  recorder?: RecordingSelector;
  steps: number;
  trainedSamples: number;
  scoredSamples: number;
  /** Of the epoch that has just ended. */
  testError?: number;
}

/** The run's selector: the recorder around the method, or around the shared warm-up. */
export function createRecorder(
  { experiment, task, dataset, inputs }: Pick<TrainRunOptions, 'experiment' | 'task' | 'dataset' | 'inputs'>,
  given: TrainingRun,
): RecordingSelector {
  // A warm-up is a part of runs whose schedules span all epochs.
  const run = { ...given, epochs: experiment.epochs };
  const make = (label: string): Selector => {
    return createMethod(experiment.selectors[label]!, inputs?.get(label))(run);
  };
  const inner =
    task.kind === 'run'
      ? make(task.selector)
      : new WarmupSelector(
          run,
          new Map(Object.keys(experiment.selectors).map((label) => [label, make(label)])),
        );
  return new RecordingSelector(inner, run, experiment.window, dataset.train.labels);
}

/** The model of an experiment, compiled, its weights drawn by the seed. */
export async function buildModel(
  opened: OpenedModel,
  { experiment, task, dataset }: ModelOptions,
): Promise<tf.LayersModel> {
  const { weightDecay, optimizer, learningRate } = experiment;
  const { imageShape, classes } = dataset;
  const model = await opened.create({ imageShape, classes, weightDecay, seed: task.seed });
  model.compile({
    optimizer: createOptimizer(optimizer, learningRate.initial),
    loss: softmaxCrossentropy,
  });
  return model;
}

function describeRun(options: TrainRunOptions, model: tf.LayersModel, { scaling }: RunData): RunHeader {
  const { experiment, task, dataset, backend } = options;
  const { name, trainSize, testSize } = experiment.dataset;
  return {
    version: RECORD_VERSION,
    id: task.id,
    kind: task.kind,
    selector: task.kind === 'run' ? task.selector : 'warmup',
    method: task.kind === 'run' ? experiment.selectors[task.selector]! : { name: 'uniform', options: {} },
    seed: task.seed,
    dataset: { name, trainSize, testSize, classes: dataset.classes, classNames: [...dataset.classNames] },
    model: { name: experiment.model.name, parameters: model.countParams() },
    input: { imageShape: [...dataset.imageShape], fit: experiment.dataset.fit ?? 'crop', scaling },
    epochs: ownEpochs(task, experiment).last,
    warmupEpochs: experiment.warmupEpochs,
    batchSize: experiment.batchSize,
    experiment: { ...experiment },
    environment: describeEnvironment(backend),
    startedAt: new Date().toISOString(),
  };
}

/** Whether nothing is left to do: a warm-up is complete only where every selector of the experiment can fork from it. */
async function isComplete(dir: string, { experiment, task }: TrainRunOptions): Promise<boolean> {
  const events = await readEvents(dir);
  if (events.at(-1)?.type !== 'end') return false;
  return task.kind === 'run' || canFork(dir, Object.keys(experiment.selectors), experiment);
}

/** The checkpoint from which the run itself goes on. That of a warm-up which not all selectors observed is none. */
async function ownCheckpoint(
  dir: string,
  { experiment, task }: TrainRunOptions,
): Promise<RunCheckpoint | undefined> {
  const own = await readRunCheckpoint(dir);
  if (own === undefined || task.kind === 'run') return own;
  return isObservedBy(own, Object.keys(experiment.selectors)) ? own : undefined;
}

/**
 * The checkpoint of the warm-up that the run forks from.
 * @throws RecordError when the warm-up is not complete, or was trained on other data
 */
async function forkCheckpoint({
  experiment,
  task,
  out,
}: TrainRunOptions): Promise<RunCheckpoint | undefined> {
  if (task.kind === 'warmup' || task.warmup === undefined) return undefined;
  const dir = join(out, task.warmup);
  const fingerprint = (await readRunHeader(dir))?.experiment.dataset?.fingerprint;
  const own = experiment.dataset.fingerprint;
  if (fingerprint !== undefined && own !== undefined && fingerprint !== own) {
    throw new RecordError(
      `${dir}: was trained on other data than this experiment's; delete it to train it anew`,
    );
  }
  return forkWarmup(dir, task.selector, experiment.warmupEpochs);
}

/**
 * Trains a run from its checkpoint, from the warm-up it forks from, or from the beginning, and records it in its
 * directory. A run that is complete is left as it is.
 * @returns whether the run is complete; false when it was stopped.
 */
export async function trainRun(options: TrainRunOptions): Promise<boolean> {
  const writer = await RunWriter.open(join(options.out, options.task.id));
  try {
    if (await isComplete(writer.dir, options)) return true;
    const { experiment, task, dataset, cache } = options;
    const opened = await openModel(experiment.model, modelContext({ cache }));
    const data = await prepareRunData(experiment, dataset, task.seed, opened.scaling);
    const model = await buildModel(opened, options);
    const own = await ownCheckpoint(writer.dir, options);
    await writer.writeHeader(describeRun(options, model, data), own !== undefined);
    return await train(options, model, data, writer, own ?? (await forkCheckpoint(options)));
  } finally {
    await writer.close();
  }
}

/** @param start where the run goes on; undefined: at the beginning */
async function train(
  options: TrainRunOptions,
  model: tf.LayersModel,
  data: RunData,
  writer: RunWriter,
  start: RunCheckpoint | undefined,
): Promise<boolean> {
  const { experiment, task, dataset, stop } = options;
  const { batchSize, epochs, learningRate } = experiment;
  const { last } = ownEpochs(task, experiment);
  const now = (): string => new Date().toISOString();

  const probe = probeIndices(experiment);
  const dropout = await DropoutSeeds.create(model, task.seed, options.backend);
  const warmup = task.kind === 'run' ? task.warmup : undefined;
  const best = await BestWeights.open(writer.dir, warmup && join(options.out, warmup));
  const clock = new TrainingClock(
    start && { seconds: start.trainSeconds, processorSeconds: start.processorSeconds },
  );
  const hooks = new TrainingHooks({ model, experiment, dropout, clock, stop });
  await writer.append({ type: 'start', time: now(), epoch: start?.training.epoch ?? 0 });

  const live: LiveRun = {
    steps: start?.steps ?? 0,
    trainedSamples: start?.training.trainedSamples ?? 0,
    scoredSamples: start?.training.scoredSamples ?? 0,
  };
  const { trainedSamples: trainedBefore, scoredSamples: scoredBefore } = live;
  const secondsBefore = clock.time.seconds;
  let lastSave = performance.now();

  await fit(model, data.train, {
    selector: (run) => (live.recorder = createRecorder(options, run)),
    epochs: last,
    batchSize,
    seed: task.seed,
    yieldEvery: 'never',
    ...(start !== undefined && { resume: start.training }),
    checkpoint: {
      // Read by `fit` after each step: 1 when it is time to save, else a number that never comes.
      get everySteps() {
        const due = performance.now() - lastSave >= 1000 * options.saveEverySeconds;
        return due ? 1 : Number.MAX_SAFE_INTEGER;
      },
      save: async (training: TrainingState) => {
        clock.pause();
        const { seconds: trainSeconds, processorSeconds } = clock.time;
        const { step, epoch, weights } = training;
        if (step === 0 && live.testError !== undefined) await best.consider(epoch, live.testError, weights);
        const { steps } = live;
        await writer.writeCheckpoint({ version: 1, training, trainSeconds, processorSeconds, steps });
        lastSave = performance.now();
        if (training.step > 0 && !hooks.stopped) clock.start();
      },
    },
    onStep: async ({ epoch, step, trainedSamples, scoredSamples }) => {
      live.steps++;
      live.trainedSamples = trainedSamples;
      live.scoredSamples = scoredSamples;
      await hooks.afterStep(() =>
        options.onProgress?.({
          epoch,
          step,
          stepsPerEpoch: Math.ceil(experiment.dataset.trainSize / batchSize),
          samples: trainedSamples - trainedBefore,
          scored: scoredSamples - scoredBefore,
          seconds: clock.time.seconds - secondsBefore,
          trainLoss: live.recorder!.trainLoss,
        }),
      );
    },
    callbacks: {
      onEpochBegin: hooks.onEpochBegin,
      onBatchBegin: hooks.onBatchBegin,
      onEpochEnd: async (epoch) => {
        clock.pause();
        if (hooks.stopped) return;
        const probeResult = await evaluate(model, data.probe, probe);
        const testResult = await evaluate(model, data.test);
        const event: EpochEvent = {
          type: 'epoch',
          time: now(),
          epoch: epoch + 1,
          learningRate: learningRateAt(learningRate, epoch + 1, epochs),
          trainLoss: live.recorder!.trainLoss,
          probeLoss: probeResult.loss,
          testLoss: testResult.loss,
          testError: testResult.error,
          trainSeconds: clock.time.seconds,
          processorSeconds: clock.time.processorSeconds,
          steps: live.steps,
          trainedSamples: live.trainedSamples,
          scoredSamples: live.scoredSamples,
          selection: live.recorder!.statistics(),
        };
        await writer.append(event);
        live.testError = testResult.error;
        options.onEpoch?.(event);
      },
    },
  });
  if (hooks.stopped) return false;

  if (task.kind === 'run') {
    const record = live.recorder!.sampleRecord();
    if (record !== undefined) await writer.writeSamples(record);
    const samples = await uncertainSamples(live.recorder!, dataset);
    await writer.append({ type: 'uncertain-samples', time: now(), ...samples });
  }
  await writer.append({ type: 'end', time: now(), epochs: last });
  return true;
}
