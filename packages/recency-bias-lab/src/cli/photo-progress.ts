/** Progress of a fine-tuning in its reader's words: photos, how many are right, minutes left. */
import pc from 'picocolors';
import type { ResolvedExperiment } from '../experiment/document/resolve.js';
import { phasesOf } from '../experiment/document/phases.js';
import type { Phase } from '../experiment/document/phases.js';
import { ownEpochs } from '../experiment/document/tasks.js';
import type { RunTask } from '../experiment/document/tasks.js';
import { formatCount, formatSpan } from './format.js';
import { LiveBlock } from './live-block.js';
import type { ProgressDisplay } from './progress.js';
import { RunMeter } from './run-meter.js';

/** Where there is no terminal, a line is written at least this often. */
const LINE_EVERY_MS = 30_000;
/** Before so much of a phase is done, nobody knows how long the rest takes. */
const LEAST_SHARE = 0.02;

const right = (error: number): string => `${(100 * (1 - error)).toFixed(1)} %`;

/**
 * Progress of the tasks together: the warm-up and the run after it are the same training to its reader. The phases are not, since
 * an epoch of the new layer takes a moment, and an epoch of the network may take minutes.
 */
class PhotoMeter {
  readonly #experiment: ResolvedExperiment;
  readonly #phases: readonly Phase[];
  #meter: RunMeter | undefined;
  /** Epochs before the task that is trained now. */
  #before = 0;
  /** Errors of the epochs so far. */
  #best = 1;
  #last: number | undefined;
  /** Where the phase that is trained now was when it was first seen. */
  #seen: { readonly phase: Phase; readonly done: number; readonly at: number } | undefined;

  constructor(experiment: ResolvedExperiment) {
    this.#experiment = experiment;
    this.#phases = phasesOf(experiment);
  }

  begin(task: RunTask): RunMeter {
    this.#before = ownEpochs(task, this.#experiment).first - 1;
    this.#meter = new RunMeter(task, this.#experiment);
    this.look();
    return this.#meter;
  }

  /** Takes note of where the training is. */
  look(): void {
    const { phase, done } = this;
    if (this.#seen?.phase !== phase) this.#seen = { phase, done, at: performance.now() };
  }

  features(done: number, total: number): void {
    this.#meter!.features = { done, total };
    this.#seen = undefined; // the time that they take tells nothing of that of an epoch
  }

  epoch(error: number): void {
    this.#last = error;
    this.#best = Math.min(this.#best, error);
    this.look();
  }

  /** Epochs done, the epoch under way in part. */
  get done(): number {
    return this.#before + (this.#meter?.done ?? 0);
  }

  get phase(): Phase {
    return this.#phases.find(({ last }) => this.done < last) ?? this.#phases.at(-1)!;
  }

  /** Share of the phase that is done; of the photos, while they are looked at. */
  get share(): number {
    const { phase, done } = this;
    const { features } = this.#meter ?? {};
    if (this.#seen === undefined && features !== undefined) return features.done / features.total;
    return (done - phase.first + 1) / (phase.last - phase.first + 1);
  }

  /** Known in the last phase alone, and when some of it has passed. */
  get left(): string[] {
    const { phase, done } = this;
    const seen = this.#seen;
    if (seen?.phase !== phase || phase !== this.#phases.at(-1) || done >= phase.last) return [];
    const passed = done - seen.done;
    if (passed < LEAST_SHARE * (phase.last - phase.first + 1)) return [];
    const seconds = (performance.now() - seen.at) / 1000;
    return [`about ${formatSpan((seconds / passed) * (phase.last - done))} left`];
  }

  get accuracy(): string[] {
    if (this.#last === undefined) return [];
    const best = this.#best < this.#last ? ` (best ${right(this.#best)})` : '';
    return [`${right(this.#last)} of the held-out photos right${best}`];
  }

  /** `epoch 3 of 8` */
  epochOf(number: number): string {
    return `epoch ${number} of ${this.#experiment.epochs}`;
  }

  /** Where training is at the moment. */
  get place(): string[] {
    const { latest, last, features } = this.#meter ?? {};
    if (latest === undefined && last === undefined) {
      if (features === undefined) return ['starting'];
      const { done, total } = features;
      if (done === total) return ['finding a good learning rate'];
      return [`looking at each photo once: ${formatCount(done)} of ${formatCount(total)}`];
    }
    const { batchSize, dataset } = this.#experiment;
    if (latest === undefined || latest.epoch <= (last?.epoch ?? 0)) return [this.epochOf(last?.epoch ?? 0)];
    const photos = Math.min(dataset.trainSize, latest.step * batchSize);
    return [this.epochOf(latest.epoch), `${formatCount(photos)} of ${formatCount(dataset.trainSize)} photos`];
  }
}

/** Writes a line, or changes the last line of a terminal. */
interface Output {
  /** An epoch has ended. */
  readonly epoch: (number: number) => void;
  readonly note: (text: string) => void;
  readonly close: () => void;
}

const sentence = (parts: readonly string[]): string => {
  const text = parts.join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

function lines(meter: PhotoMeter, stream: NodeJS.WriteStream): Output {
  let saidAt = performance.now();
  const write = (text: string): void => {
    saidAt = performance.now();
    stream.write(`${text}\n`);
  };
  const timer = setInterval(() => {
    if (performance.now() - saidAt >= LINE_EVERY_MS) write(sentence([...meter.place, ...meter.left]));
  }, 1000);
  timer.unref();
  return {
    epoch: (number) => {
      write(sentence([meter.epochOf(number), ...meter.accuracy, ...meter.left]));
    },
    note: write,
    close: () => {
      clearInterval(timer);
    },
  };
}

/** `━━━━────` */
function bar(share: number, width = 20): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '━'.repeat(full) + '─'.repeat(width - full);
}

function line(meter: PhotoMeter, stream: NodeJS.WriteStream): Output {
  const block = new LiveBlock(stream, () => [
    ` ${bar(meter.share)}  ${[...meter.place, ...meter.accuracy, ...meter.left].join(', ')}`,
  ]);
  return {
    epoch: () => undefined,
    note: (text) => {
      block.print(text);
    },
    close: () => {
      block.close();
    },
  };
}

/** Shows how a fine-tuning gets on: a line that changes in a terminal, elsewhere a line an epoch, and at least every half minute. */
export function photoProgress(
  _tasks: readonly RunTask[],
  experiment: ResolvedExperiment,
  stream: NodeJS.WriteStream,
): ProgressDisplay {
  const meter = new PhotoMeter(experiment);
  // Some pseudo-terminals say that they are 0 wide.
  const output = stream.isTTY && stream.columns > 0 ? line(meter, stream) : lines(meter, stream);
  return {
    begin(task) {
      const run = meter.begin(task);
      return {
        onProgress: (progress) => {
          run.progress(progress);
          meter.look();
        },
        onEpoch: (event) => {
          run.epoch(event);
          meter.epoch(event.testError);
          output.epoch(event.epoch);
        },
        onFeatures: (done, total) => {
          meter.features(done, total);
        },
        end(outcome) {
          // Why it failed is said at the end of the command.
          if (outcome.status === 'stopped') output.note(pc.yellow('Stopped; everything is saved.'));
        },
      };
    },
    note: output.note,
    close: output.close,
  };
}
