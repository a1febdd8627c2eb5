/** A run's record as events of TensorBoard. */
import type { Run } from '../records/run.js';
import type { EpochEvent, RunHeader } from '../records/schema.js';
import { fileVersion, histogram, scalar, summary, text } from './events.js';
import { experimentValue, sessionEnd, sessionStart } from './hyperparameters.js';
import type { Hyperparameter } from './hyperparameters.js';
import { smallest } from '../ground/extremes.js';

/** The scalars of an epoch by their tags. */
const SCALARS: Readonly<Record<string, (event: EpochEvent) => number | null | undefined>> = {
  'error/test': ({ testError }) => testError,
  'loss/test': ({ testLoss }) => testLoss,
  'loss/probe': ({ probeLoss }) => probeLoss,
  'loss/train': ({ trainLoss }) => trainLoss,
  learning_rate: ({ learningRate }) => learningRate,
  'selection/effective_sample_size': ({ selection }) => selection.effectiveSampleSize,
  'selection/distinct_share': ({ selection }) => selection.distinctShare,
  'cost/train_seconds': ({ trainSeconds }) => trainSeconds,
  'cost/processor_seconds': ({ processorSeconds }) => processorSeconds,
  'cost/steps': ({ steps }) => steps,
  'cost/trained_samples': ({ trainedSamples }) => trainedSamples,
  'cost/scored_samples': ({ scoredSamples }) => scoredSamples,
};

/** Numbers by which runs are compared. */
const METRICS = [
  { tag: 'error/test', title: 'test error' },
  { tag: 'loss/test', title: 'test loss' },
  { tag: 'cost/train_seconds', title: 'seconds of training' },
];

/** The hyperparameters of a run: its selector and the options of the method. */
function hyperparametersOf({ selector, method }: RunHeader): Map<string, Hyperparameter> {
  const options = Object.entries(method.options).map(([name, value]): [string, Hyperparameter] => {
    const isPlain = typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean';
    return [name, isPlain ? value : JSON.stringify(value)];
  });
  return new Map<string, Hyperparameter>([['selector', selector], ...options]);
}

/** The events at the beginning of a run's file. */
function openingEvents(header: RunHeader): Uint8Array[] {
  const time = Date.parse(header.startedAt);
  const description = `\`\`\`json\n${JSON.stringify(header.experiment, null, 2)}\n\`\`\``;
  const values = [text('experiment', description)];
  if (header.kind === 'run') values.push(sessionStart(hyperparametersOf(header), header.selector, time));
  return [fileVersion(time), summary({ time, step: 0 }, values)];
}

/** The event of an epoch. */
export function epochEvent(event: EpochEvent): Uint8Array {
  const scalars = Object.entries(SCALARS).flatMap(([tag, read]) => {
    const value = read(event);
    return value === null || value === undefined ? [] : [scalar(tag, value)];
  });
  const uncertainty = histogram('selection/uncertainty', event.selection.uncertaintyHistogram);
  return summary({ time: Date.parse(event.time), step: event.epoch }, [...scalars, uncertainty]);
}

/** The event at the end of a run. */
export function closingEvent({ time: ended, epoch: step }: EpochEvent): Uint8Array {
  const time = Date.parse(ended);
  return summary({ time, step }, [sessionEnd(time)]);
}

/** The events of a run as far as it has come. */
export function runEvents({ header, epochs, complete }: Run): Uint8Array[] {
  const last = epochs.at(-1);
  const end = header.kind === 'run' && complete && last !== undefined ? [closingEvent(last)] : [];
  return [...openingEvents(header), ...epochs.map(epochEvent), ...end];
}

/** The events that say which hyperparameters the runs of a comparison have. */
export function comparisonEvents(runs: readonly RunHeader[]): Uint8Array[] {
  const time = smallest(runs.map(({ startedAt }) => Date.parse(startedAt)));
  const values = new Map<string, Set<Hyperparameter>>();
  for (const header of runs) {
    for (const [name, value] of hyperparametersOf(header)) {
      values.set(name, (values.get(name) ?? new Set<Hyperparameter>()).add(value));
    }
  }
  const found = new Map([...values].map(([name, distinct]) => [name, [...distinct]]));
  return [fileVersion(time), summary({ time, step: 0 }, [experimentValue(found, METRICS)])];
}
