/** Training runs as whole courses: the shared warm-up followed by what each selector made of it. */
import type { Comparison, Run } from '../../records/run.js';
import type { EpochEvent, RunHeader } from '../../records/schema.js';
import type { Clock } from './clock.js';
import { chooseClock } from './clock.js';

/** One selector and seed from the first epoch of the warm-up to the last epoch recorded. */
export interface Trajectory {
  readonly selector: string;
  readonly seed: number;
  /** Whether the run has ended. */
  readonly complete: boolean;
  readonly header: RunHeader;
  /** Ascending, warm-up included where its record exists. */
  readonly epochs: readonly EpochEvent[];
  /** The clock of its seconds; the same for all trajectories of a comparison. */
  readonly clock: Clock;
}

/** Puts the shared warm-up of each seed in front of the runs that forked from it. */
export function trajectories(comparison: Comparison): Trajectory[] {
  const warmups = new Map(comparison.warmups.map((run) => [run.header.seed, run]));
  const courses = comparison.runs.map((run) => ({
    selector: run.header.selector,
    seed: run.header.seed,
    complete: run.complete,
    header: run.header,
    epochs: joined(warmups.get(run.header.seed), run),
  }));
  const clock = chooseClock(courses);
  return courses.map((course) => ({ ...course, clock }));
}

function joined(warmup: Run | undefined, run: Run): EpochEvent[] {
  const first = run.epochs[0]?.epoch ?? Infinity;
  const shared = (warmup?.epochs ?? []).filter(
    ({ epoch }) => epoch <= run.header.warmupEpochs && epoch < first,
  );
  return [...shared, ...run.epochs];
}

/** The lowest test error of a trajectory: its first epoch, if several tie. Null before the first epoch. */
export function bestEpoch(trajectory: Trajectory): EpochEvent | null {
  let best: EpochEvent | null = null;
  for (const event of trajectory.epochs) {
    if (best === null || event.testError < best.testError) best = event;
  }
  return best;
}

/** Passes over the training data up to the end of an epoch: samples trained plus samples scored, / data set size. */
export function passes(event: EpochEvent, header: RunHeader): number {
  return (event.trainedSamples + event.scoredSamples) / Math.max(1, header.dataset.trainSize);
}

/** Training steps up to the end of an epoch. Records that lack them are of methods whose epochs are all of full length. */
export function steps(event: EpochEvent, { batchSize, dataset }: RunHeader): number {
  return event.steps ?? event.epoch * Math.ceil(dataset.trainSize / batchSize);
}
