/** Measures what a run costs, by a few real steps. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import { encodeState } from 'recency-bias';
import type { StateDict } from 'recency-bias';
import { captureModel } from 'recency-bias/tfjs';
import type { LabelledBatches } from '../../data/image-batches.js';
import { replaceFile } from '../../ground/replace-file.js';
import { RUN_FILES } from '../../records/run-files.js';
import { evaluate, EVALUATION_BATCH } from '../training/evaluate.js';
import type { MethodChoice } from '../document/method-inputs.js';
import type { PreparedExperiment } from '../prepare/prepare.js';
import type { RecordingSelector } from '../selection/recording-selector.js';
import type { ResolvedExperiment } from '../document/resolve.js';
import { runSelector } from '../selection/run-selector.js';
import type { RunSelectorOptions } from '../selection/run-selector.js';
import { TrainingSession } from '../training/session.js';
import { selectorNamed } from '../document/named-selectors.js';
import { runTasks } from '../document/tasks.js';
import { now } from '../training/training-clock.js';
import type { TrainingTime } from '../training/training-clock.js';
import { uncertainSamples } from '../training/uncertain-samples.js';

/** Seconds of the parts of a run. */
export interface PartSeconds {
  /** From the start of the process to the first step. */
  readonly start: number;
  /** A training step, selection and observation included. */
  readonly step: number;
  /** The same of selectors that look at samples before they choose, by label. */
  readonly ownStep: Readonly<Record<string, number>>;
  /** The evaluation of one sample. */
  readonly evaluation: number;
  /** Saving a checkpoint. */
  readonly save: number;
}

/** The cost of a run's process. */
export interface RunCost {
  /** By the clock on the wall: on the machine as busy as it is. */
  readonly wall: PartSeconds;
  /** By the processor time of the process: on a core of its own. */
  readonly processor: PartSeconds;
  /** Steps from which the seconds of a step are known. */
  readonly steps: number;
  readonly checkpointBytes: number;
  /** Of the weights of the best epoch, which are kept beside it. */
  readonly weightsBytes: number;
  /** Bytes of the record for each epoch, and at the end of a run. */
  readonly epochBytes: number;
  readonly endBytes: number;
  /** The most memory that the process held. */
  readonly peakBytes: number;
}

/** Steps before the measurement, in which memory is allocated and code compiled. */
const COLD_STEPS = 2;
/** Steps and seconds after which the measurement ends, whichever comes later. */
const LEAST_STEPS = 3;
const LEAST_SECONDS = 4;
/** Batches evaluated, after a cold one. */
const EVALUATED_BATCHES = 2;
/** Bytes of an event besides the statistics of the selection: some numbers and their names. */
const EVENT_BYTES = 400;

const ZERO: TrainingTime = { seconds: 0, processorSeconds: 0 };

/** The time between two moments of training. */
function between(from: TrainingTime, to: TrainingTime): TrainingTime {
  return {
    seconds: to.seconds - from.seconds,
    processorSeconds: to.processorSeconds - from.processorSeconds,
  };
}

function shareOf({ seconds, processorSeconds }: TrainingTime, parts: number): TrainingTime {
  return { seconds: seconds / parts, processorSeconds: processorSeconds / parts };
}

/** The part of a prepared experiment whose cost is measured. */
export type CostInput = Pick<PreparedExperiment, 'experiment' | 'opened' | 'dataset' | 'inputs'>;

interface StepCost {
  readonly recorder: RecordingSelector;
  readonly step: TrainingTime;
  readonly steps: number;
  readonly save: TrainingTime;
  readonly checkpointBytes: number;
  readonly weightsBytes: number;
}

