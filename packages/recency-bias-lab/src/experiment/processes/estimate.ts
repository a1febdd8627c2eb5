/** How long a comparison will take and what room it needs, from what a run costs. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CostMessage, CostOrder } from './cost-worker.js';
import type { MethodInputs } from '../document/method-inputs.js';
import type { PartSeconds, RunCost } from './measure-cost.js';
import type { ResolvedExperiment } from '../document/resolve.js';
import { ownEpochs } from '../document/tasks.js';
import type { RunTask } from '../document/tasks.js';

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

/** What runs will be started with. */
export interface EstimateOptions {
  readonly cache: string;
  /** What methods read from files. */
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

const WORKER = fileURLToPath(new URL('./cost-worker.js', import.meta.url));

/** Measures in a process of its own. */
function measureInProcess(order: CostOrder): Promise<RunCost> {
  return new Promise((resolve, reject) => {
    const child = fork(WORKER, [], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
      execArgv: [],
    });
    child.on('message', (message: CostMessage) => {
      if ('cost' in message) resolve(message.cost);
      else reject(new EstimateError(message.error));
    });
    child.on('error', ({ message }) => {
      reject(new EstimateError(`its process could not be started (${message})`));
    });
    child.on('close', (code, signal) => {
      reject(
        new EstimateError(
          `the measuring process ended ${signal === null ? `with exit code ${code ?? 0}` : `by signal ${signal}`}`,
        ),
      );
    });
    child.send(order);
  });
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

/** What processes cost that measured at the same time: the mean of their seconds, the most of their memory. */
function meanCost(costs: readonly RunCost[]): RunCost {
  return {
    ...costs[0]!,
    wall: meanParts(costs.map(({ wall }) => wall)),
    processor: meanParts(costs.map(({ processor }) => processor)),
    steps: costs.reduce((sum, { steps }) => sum + steps, 0),
    peakBytes: Math.max(...costs.map(({ peakBytes }) => peakBytes)),
  };
}

/** Seconds of one run's process. */
export function taskSeconds(
  task: RunTask,
  experiment: ResolvedExperiment,
  parts: PartSeconds,
  saveEverySeconds: number,
): number {
  const { dataset, batchSize, probeSize } = experiment;
  const { first, last } = ownEpochs(task, experiment);
  const step = (task.kind === 'run' ? parts.ownStep[task.selector] : undefined) ?? parts.step;
  const training = Math.ceil(dataset.trainSize / batchSize) * step;
  const saving = (1 + training / Math.max(saveEverySeconds, step)) * parts.save;
  const evaluation = (probeSize + dataset.testSize) * parts.evaluation;
  return parts.start + (last - first + 1) * (training + evaluation + saving);
}

/** Seconds until all tasks are done, `jobs` at a time in the order of `scheduleRuns`: warm-ups first, runs after theirs. */
export function makespan(
  tasks: readonly RunTask[],
  secondsOf: (task: RunTask) => number,
  jobs: number,
): number {
  const waiting = [...tasks].sort((a, b) => Number(a.kind === 'run') - Number(b.kind === 'run'));
  const unfinished = new Set(tasks.map(({ id }) => id));
  let active: { readonly id: string; readonly end: number }[] = [];
  let time = 0;
  while (waiting.length > 0 || active.length > 0) {
    const ready = waiting.findIndex(
      (task) => task.kind === 'warmup' || task.warmup === undefined || !unfinished.has(task.warmup),
    );
    if (ready >= 0 && active.length < jobs) {
      const [task] = waiting.splice(ready, 1);
      active.push({ id: task!.id, end: time + secondsOf(task!) });
      continue;
    }
    time = Math.min(...active.map(({ end }) => end));
    for (const { id, end } of active) if (end <= time) unfinished.delete(id);
    active = active.filter(({ end }) => end > time);
  }
  return time;
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
  const processes = Math.min(jobs, tasks.length);
  const order = { experiment, cache, inputs };
  const cost = meanCost(await Promise.all(Array.from({ length: processes }, () => measureInProcess(order))));
  const secondsBy = (parts: PartSeconds): number =>
    makespan(tasks, (task) => taskSeconds(task, experiment, parts, saveEverySeconds), jobs);
  const records = tasks.reduce((sum, task) => {
    const { first: from, last: to } = ownEpochs(task, experiment);
    return sum + (to - from + 1) * cost.epochBytes + (task.kind === 'run' ? cost.endBytes : 0);
  }, 0);
  return {
    seconds: secondsBy(cost.wall),
    processorSeconds: secondsBy(cost.processor),
    runBytes: cost.peakBytes,
    memoryBytes: processes * cost.peakBytes + 1024 * process.resourceUsage().maxRSS,
    // While a checkpoint is being replaced there are two.
    diskBytes: (tasks.length + processes) * cost.checkpointBytes + tasks.length * cost.weightsBytes + records,
    cost,
  };
}
