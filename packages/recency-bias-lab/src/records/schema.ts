/**
 * The run record: what one training run leaves on disk, and what reports read.
 *
 * ```
 * <comparison>/
 *   experiment.json              RecordedExperiment (experiment.ts): the resolved experiment
 *   <selector>-seed<seed>/       one run directory a run; `warmup-seed<seed>` for the shared warm-up
 *     run.json                   RunHeader, written once
 *     events.jsonl               one RunEvent a line, append-only
 *     checkpoint.bin             the latest training state, replaced atomically
 *     best.bin                   the weights of the epoch with the lowest test error
 *     samples.bin                SampleRecordFile: what was remembered of each training sample, written once at the end of a run
 *     failure.txt                what the run failed of, until it is begun again
 *     insights.html, .csv, .json made from samples.bin at any time
 *   report.html, results.json    made from the above at any time
 *   held-out.json, photos.html   of `finetune`: the model's answer for each held-out photo, and the page about them
 * ```
 *
 * A run that was interrupted and resumed repeats the events of the epoch it had begun: of two `epoch` events with
 * the same number the later one counts.
 */
import type { StateDict } from 'recency-bias';
import { z } from 'zod';
import { recordedExperimentSchema } from './experiment.js';

/** Version of everything below; readers refuse a newer one. */
export const RECORD_VERSION = 1;

/** Selected-sample losses are counted in bins with these log-spaced upper edges; the last bin is open. */
export const LOSS_BIN_EDGES: readonly number[] = Array.from({ length: 48 }, (_, i) => 10 ** (-5 + i / 8));

/** Uncertainty (normalised entropy in [0, 1]) is counted in this many equal bins. */
export const UNCERTAINTY_BINS = 20;

/** Most epochs of a run after which the uncertainty of every sample is kept. */
export const UNCERTAINTY_POINTS = 20;

/** Kept uncertainties are whole numbers from 0 to this one, which stands for 1. */
export const UNCERTAINTY_LEVELS = 254;

/** The kept uncertainty of a sample that had not been seen. */
export const UNSEEN = 255;

const count = z.number().int().nonnegative();

/** So many counts. Checked by hand: a report over many runs reads millions of them. */
function counts(length: number): z.ZodType<readonly number[]> {
  return z.custom<readonly number[]>(
    (value) =>
      Array.isArray(value) &&
      value.length === length &&
      value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0),
    `expected ${length} whole numbers of at least 0`,
  );
}

/** Where and with what a run was made. */
export const environmentSchema = z.object({
  node: z.string(),
  platform: z.string(),
  cpu: z.string(),
  cores: count,
  backend: z.string(),
  packages: z.record(z.string(), z.string()),
});

/** Facts of a run, written once when it starts. */
export const runHeaderSchema = z.object({
  version: z.literal(RECORD_VERSION),
  /** Run directory name, unique within a comparison. */
  id: z.string(),
  kind: z.enum(['warmup', 'run']),
  /** Label shown in reports; the key of the selector in the experiment, e.g. `recency-bias`. */
  selector: z.string(),
  /** Registry name of the selector and its options. */
  method: z.object({
    name: z.string(),
    options: z.record(z.string(), z.unknown()),
    /** SHA-256 of the source of a selector that is a module. */
    source: z.string().optional(),
  }),
  seed: count,
  dataset: z.object({
    name: z.string(),
    trainSize: count,
    testSize: count,
    classes: count,
    classNames: z.array(z.string()),
  }),
  model: z.object({ name: z.string(), parameters: count }),
  /** How the network sees an image; absent in records from before models could be exported. */
  input: z
    .object({
      /** [height, width, channels] */
      imageShape: z.tuple([count, count, count]),
      /** How images of another shape are brought to it. */
      fit: z.enum(['crop', 'stretch', 'pad']),
      /** (pixel / 255 - mean) / std by channel; or `image`: each image by its own moments. */
      scaling: z.union([
        z.literal('image'),
        z.object({ mean: z.array(z.number()).readonly(), std: z.array(z.number()).readonly() }),
      ]),
    })
    .optional(),
  epochs: count,
  warmupEpochs: count,
  batchSize: count,
  /** The resolved experiment that this run is part of. */
  experiment: recordedExperimentSchema,
  environment: environmentSchema,
  startedAt: z.iso.datetime(),
});

/** Statistics of the selection in an epoch. */
export const selectionStatisticsSchema = z.object({
  /** Samples by normalised entropy of their window of predicted labels, after the epoch; seen samples only. */
  uncertaintyHistogram: counts(UNCERTAINTY_BINS),
  /** 1 / Σp² of the epoch's distribution, as a share of the data set; null where no distribution exists. */
  effectiveSampleSize: z.number().nullable(),
  /** Share of the data set drawn at least once in the epoch. */
  distinctShare: z.number(),
  /** Losses of the selected samples at the time they were trained, by LOSS_BIN_EDGES. */
  selectedLossHistogram: counts(LOSS_BIN_EDGES.length + 1),
});

/** A training sample shown in the report. */
export const sampleSchema = z.object({
  index: count,
  label: count,
  /** Predicted labels, oldest first. */
  window: z.array(count),
  uncertainty: z.number(),
  timesDrawn: count,
  /** `data:image/png;base64,...` */
  image: z.string(),
});

