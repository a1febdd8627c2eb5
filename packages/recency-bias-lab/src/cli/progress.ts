/** Progress of the runs of a comparison: bars in a terminal, one line a finished run elsewhere. */
import pc from 'picocolors';
import type { ResolvedExperiment } from '../experiment/document/resolve.js';
import type { RunListener } from '../experiment/processes/run-process.js';
import type { RunOutcome } from '../experiment/processes/schedule-runs.js';
import type { RunTask } from '../experiment/document/tasks.js';
import { formatCount, formatDuration, formatPercent } from './format.js';
import { LiveBlock } from './live-block.js';
import { largest } from '../ground/extremes.js';
import { RunMeter, TotalMeter } from './run-meter.js';

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
      return `${pc.yellow('stopped')}  ${title}: ${meter.hasBegun ? `saved in ${meter.epochText}` : 'before it had begun'}`;
    case 'failed':
      return `${pc.red('failed')}   ${title}: ${outcome.message}`;
  }
}

/** Hands the messages of a run to its meter. */
function updatesOf(meter: RunMeter): RunListener {
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
  };
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
        ...updatesOf(meter),
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
  const width = Math.max(largest(tasks.map((task) => taskTitle(task).length)), 'all runs'.length);
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
        ...updatesOf(meter),
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
