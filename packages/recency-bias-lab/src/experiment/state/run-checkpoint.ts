/** The content of a run directory's checkpoint.bin. */
import { join } from 'node:path';
import type { StateDict } from 'recency-bias';
import type { TrainingState } from 'recency-bias/tfjs';
import { RecordError } from '../../records/read.js';
import { RUN_FILES } from '../../records/run-files.js';
import { readCheckpoint } from '../../records/run-writer.js';
import type { RecordingState } from '../selection/recording-selector.js';
import { observerState } from '../selection/warmup-selector.js';
import type { WarmupState } from '../selection/warmup-selector.js';

/** State of the training and of its clock. */
export interface RunCheckpoint extends StateDict {
  readonly version: 1;
  readonly training: TrainingState;
  /** Cumulative time spent in training since the beginning of the warm-up. */
  readonly trainSeconds: number;
  readonly processorSeconds: number;
  /** Training steps since the beginning of the warm-up; absent in checkpoints of earlier versions. */
  readonly steps?: number;
  /** The learning rate at which the probe begins; absent where the experiment has none. */
  readonly probeRate?: number;
  /** Pictures of the most uncertain samples, for who watches the run; absent in checkpoints of earlier versions. */
  readonly pictures?: SamplePictures;
  /** Where the log ended when the checkpoint was saved; absent in checkpoints of earlier versions. */
  readonly logLines?: number;
  readonly logCheck?: number;
}

/** Pictures of some training samples. */
export interface SamplePictures extends StateDict {
  readonly version: 1;
  readonly indices: Int32Array;
  readonly labels: Int32Array;
  /** Data URIs. */
  readonly images: readonly string[];
}

/** Reads a run's own checkpoint; undefined when it has none yet. */
export async function readRunCheckpoint(dir: string): Promise<RunCheckpoint | undefined> {
  const state = await readCheckpoint(dir);
  if (state === undefined) return undefined;
  if (state.version !== 1 || !('training' in state)) {
    throw new RecordError(
      `${join(dir, RUN_FILES.checkpoint)}: is not a checkpoint of this program's version`,
    );
  }
  return state as RunCheckpoint;
}

function warmupState({ training }: RunCheckpoint): WarmupState {
  return (training.selector as RecordingState).inner as WarmupState;
}

/** Whether the selectors `labels` have observed the warm-up of a checkpoint. */
export function isObservedBy(checkpoint: RunCheckpoint, labels: readonly string[]): boolean {
  const observers = warmupState(checkpoint).labels;
  return labels.every((label) => observers.includes(label));
}

/** Whether the selectors `labels` can fork from a warm-up: it is complete, its checkpoint is there, and they observed it. */
export async function canFork(
  dir: string,
  labels: readonly string[],
  { warmupEpochs }: { readonly warmupEpochs: number },
): Promise<boolean> {
  // The damage is named when the run is to go on.
  const checkpoint = await readRunCheckpoint(dir).catch(() => undefined);
  return checkpoint?.training.epoch === warmupEpochs && isObservedBy(checkpoint, labels);
}

/**
 * The state from which the selector `label` goes on after the warm-up: its own selector state, all else shared.
 * @throws RecordError when the warm-up is not complete.
 */
export async function forkWarmup(dir: string, label: string, warmupEpochs: number): Promise<RunCheckpoint> {
  const checkpoint = await readRunCheckpoint(dir);
  if (checkpoint?.training.epoch !== warmupEpochs) {
    throw new RecordError(`${dir}: the shared warm-up is not complete; go on with --resume`);
  }
  const shared = checkpoint.training.selector as RecordingState;
  const selector: RecordingState = { ...shared, inner: observerState(warmupState(checkpoint), label) };
  return { ...checkpoint, training: { ...checkpoint.training, selector } };
}
