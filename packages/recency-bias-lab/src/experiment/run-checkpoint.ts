/** What a run directory's checkpoint.bin holds. */
import { join } from 'node:path';
import type { StateDict } from 'recency-bias';
import type { TrainingState } from 'recency-bias/tfjs';
import { RecordError } from '../records/read.js';
import { readCheckpoint } from '../records/run-writer.js';
import type { RecordingState } from './recording-selector.js';
import { observerState } from './warmup-selector.js';
import type { WarmupState } from './warmup-selector.js';

/** State of the training and of its clock. */
export interface RunCheckpoint extends StateDict {
  readonly version: 1;
  readonly training: TrainingState;
  /** Cumulative time spent in training since the beginning of the warm-up. */
  readonly trainSeconds: number;
  readonly processorSeconds: number;
}

/** Reads a run's own checkpoint; undefined when it has none yet. */
export async function readRunCheckpoint(dir: string): Promise<RunCheckpoint | undefined> {
  const state = await readCheckpoint(dir);
  if (state === undefined) return undefined;
  if (state.version !== 1 || !('training' in state)) {
    throw new RecordError(`${join(dir, 'checkpoint.bin')}: is not a checkpoint of this program's version`);
  }
  return state as RunCheckpoint;
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
  const selector: RecordingState = { ...shared, inner: observerState(shared.inner as WarmupState, label) };
  return { ...checkpoint, training: { ...checkpoint.training, selector } };
}
