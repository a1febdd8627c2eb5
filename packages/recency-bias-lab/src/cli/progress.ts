/** Progress of the runs of a comparison: bars in a terminal, one line a finished run elsewhere. */
import pc from 'picocolors';
import type { ResolvedExperiment } from '../experiment/document/resolve.js';
import type { RunListener } from '../experiment/processes/run-process.js';
import type { RunOutcome } from '../experiment/processes/schedule-runs.js';
import { ownEpochs } from '../experiment/document/tasks.js';
import type { RunTask } from '../experiment/document/tasks.js';
import type { StepProgress } from '../experiment/training/train-run-options.js';
import type { EpochEvent } from '../records/schema.js';
import { formatCount, formatDuration, formatPercent } from './format.js';
import { LiveBlock } from './live-block.js';

/** Shows how runs get on. */
export interface ProgressDisplay {
  /** A run begins; the listener is for its messages. */
  begin(task: RunTask): RunListener & { end(outcome: RunOutcome): void };
  /** A line of its own. */
  note(text: string): void;
  close(): void;
}

/** A run as people name it. */
export function taskTitle(task: RunTask): string {
  return `${task.kind === 'warmup' ? 'warm-up' : task.selector}, seed ${task.seed}`;
}

/** How far a run is, in epochs: methods differ in how many steps these have, and some in how many from epoch to epoch. */
class RunMeter {
  latest: StepProgress | undefined;
  /** Images whose features are computed, of those that have to be; undefined before. */
  features: { readonly done: number; readonly total: number } | undefined;
  best: EpochEvent | undefined;
  last: EpochEvent | undefined;
  readonly #first: number;
  /** Steps that the next epoch may have: as many as the last one had. */
  #expectedSteps: number;
  /** What was done when this process began, as its first message tells. */
  #before: { readonly epochs: number; readonly seconds: number } | undefined;

  /** Epochs that the run trains. */
  readonly epochs: number;

  constructor(
    readonly task: RunTask,
    experiment: ResolvedExperiment,
  ) {
    const { first, last } = ownEpochs(task, experiment);
    this.#first = first;
    this.epochs = last - first + 1;
    this.#expectedSteps = Math.ceil(experiment.dataset.trainSize / experiment.batchSize);
  }

  /** Epochs done, the one under way in part. */
  get done(): number {
    const { latest, last } = this;
    const inEpoch =
      latest === undefined ? 0 : latest.epoch - this.#first + Math.min(1, latest.step / this.#expectedSteps);
    const byEpochs = last === undefined ? 0 : last.epoch - this.#first + 1;
    return Math.min(this.epochs, Math.max(inEpoch, byEpochs));
  }

  get share(): number {
    return this.done / this.epochs;
  }

