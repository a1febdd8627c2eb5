/** Trains the models that judge training samples which they have not seen. */
import { uniform } from 'recency-bias';
import type { StateDict } from 'recency-bias';
import type { TrainingState } from 'recency-bias/tfjs';
import { evaluate } from '../experiment/training/evaluate.js';
import type { ResolvedExperiment } from '../experiment/document/resolve.js';
import { TrainingSession } from '../experiment/training/session.js';
import type { TrainingTime } from '../experiment/training/training-clock.js';
import type { OpenedModel } from '../models/model.js';
import type { HoldoutCost } from '../data/losses-file.js';
import type { HoldoutPart } from './holdout-parts.js';

/** Where the work stands; plain data, to be saved and gone on from. */
export interface HoldoutProgress extends StateDict {
  readonly version: 1;
  /** Number of parts that are done. */
  readonly part: number;
  /** State of the part under way; null before its first save. */
  readonly training: TrainingState | null;
  /** Of the parts done and, for the one under way, of its best epoch so far. */
  readonly losses: Float32Array;
  /** The probabilities of all classes beside them [samples, classes], where they were asked for. */
  readonly probabilities?: Float32Array;
  /** Mean loss at that epoch; null before the first. */
  readonly best: number | null;
  /** Epochs whose losses were kept, one a part done, and that of the part under way (0 before the first). */
  readonly epochs: readonly number[];
  readonly cost: HoldoutCost & StateDict;
}

/** The options of `trainLosses`. */
export interface TrainLossesOptions {
  readonly experiment: ResolvedExperiment;
  /** The experiment's model. */
  readonly opened: OpenedModel;
  readonly parts: readonly HoldoutPart[];
  /** Number of the experiment's training samples. */
  readonly size: number;
  readonly seed: number;
  /** Keep the probabilities of all classes, too: 4 bytes a sample and class. Default: losses alone. */
  readonly keepProbabilities?: boolean;
  /** The progress that an earlier process saved. */
  readonly progress?: HoldoutProgress;
  /** Save within an epoch when so many seconds have passed since the last time. */
  readonly saveEverySeconds: number;
  readonly save: (progress: HoldoutProgress) => Promise<void>;
  /** Aborted when the work is to be saved and stopped at its next step. */
  readonly stop: AbortSignal;
  /** After each epoch. */
  readonly onEpoch?: (epoch: {
    readonly part: number;
    readonly epoch: number;
    readonly loss: number;
    readonly error: number;
  }) => void;
}

/** The beginning. */
function nothingDone(size: number, classes: number | undefined): HoldoutProgress {
  const cost = { version: 1, trainedSamples: 0, scoredSamples: 0, trainSeconds: 0, processorSeconds: 0 };
  return {
    version: 1,
    part: 0,
    training: null,
    losses: new Float32Array(size),
    ...(classes !== undefined && { probabilities: new Float32Array(size * classes) }),
    best: null,
    epochs: [],
    cost,
  };
}

/**
 * Trains one model a part with uniform batches and keeps, of each, the losses of the epoch at which those it is asked about
 * are lowest in the mean.
 * @returns the finished progress; undefined when it was stopped, after saving.
 */
export async function trainLosses(options: TrainLossesOptions): Promise<HoldoutProgress | undefined> {
  const classes = options.parts[0]!.dataset.classes;
  let progress =
    options.progress ?? nothingDone(options.size, options.keepProbabilities ? classes : undefined);
  for (let part = progress.part; part < options.parts.length; part++) {
    const done = await trainPart(options, options.parts[part]!, progress);
    if (done === undefined) return undefined;
    progress = { ...done, part: part + 1, training: null, best: null };
    await options.save(progress);
  }
  return progress;
}

async function trainPart(
  options: TrainLossesOptions,
  { dataset, asked }: HoldoutPart,
  start: HoldoutProgress,
): Promise<HoldoutProgress | undefined> {
  const { part } = start;
  const experiment = {
    ...options.experiment,
    dataset: { ...options.experiment.dataset, trainSize: dataset.train.size },
  };
  const session = await TrainingSession.open({
    experiment,
    opened: options.opened,
    dataset,
    seed: (options.seed + part) >>> 0, // each part is a run of its own, whose random numbers are not those of the other
  });
  // The samples of the parts before.
  const before = start.cost.trainedSamples - (start.training?.trainedSamples ?? 0);
  const losses = start.losses.slice();
  const probabilities = start.probabilities?.slice();
  const { classes } = dataset;
  const kept = [...start.epochs];
  let { best } = start;
  let { trainedSamples, scoredSamples } = start.cost;

  const snapshot = (training: TrainingState | null, time: TrainingTime): HoldoutProgress => {
    const { seconds: trainSeconds, processorSeconds } = time;
    const cost = { version: 1, trainedSamples, scoredSamples, trainSeconds, processorSeconds };
    return {
      ...{ version: 1, part, training, losses, best, epochs: kept, cost },
      ...(probabilities !== undefined && { probabilities }),
    };
  };
  const { training } = start;
  const { stopped, time } = await session.train({
    selector: uniform(),
    timeBefore: { seconds: start.cost.trainSeconds, processorSeconds: start.cost.processorSeconds },
    saveEverySeconds: options.saveEverySeconds,
    stop: options.stop,
    ...(training !== null && { resume: training }),
    save: (state, spent) => options.save(snapshot(state, spent)),
    onStep: (step) => {
      trainedSamples = before + step.trainedSamples;
    },
    // Part of the work, unlike the evaluation of a run: it chooses the epoch.
    onEpochEnd: async (epoch) => {
      const said = probabilities && new Float32Array(asked.length * classes);
      const result = await evaluate(session.model, session.data.test, undefined, said);
      scoredSamples += asked.length;
      if (best === null || result.loss < best) {
        best = result.loss;
        kept[part] = epoch;
        for (const [row, index] of asked.entries()) {
          losses[index] = result.losses[row]!;
          if (said !== undefined)
            probabilities!.set(said.subarray(row * classes, (row + 1) * classes), index * classes);
        }
      }
      options.onEpoch?.({ part, epoch, loss: result.loss, error: result.error });
    },
  });
  session.dispose();
  return stopped ? undefined : snapshot(null, time);
}
