/** Trains one phase of a run and records its epochs. */
import { captureModel } from 'recency-bias/tfjs';
import type { RunWriter } from '../../records/run-writer.js';
import type { EpochEvent } from '../../records/schema.js';
import type { Phase } from '../document/phases.js';
import { probeIndices } from '../prepare/run-data.js';
import type { RecordingSelector } from '../selection/recording-selector.js';
import { runSelector } from '../selection/run-selector.js';
import type { BestWeights } from '../state/best-weights.js';
import type { RunCheckpoint } from '../state/run-checkpoint.js';
import type { PhaseStart } from './begin-phase.js';
import { evaluate } from './evaluate.js';
import type { Evaluation } from './evaluate.js';
import { phaseRate } from './learning-rate.js';
import type { TrainingSession } from './session.js';
import type { TrainRunOptions } from './train-run-options.js';
import { UncertainPictures } from './uncertain-samples.js';

/** The parts of a run that change while it trains. */
interface LiveRun {
  /** Made before the first step. */
  recorder?: RecordingSelector;
  steps: number;
  trainedSamples: number;
  scoredSamples: number;
  /** Of the epoch that has just ended. */
  test?: Pick<Evaluation, 'error' | 'answers'>;
  lastEpoch?: number;
}

/** Whether a run has had `patience` epochs of its last phase without a lower test error, the epoch of `event` included. */
function isExhausted(
  patience: number | undefined,
  { epoch, testError }: EpochEvent,
  { best }: Pick<BestWeights, 'best'>,
  { first }: Phase,
): boolean {
  if (patience === undefined || best === undefined || testError < best.testError) return false;
  return epoch - Math.max(best.epoch, first - 1) >= patience;
}

/** How a phase ended. */
export interface PhaseEnd {
  /** Whether it was told to stop before its end. */
  readonly stopped: boolean;
  readonly recorder: RecordingSelector;
  /** The state at its end, from which the next phase begins; undefined where nothing was trained. */
  readonly checkpoint: RunCheckpoint | undefined;
  /** The last epoch that this process trained in it. */
  readonly lastEpoch: number | undefined;
}

/** Trains a phase from where it begins or goes on. */
export async function trainPhase(
  options: TrainRunOptions,
  session: TrainingSession,
  phase: Phase,
  { writer, best }: { readonly writer: RunWriter; readonly best: BestWeights },
  start: PhaseStart,
): Promise<PhaseEnd> {
  const { experiment, task } = options;
  const { model, network, data } = session;
  const { batchSize } = experiment;
  const { training: resume, probeRate, time: timeBefore } = start;
  const rate = phaseRate(experiment, probeRate);
  const now = (): string => new Date().toISOString();

  const probe = probeIndices(experiment);
  const pictures = new UncertainPictures(options.dataset);

  const live: LiveRun = {
    steps: start.steps,
    trainedSamples: resume?.trainedSamples ?? 0,
    scoredSamples: resume?.scoredSamples ?? 0,
  };
  const { trainedSamples: trainedBefore, scoredSamples: scoredBefore } = live;
  let checkpoint: RunCheckpoint | undefined;

  const { stopped } = await session.train({
    selector: (run) => (live.recorder = runSelector(options, run)),
    epochs: phase.last,
    rate,
    timeBefore,
    saveEverySeconds: options.saveEverySeconds,
    stop: options.stop,
    ...(resume !== undefined && { resume }),
    save: async (training, { seconds: trainSeconds, processorSeconds }) => {
      const { step, epoch } = training;
      const weights = async (): Promise<RunCheckpoint['training']['weights']> =>
        model === network ? training.weights : (await captureModel(network)).weights;
      const { steps, test } = live;
      if (step === 0 && test !== undefined) await best.consider(epoch, test.error, weights, test.answers);
      const probed = probeRate === undefined ? {} : { probeRate };
      const shown = live.recorder && { pictures: await pictures.now(live.recorder) };
      checkpoint = { version: 1, training, trainSeconds, processorSeconds, steps, ...probed, ...shown };
      await writer.writeCheckpoint(checkpoint);
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
        learningRate: rate(epoch),
        trainLoss: live.recorder!.trainLoss,
        probeLoss: probeResult.loss,
        testLoss: testResult.loss,
        testError: testResult.error,
        ...(experiment.dataset.imbalance !== undefined && { classErrors: [...testResult.classErrors] }),
        trainSeconds: clock.time.seconds,
        processorSeconds: clock.time.processorSeconds,
        steps: live.steps,
        trainedSamples: live.trainedSamples,
        scoredSamples: live.scoredSamples,
        selection: live.recorder!.statistics(),
      };
      await writer.append(event);
      live.test = testResult;
      options.onEpoch?.(event);
      live.lastEpoch = epoch;
      if (
        task.kind === 'run' &&
        phase.last === experiment.epochs &&
        isExhausted(experiment.patience, event, best, phase)
      ) {
        model.stopTraining = true;
      }
    },
  });
  return { stopped, recorder: live.recorder!, checkpoint, lastEpoch: live.lastEpoch };
}
