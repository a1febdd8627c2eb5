/** Trains one run of an experiment and records it. */
import { uniform } from 'recency-bias';
import type { RunWriter } from '../../records/run-writer.js';
import { RECORD_VERSION } from '../../records/schema.js';
import type { EpochEvent, RunHeader } from '../../records/schema.js';
import { BestWeights } from '../state/best-weights.js';
import { describeEnvironment } from './environment.js';
import { evaluate } from './evaluate.js';
import { learningRateAt } from './learning-rate.js';
import type { PreparedExperiment } from '../prepare/prepare.js';
import type { RecordingSelector } from '../selection/recording-selector.js';
import type { RunCheckpoint } from '../state/run-checkpoint.js';
import { probeIndices } from '../prepare/run-data.js';
import { RunDirectory } from '../state/run-directory.js';
import { runSelector } from '../selection/run-selector.js';
import { TrainingSession } from './session.js';
import { ownEpochs } from '../document/tasks.js';
import type { RunTask } from '../document/tasks.js';
import { uncertainSamples } from './uncertain-samples.js';

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
export interface TrainRunOptions extends Pick<
  PreparedExperiment,
  'experiment' | 'opened' | 'dataset' | 'inputs'
> {
  readonly task: RunTask;
  /** The comparison's directory. */
  readonly out: string;
  /** Save within an epoch when so many seconds have passed since the last time. */
  readonly saveEverySeconds: number;
  /** Takes the run's directory from whatever process holds it. */
  readonly force?: boolean;
  /** Aborted when the run is to save and stop at its next step. */
  readonly stop: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
  readonly onEpoch?: (event: EpochEvent) => void;
}

/** What changes while a run trains. */
interface LiveRun {
  /** Made before the first step. */
  recorder?: RecordingSelector;
  steps: number;
  trainedSamples: number;
  scoredSamples: number;
  /** Of the epoch that has just ended. */
  testError?: number;
  lastEpoch?: number;
}

/** Whether a run has had `patience` epochs without a lower test error, the one of `event` included. */
function isExhausted(
  patience: number | undefined,
  { epoch, testError }: EpochEvent,
  { best }: Pick<BestWeights, 'best'>,
): boolean {
  if (patience === undefined || best === undefined || testError < best.testError) return false;
  return epoch - best.epoch >= patience;
}

function describeRun(options: TrainRunOptions, { model, data }: TrainingSession): RunHeader {
  const { experiment, task, dataset } = options;
  const { name, trainSize, testSize } = experiment.dataset;
  return {
    version: RECORD_VERSION,
    id: task.id,
    kind: task.kind,
    selector: task.kind === 'run' ? task.selector : 'warmup',
    method:
      task.kind === 'run'
        ? experiment.selectors[task.selector]!
        : { name: uniform.definition.name, options: {} },
    seed: task.seed,
    dataset: { name, trainSize, testSize, classes: dataset.classes, classNames: [...dataset.classNames] },
    model: { name: experiment.model.name, parameters: model.countParams() },
    input: {
      imageShape: [...dataset.imageShape],
      fit: experiment.dataset.fit ?? 'crop',
      scaling: data.scaling,
    },
    epochs: ownEpochs(task, experiment).last,
    warmupEpochs: experiment.warmupEpochs,
    batchSize: experiment.batchSize,
    experiment: { ...experiment },
    environment: describeEnvironment(experiment.backend),
    startedAt: new Date().toISOString(),
  };
}

/**
 * Trains a run from its checkpoint, from the warm-up it forks from, or from the beginning, and records it in its
 * directory. A run that is complete is left as it is.
 * @returns whether the run is complete; false when it was stopped.
 */
export async function trainRun(options: TrainRunOptions): Promise<boolean> {
  const { experiment, task, out, force = false } = options;
  const directory = new RunDirectory(out, task, experiment);
  const writer = await directory.open(force);
  try {
    const status = await directory.status();
    if (status.kind === 'complete') return true;
    const start = status.kind === 'fresh' ? undefined : status.checkpoint;
    const session = await TrainingSession.open({ ...options, seed: task.seed });
    const header = describeRun(options, session);
    await writer.begin(header, start?.training.epoch ?? 0, status.kind === 'resumes');
    const best = await BestWeights.open(writer, directory.warmup);
    return await train(options, session, { writer, best }, start);
  } finally {
    await writer.close();
  }
}

/** @param start where the run goes on; undefined: at the beginning */
async function train(
  options: TrainRunOptions,
  session: TrainingSession,
  { writer, best }: { readonly writer: RunWriter; readonly best: BestWeights },
  start: RunCheckpoint | undefined,
): Promise<boolean> {
  const { experiment, task, dataset } = options;
  const { model, data } = session;
  const { batchSize, epochs, learningRate } = experiment;
  const { last } = ownEpochs(task, experiment);
  const now = (): string => new Date().toISOString();

  const probe = probeIndices(experiment);

  const live: LiveRun = {
    steps: start?.steps ?? 0,
    trainedSamples: start?.training.trainedSamples ?? 0,
    scoredSamples: start?.training.scoredSamples ?? 0,
  };
  const { trainedSamples: trainedBefore, scoredSamples: scoredBefore } = live;
  const timeBefore = { seconds: start?.trainSeconds ?? 0, processorSeconds: start?.processorSeconds ?? 0 };

  const { stopped } = await session.train({
    selector: (run) => (live.recorder = runSelector(options, run)),
    epochs: last,
    timeBefore,
    saveEverySeconds: options.saveEverySeconds,
    stop: options.stop,
    ...(start !== undefined && { resume: start.training }),
    save: async (training, { seconds: trainSeconds, processorSeconds }) => {
      const { step, epoch, weights } = training;
      if (step === 0 && live.testError !== undefined) await best.consider(epoch, live.testError, weights);
      const { steps } = live;
      await writer.writeCheckpoint({ version: 1, training, trainSeconds, processorSeconds, steps });
    },
    onStep: ({ trainedSamples, scoredSamples }) => {
      live.steps++;
      live.trainedSamples = trainedSamples;
      live.scoredSamples = scoredSamples;
    },
    onTurn: ({ epoch, step, trainedSamples, scoredSamples }, { seconds }) => {
      options.onProgress?.({
        epoch,
        step,
        stepsPerEpoch: Math.ceil(experiment.dataset.trainSize / batchSize),
        samples: trainedSamples - trainedBefore,
        scored: scoredSamples - scoredBefore,
        seconds: seconds - timeBefore.seconds,
        trainLoss: live.recorder!.trainLoss,
      });
    },
    onEpochEnd: async (epoch, clock) => {
      clock.pause();
      const probeResult = await evaluate(model, data.probe, probe);
      const testResult = await evaluate(model, data.test);
      const event: EpochEvent = {
        type: 'epoch',
        time: now(),
        epoch,
        learningRate: learningRateAt(learningRate, epoch, epochs),
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
      live.lastEpoch = epoch;
      if (task.kind === 'run' && isExhausted(experiment.patience, event, best)) model.stopTraining = true;
    },
  });
  if (stopped) return false;

  if (task.kind === 'run') {
    const record = live.recorder!.sampleRecord();
    if (record !== undefined) await writer.write('samples', record);
    const samples = await uncertainSamples(live.recorder!, dataset);
    await writer.append({ type: 'uncertain-samples', time: now(), ...samples });
  }
  await writer.append({ type: 'end', time: now(), epochs: live.lastEpoch ?? last });
  return true;
}