/** One line of events.jsonl. */
export const runEventSchema = z.discriminatedUnion('type', [
  /** A process began or continued the run at `epoch` completed epochs. */
  z.object({
    type: z.literal('start'),
    time: z.iso.datetime(),
    epoch: count,
    /** Checksum of run.json, see `headerCheck`; absent in records of earlier versions. */
    header: z.string().optional(),
  }),
  z.object({
    type: z.literal('epoch'),
    time: z.iso.datetime(),
    /** 1-based; warm-up epochs included, so a forked run begins at warmupEpochs + 1. */
    epoch: count,
    learningRate: z.number(),
    /** Mean loss of the selected samples as they were trained (unweighted); depends on the selection. */
    trainLoss: z.number(),
    /** Loss on a fixed random subset of the training data, the same for all selectors; comparable. */
    probeLoss: z.number(),
    testLoss: z.number(),
    /** Fraction in [0, 1]. */
    testError: z.number(),
    /** The same of each class, where the training data have a long tail (`dataset.imbalance`); null for a class without test data. */
    classErrors: z.array(z.number().nullable()).optional(),
    /** Cumulative seconds spent in training since the beginning of the warm-up, without evaluation. */
    trainSeconds: z.number(),
    /** The same by the processor time of the run's process, which other programs on the machine do not lengthen. */
    processorSeconds: z.number().optional(),
    /** Cumulative training steps since the beginning of the warm-up. */
    steps: count.optional(),
    /** Cumulative samples trained since the beginning of the warm-up (a pass = dataset.trainSize of them). */
    trainedSamples: count,
    /** Cumulative samples scored by extra forward passes. */
    scoredSamples: count,
    selection: selectionStatisticsSchema,
  }),
  /** Training samples at the end of the run. */
  z.object({
    type: z.literal('uncertain-samples'),
    time: z.iso.datetime(),
    /** The most uncertain ones. */
    samples: z.array(sampleSchema),
    /** Those whose labels are most likely wrong, likeliest first. */
    suspects: z.array(sampleSchema).optional(),
    /** How many suspects there are in all. */
    suspectCount: count.optional(),
  }),
  /** The run is complete. */
  z.object({ type: z.literal('end'), time: z.iso.datetime(), epochs: count }),
]);

const typed = <T>(type: new () => T): z.ZodType<T> =>
  z.custom<T>((value) => value instanceof type, `expected a ${type.name}`);
const uint8 = typed<Uint8Array>(Uint8Array);
const uint16 = typed<Uint16Array>(Uint16Array);
const uint32 = typed<Uint32Array>(Uint32Array);
const int32 = typed<Int32Array>(Int32Array);
const float32 = typed<Float32Array>(Float32Array);

/** Every array has one value a sample unless it says otherwise. */
export const sampleStateSchema = z.object({
  version: z.literal(1),
  /** Observations, i.e. how often the sample was trained and measured; and those of the second half of the run. */
  observed: uint32,
  lateObserved: uint32,
  /** Sums of losses (crossentropy) over all observations, and over those of the second half. */
  lossSum: float32,
  lateLossSum: float32,
  /** Loss when it was last observed. */
  lastLoss: float32,
  /** Sum over all observations of the probability that the network gave to the sample's label. */
  confidenceSum: float32,
  /** Sum of the squares of these probabilities, and of the margins; both absent in records of earlier versions. */
  confidenceSquareSum: z.exactOptional(float32),
  marginSum: z.exactOptional(float32),
  /** How often it was predicted wrong after having been predicted right the time before; 65,535 stands for more. */
  timesForgotten: uint16,
  /** The epoch in which it was first predicted right; 0 for never. */
  epochLearnt: uint16,
  /** 1 where the latest prediction was right. */
  right: uint8,
  /** The epochs after which uncertainty was kept. */
  uncertaintyEpochs: int32,
  /** [epochs kept, samples] uncertainty in UNCERTAINTY_LEVELS; UNSEEN also for epochs that have not been trained. */
  uncertainty: uint8,
});

/** Content of samples.bin, as bytes by `encodeState`. */
export const sampleRecordSchema = z.object({
  version: z.literal(1),
  /** Epochs completed, warm-up included. */
  epoch: count,
  /** The labels with which the samples were trained. */
  labels: int32,
  timesDrawn: uint32,
  /** State of a LabelHistory: the windows of predicted labels. */
  history: z.custom<StateDict & { readonly window: number; readonly classes: number }>(
    (value) => z.looseObject({ window: count, classes: count }).safeParse(value).success,
    'expected the state of a LabelHistory',
  ),
  samples: sampleStateSchema,
});

export type SampleState = z.infer<typeof sampleStateSchema>;
export type SampleRecordFile = z.infer<typeof sampleRecordSchema>;
export type Environment = z.infer<typeof environmentSchema>;
export type RunHeader = z.infer<typeof runHeaderSchema>;
export type SelectionStatistics = z.infer<typeof selectionStatisticsSchema>;
export type UncertainSample = z.infer<typeof sampleSchema>;
export type RunEvent = z.infer<typeof runEventSchema>;
export type EpochEvent = Extract<RunEvent, { type: 'epoch' }>;
