/** Progress of a fine-tuning in its reader's words: photos, how many are right, minutes left. */
import pc from 'picocolors';
import type { ResolvedExperiment } from '../experiment/document/resolve.js';
import type { RunTask } from '../experiment/document/tasks.js';
import { formatCount, formatSpan } from './format.js';
import { LiveBlock } from './live-block.js';
import type { ProgressDisplay } from './progress.js';
import { RunMeter, TotalMeter } from './run-meter.js';

/** Where there is no terminal, a line is written at least this often. */
const LINE_EVERY_MS = 30_000;
/** Before so much is done, nobody knows how long the rest takes. */
const LEAST_SHARE = 0.02;

const right = (error: number): string => `${(100 * (1 - error)).toFixed(1)} %`;

/** Progress of the tasks together: the warm-up and the run after it are the same training to its reader. */
class PhotoMeter {
  readonly #total: TotalMeter;
  readonly #experiment: ResolvedExperiment;
  #meter: RunMeter | undefined;
  /** Errors of the epochs so far. */
  #best = 1;
  #last: number | undefined;

  constructor(tasks: readonly RunTask[], experiment: ResolvedExperiment) {
    this.#total = new TotalMeter(tasks, experiment);
    this.#experiment = experiment;
  }

  begin(task: RunTask): RunMeter {
    const meter = new RunMeter(task, this.#experiment);
    this.#total.add(meter);
    this.#meter = meter;
    return meter;
  }

  end(meter: RunMeter): void {
    this.#total.finish(meter);
  }

  epoch(error: number): void {
    this.#last = error;
    this.#best = Math.min(this.#best, error);
  }

  get share(): number {
    return this.#total.share;
  }

  get left(): string[] {
    const { share, secondsLeft } = this.#total;
    return share >= LEAST_SHARE && share < 1 ? [`about ${formatSpan(secondsLeft)} left`] : [];
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
      return [`looking at each photo once: ${formatCount(features.done)} of ${formatCount(features.total)}`];
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
  tasks: readonly RunTask[],
  experiment: ResolvedExperiment,
  stream: NodeJS.WriteStream,
): ProgressDisplay {
  const meter = new PhotoMeter(tasks, experiment);
  // Some pseudo-terminals say that they are 0 wide.
  const output = stream.isTTY && stream.columns > 0 ? line(meter, stream) : lines(meter, stream);
  return {
    begin(task) {
      const run = meter.begin(task);
      return {
        onProgress: (progress) => {
          run.progress(progress);
        },
        onEpoch: (event) => {
          run.epoch(event);
          meter.epoch(event.testError);
          output.epoch(event.epoch);
        },
        onFeatures: (done, total) => {
          run.features = { done, total };
        },
        end(outcome) {
          meter.end(run);
          if (outcome.status === 'failed') output.note(`${pc.red('failed')}: ${outcome.message}`);
          else if (outcome.status === 'stopped') output.note(pc.yellow('Stopped; everything is saved.'));
        },
      };
    },
    note: output.note,
    close: output.close,
  };
}