  get epochText(): string {
    const epoch = Math.max(this.latest?.epoch ?? 0, this.last?.epoch ?? 0, this.#first);
    return `epoch ${epoch}/${this.#first + this.epochs - 1}`;
  }

  /** Seconds of training left at the pace of this process; undefined before it has one. */
  get secondsLeft(): number | undefined {
    if (this.latest === undefined || this.#before === undefined) return undefined;
    const epochs = this.done - this.#before.epochs;
    const seconds = this.latest.seconds - this.#before.seconds;
    return epochs > 0 ? (seconds / epochs) * (this.epochs - this.done) : undefined;
  }

  /** `1,234 samples/s`, and how many are scored beside those trained. */
  get rateText(): string | undefined {
    const { latest } = this;
    if (latest === undefined || latest.seconds === 0) return undefined;
    const rate = `${formatCount(latest.samples / latest.seconds)} samples/s`;
    return latest.scored === 0 ? rate : `${rate} + ${formatCount(latest.scored / latest.seconds)} scored`;
  }

  progress(progress: StepProgress): void {
    this.latest = progress;
    this.#before ??= { epochs: this.done, seconds: progress.seconds };
  }

  epoch(event: EpochEvent): void {
    if (event.steps !== undefined && this.last?.steps !== undefined) {
      this.#expectedSteps = Math.max(1, event.steps - this.last.steps);
    }
    this.last = event;
    if (this.best === undefined || event.testError < this.best.testError) this.best = event;
  }

  summary(): string {
    const { best, last } = this;
    if (best === undefined || last === undefined) return 'complete';
    return (
      `test error ${formatPercent(last.testError)}, best ${formatPercent(best.testError)} in epoch ${best.epoch}` +
      `, ${formatDuration(last.trainSeconds)} of training`
    );
  }
}

/** Counts the epochs of the whole comparison, for the time left. */
class TotalMeter {
  readonly #startedAt = performance.now();
  readonly #total: number;
  #finished = 0;
  readonly #active = new Set<RunMeter>();

  constructor(tasks: readonly RunTask[], experiment: ResolvedExperiment) {
    this.#total = tasks.reduce((sum, task) => sum + new RunMeter(task, experiment).epochs, 0);
  }

  add(meter: RunMeter): void {
    this.#active.add(meter);
  }

  finish(meter: RunMeter): void {
    this.#active.delete(meter);
    this.#finished += meter.epochs;
  }

  get share(): number {
    let done = this.#finished;
    for (const meter of this.#active) done += meter.done;
    return this.#total === 0 ? 1 : done / this.#total;
  }

  get secondsLeft(): number {
    const elapsed = (performance.now() - this.#startedAt) / 1000;
    const { share } = this;
    return share === 0 ? Number.POSITIVE_INFINITY : (elapsed / share) * (1 - share);
  }
}

/** Chooses the display for a stream. */
export function createProgress(
  tasks: readonly RunTask[],
  experiment: ResolvedExperiment,
  stream: NodeJS.WriteStream,
): ProgressDisplay {
  const total = new TotalMeter(tasks, experiment);
  // Some pseudo-terminals say that they are 0 wide.
  return stream.isTTY && stream.columns > 0
    ? bars(tasks, experiment, total, stream)
    : lines(tasks, experiment, total, stream);
}

function outcomeLine(meter: RunMeter, outcome: RunOutcome): string {
  const title = taskTitle(meter.task);
  switch (outcome.status) {
    case 'complete':
      return `${pc.green('done')}     ${title}: ${meter.summary()}`;
    case 'stopped':
      return `${pc.yellow('stopped')}  ${title}: saved in ${meter.epochText}`;
    case 'failed':
      return `${pc.red('failed')}   ${title}: ${outcome.message}`;
  }
}

function lines(
  tasks: readonly RunTask[],
  experiment: ResolvedExperiment,
  total: TotalMeter,
  stream: NodeJS.WriteStream,
): ProgressDisplay {
  let ended = 0;
  return {
    begin(task) {
      const meter = new RunMeter(task, experiment);
      total.add(meter);
      return {
        onProgress: (progress) => {
          meter.progress(progress);
        },
        onEpoch: (event) => {
          meter.epoch(event);
        },
        onFeatures: (done, total) => {
          meter.features = { done, total };
        },
        end(outcome) {
          total.finish(meter);
          ended++;
          const left = ended < tasks.length ? `, about ${formatDuration(total.secondsLeft)} left` : '';
          stream.write(`[${ended}/${tasks.length}${left}] ${outcomeLine(meter, outcome)}\n`);
        },
      };
    },
    note: (text) => stream.write(`${text}\n`),
    close: () => undefined,
  };
}

/** `━━━━────` */
function bar(share: number, width = 20): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '━'.repeat(full) + '─'.repeat(width - full);
}

function barText(meter: RunMeter): string {
  const { latest, last, rateText, secondsLeft } = meter;
  if (latest === undefined && last === undefined) {
    const { features } = meter;
    if (features === undefined) return 'starting';
    return `looking at ${formatCount(features.done)} of ${formatCount(features.total)} images`;
  }
  const parts = [meter.epochText];
  if (latest !== undefined) parts.push(`loss ${latest.trainLoss.toFixed(4)}`);
  if (last !== undefined) parts.push(`error ${formatPercent(last.testError)}`);
  if (rateText !== undefined) parts.push(rateText);
  if (secondsLeft !== undefined) parts.push(`${formatDuration(secondsLeft)} left`);
  return parts.join('  ');
}

function bars(
  tasks: readonly RunTask[],
  experiment: ResolvedExperiment,
  total: TotalMeter,
  stream: NodeJS.WriteStream,
): ProgressDisplay {
  const width = Math.max(...tasks.map((task) => taskTitle(task).length), 'all runs'.length);
  const active = new Set<RunMeter>();
  const block = new LiveBlock(stream, () => {
    const { share, secondsLeft } = total;
    const left = share > 0.01 ? `, about ${formatDuration(secondsLeft)} left` : '';
    const all = ` ${'all runs'.padEnd(width)}  ${bar(share)}  ${Math.floor(100 * share)} %${left}`;
    const runs = [...active].map((meter) => {
      const title = taskTitle(meter.task).padEnd(width);
      return ` ${title}  ${bar(meter.share)}  ${barText(meter)}`;
    });
    return [...runs, all];
  });
  return {
    begin(task) {
      const meter = new RunMeter(task, experiment);
      total.add(meter);
      active.add(meter);
      return {
        onProgress: (progress) => {
          meter.progress(progress);
        },
        onEpoch: (event) => {
          meter.epoch(event);
        },
        onFeatures: (done, total) => {
          meter.features = { done, total };
        },
        end(outcome) {
          active.delete(meter);
          total.finish(meter);
          block.print(outcomeLine(meter, outcome));
        },
      };
    },
    note: (text) => {
      block.print(text);
    },
    close: () => {
      block.close();
    },
  };
}
