/** How far runs are, and how long the rest takes. */
import type { ResolvedExperiment } from '../experiment/document/resolve.js';
import { ownEpochs } from '../experiment/document/tasks.js';
import type { RunTask } from '../experiment/document/tasks.js';
import type { StepProgress } from '../experiment/training/train-run-options.js';
import type { EpochEvent } from '../records/schema.js';
import { formatCount, formatDuration, formatPercent } from './format.js';

/** How far a run is, in epochs: methods differ in how many steps these have, and some in how many from epoch to epoch. */
export class RunMeter {
  latest: StepProgress | undefined;
  /** Images whose features are computed, of those that have to be; undefined before. */
  features: { readonly done: number; readonly total: number } | undefined;
  best: EpochEvent | undefined;
  last: EpochEvent | undefined;
  readonly #first: number;
  /** Steps that the next epoch may have: as many as the last one had. */
  #expectedSteps: number;
  /** Work done before this process began, as its first message tells. */
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

  /** Whether this process has trained anything of the run. */
  get hasBegun(): boolean {
    return this.latest !== undefined || this.last !== undefined;
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
export class TotalMeter {
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
