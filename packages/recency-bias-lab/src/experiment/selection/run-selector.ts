/** The selector of a run, with everything that is recorded of it. */
import type { Selector, SelectorFactory } from 'recency-bias';
import type { ImageDataset } from '../../data/image-dataset.js';
import { createMethod } from '../document/method-inputs.js';
import type { MethodInputs } from '../document/method-inputs.js';
import { RecordingSelector } from './recording-selector.js';
import type { ResolvedExperiment } from '../document/resolve.js';
import type { RunTask } from '../document/tasks.js';
import { WarmupSelector } from './warmup-selector.js';

/** A run, and what its selector is made of. */
export interface RunSelectorOptions {
  readonly experiment: ResolvedExperiment;
  readonly task: RunTask;
  readonly dataset: ImageDataset;
  readonly inputs: MethodInputs;
}

/** Makes the recorder around a run's method, or around the shared warm-up. */
export function runSelector(
  { experiment, task, dataset, inputs }: RunSelectorOptions,
  given: Parameters<SelectorFactory>[0],
): RecordingSelector {
  // A warm-up is a part of runs whose schedules span all epochs.
  const run = { ...given, epochs: experiment.epochs };
  const make = (label: string): Selector =>
    createMethod(experiment.selectors[label]!, inputs.get(label))(run);
  const inner =
    task.kind === 'run'
      ? make(task.selector)
      : new WarmupSelector(
          run,
          new Map(Object.keys(experiment.selectors).map((label) => [label, make(label)])),
        );
  return new RecordingSelector(inner, run, experiment.window, dataset.train.labels);
}
