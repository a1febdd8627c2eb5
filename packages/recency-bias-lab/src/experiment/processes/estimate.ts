/** How long a comparison will take and what room it needs, from what a run costs. */
import type { MethodInputs } from '../document/method-inputs.js';
import type { PartSeconds, RunCost } from './measure-cost.js';
import { phasesOf, phasesOfTask } from '../document/phases.js';
import type { ResolvedExperiment } from '../document/resolve.js';
import { mostAtATime, ownEpochs } from '../document/tasks.js';
import type { RunTask } from '../document/tasks.js';
import type { MeasureCostOrder } from './protocol.js';
import { runInChild } from './run-in-child.js';
import { scheduleRuns } from './schedule-runs.js';
import type { RunOutcome } from './schedule-runs.js';
import { VirtualClock } from './virtual-clock.js';
import { largest } from '../../ground/extremes.js';

/** Of a whole comparison. */
export interface Estimate {
  /** On the machine as busy as it is. */
  readonly seconds: number;
  /** With a core to itself for each run. */
  readonly processorSeconds: number;
  /** Peak memory of a run, and of all processes together. */
  readonly runBytes: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly cost: RunCost;
}

/** The options with which runs will be started. */
export interface EstimateOptions {
  readonly cache: string;
  /** The inputs that methods read from files. */
  readonly inputs: MethodInputs;
  readonly jobs: number;
  readonly saveEverySeconds: number;
}

/** The costs could not be measured. */
export class EstimateError extends Error {
  override readonly name = 'EstimateError';

  constructor(reason: string) {
    super(`Time and memory could not be measured: ${reason}`);
  }
}

/** Measures in a process of its own. */
async function measureInChild(order: MeasureCostOrder): Promise<RunCost> {
  const outcome = await runInChild('measure-cost', order);
  switch (outcome.status) {
    case 'done':
      return outcome.result;
    case 'failed':
      throw new EstimateError(outcome.message);
    case 'ended':
      throw new EstimateError(`the measuring process ended ${outcome.how}`);
  }
}

function meanParts(parts: readonly PartSeconds[]): PartSeconds {
  const mean = (of: (part: PartSeconds) => number): number =>
    parts.reduce((sum, part) => sum + of(part), 0) / parts.length;
  const labels = Object.keys(parts[0]!.ownStep);
  return {
    start: mean(({ start }) => start),
    step: mean(({ step }) => step),
    ownStep: Object.fromEntries(labels.map((label) => [label, mean(({ ownStep }) => ownStep[label]!)])),
    evaluation: mean(({ evaluation }) => evaluation),
    save: mean(({ save }) => save),
  };
}

/** The cost of processes that measured at the same time: the mean of their seconds, the most of their memory. */
function meanCost(costs: readonly RunCost[]): RunCost {
  return {
    ...costs[0]!,
    wall: meanParts(costs.map(({ wall }) => wall)),
    processor: meanParts(costs.map(({ processor }) => processor)),
    steps: costs.reduce((sum, { steps }) => sum + steps, 0),
    peakBytes: largest(costs.map(({ peakBytes }) => peakBytes)),
  };
}

/**
 * Seconds of one run's process. Of a probe with a training after it, whose steps were measured, the features count alone: the steps
 * of one layer are nothing beside them.
 */
export function taskSeconds(
  task: RunTask,
  experiment: ResolvedExperiment,
  parts: PartSeconds,
  saveEverySeconds: number,
): number {
  const { dataset, batchSize, probeSize, augmentation } = experiment;
  const step = (task.kind === 'run' ? parts.ownStep[task.selector] : undefined) ?? parts.step;
  const training = Math.ceil(dataset.trainSize / batchSize) * step;
  const saving = (1 + training / Math.max(saveEverySeconds, step)) * parts.save;
  const evaluation = (probeSize + dataset.testSize) * parts.evaluation;
  const isProbeAlone = phasesOf(experiment).every(({ kind }) => kind === 'probe');
  return phasesOfTask(task, experiment).reduce((sum, { kind, first, last }) => {
    if (kind === 'training' || isProbeAlone)
      return sum + (last - first + 1) * (training + evaluation + saving);
    const images = dataset.trainSize * (augmentation.flip ? 2 : 1) + dataset.testSize;
    return first === 1 ? sum + images * parts.evaluation : sum;
  }, parts.start);
}

/** Seconds until all tasks are done, `jobs` at a time, as `scheduleRuns` has them trained. */
export async function makespan(
  tasks: readonly RunTask[],
  secondsOf: (task: RunTask) => number,
  jobs: number,
): Promise<number> {
  const clock = new VirtualClock();
  const train = async (task: RunTask): Promise<RunOutcome> => {
    await clock.sleep(secondsOf(task));
    return { status: 'complete' };
  };
  await clock.run(scheduleRuns(tasks, new Set(), jobs, train, new AbortController().signal));
  return clock.seconds;
}

/**
 * Estimates what is yet to be done. As many processes measure at the same time as will train, since they slow each other
 * down.
 * @param tasks the runs yet to be trained, at least one
 * @throws EstimateError when a process cannot measure.
 */
export async function estimate(
  experiment: ResolvedExperiment,
  tasks: readonly RunTask[],
  { jobs, saveEverySeconds, cache, inputs }: EstimateOptions,
): Promise<Estimate> {
  const processes = mostAtATime(tasks, jobs);
  const order = { experiment, cache, inputs };
  const cost = meanCost(await Promise.all(Array.from({ length: processes }, () => measureInChild(order))));
  const secondsBy = (parts: PartSeconds): Promise<number> =>
    makespan(tasks, (task) => taskSeconds(task, experiment, parts, saveEverySeconds), jobs);
  const records = tasks.reduce((sum, task) => {
    const { first: from, last: to } = ownEpochs(task, experiment);
    return sum + (to - from + 1) * cost.epochBytes + (task.kind === 'run' ? cost.endBytes : 0);
  }, 0);
  return {
    seconds: await secondsBy(cost.wall),
    processorSeconds: await secondsBy(cost.processor),
    runBytes: cost.peakBytes,
    memoryBytes: processes * cost.peakBytes + 1024 * process.resourceUsage().maxRSS,
    // While a checkpoint is being replaced there are two.
    diskBytes: (tasks.length + processes) * cost.checkpointBytes + tasks.length * cost.weightsBytes + records,
    cost,
  };
}