/** Trains some steps of a run. */
async function measureSteps(input: RunSelectorOptions, session: TrainingSession): Promise<StepCost> {
  const { epochs, batchSize } = input.experiment;
  const cold = Math.min(COLD_STEPS, epochs * Math.ceil(input.dataset.train.size / batchSize) - 1);
  const stop = new AbortController();
  let recorder: RecordingSelector | undefined;
  let done = 0;
  let warm = ZERO;
  let spent = ZERO;
  let lastAt = ZERO;
  let save = ZERO;
  let checkpointBytes = 0;
  let weightsBytes = 0;
  await session.train({
    selector: (run) => (recorder = runSelector(input, run)),
    stop: stop.signal,
    save: async (training) => {
      if (checkpointBytes > 0) return;
      checkpointBytes = await saveOnce({ version: 1, training, ...ZERO });
      // The best weights are those of the whole network, frozen layers included.
      const { weights } = await captureModel(session.network);
      weightsBytes = encodeState({ version: 1, weights }).length;
      save = between(lastAt, now()); // with the time that it took to capture the state
    },
    onStep: (_, { time }) => {
      done++;
      if (done <= cold) warm = time;
      spent = between(warm, time);
      if (done - cold >= LEAST_STEPS && spent.seconds >= LEAST_SECONDS) stop.abort();
      lastAt = now();
    },
  });
  const steps = done - cold;
  return { recorder: recorder!, step: shareOf(spent, steps), steps, save, checkpointBytes, weightsBytes };
}

/**
 * Writes a checkpoint into a temporary folder.
 * @returns its size in bytes.
 */
async function saveOnce(state: StateDict): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'recency-bias-'));
  try {
    const bytes = encodeState(state);
    await replaceFile(join(folder, RUN_FILES.checkpoint), bytes);
    return bytes.length;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The experiment with a selector that is past its warm-up from the first step. */
function withoutWarmup(experiment: ResolvedExperiment, label: string): ResolvedExperiment {
  const method = experiment.selectors[label]!;
  const known = 'warmupEpochs' in selectorNamed(method.name)!.defaults;
  const options = { ...method.options, ...(known && { warmupEpochs: 0 }) };
  return { ...experiment, selectors: { ...experiment.selectors, [label]: { ...method, options } } };
}

/** Whether a selector scores samples before it chooses. */
function scores({ name, options }: MethodChoice): boolean {
  return (selectorNamed(name)?.cost(options).scores ?? 0) > 0;
}

/**
 * Measures in this process, whose backend is `backend` and in which nothing has been trained before: its start and the peak
 * of its memory count.
 */
export async function measureCost(options: CostInput): Promise<RunCost> {
  const { experiment, dataset } = options;
  const task = runTasks(experiment)[0]!;
  const session = await TrainingSession.open({ ...options, seed: task.seed });
  const start = { seconds: process.uptime(), processorSeconds: now().processorSeconds };

  const { recorder, step, steps, save, checkpointBytes, weightsBytes } = await measureSteps(
    { ...options, task },
    session,
  );
  const evaluation = await measureEvaluation(session.model, session.data.test);
  const samples = await uncertainSamples(recorder, dataset);
  const record = recorder.sampleRecord();
  const recordBytes = record === undefined ? 0 : encodeState(record).length;
  const own: [label: string, step: TrainingTime][] = [];
  for (const [label, method] of Object.entries(experiment.selectors)) {
    if (!scores(method)) continue;
    const run = { kind: 'run', id: label, seed: task.seed, selector: label } as const;
    const adaptive = { ...options, experiment: withoutWarmup(experiment, label), task: run };
    own.push([label, (await measureSteps(adaptive, session)).step]);
  }
  const partsBy = (clock: keyof TrainingTime): PartSeconds => ({
    start: start[clock],
    step: step[clock],
    ownStep: Object.fromEntries(own.map(([label, time]) => [label, time[clock]])),
    evaluation: evaluation[clock],
    save: save[clock],
  });
  return {
    wall: partsBy('seconds'),
    processor: partsBy('processorSeconds'),
    steps,
    checkpointBytes,
    weightsBytes,
    epochBytes: JSON.stringify(recorder.statistics()).length + EVENT_BYTES,
    endBytes: JSON.stringify(samples).length + recordBytes,
    peakBytes: 1024 * process.resourceUsage().maxRSS,
  };
}

/** The time to evaluate one sample. */
async function measureEvaluation(model: tf.LayersModel, data: LabelledBatches): Promise<TrainingTime> {
  const size = Math.min(data.size, EVALUATED_BATCHES * EVALUATION_BATCH);
  const indices = Int32Array.from({ length: size }, (_, i) => i);
  await evaluate(model, data, indices.subarray(0, EVALUATION_BATCH));
  const from = now();
  await evaluate(model, data, indices);
  return shareOf(between(from, now()), size);
}
