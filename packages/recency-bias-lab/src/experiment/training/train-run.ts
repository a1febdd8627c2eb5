/** Trains one run of an experiment and records it. */
import type * as tf from '@tensorflow/tfjs';
import { uniform } from 'recency-bias';
import { StoppedError } from '../../features/compute-features.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeldError } from '../../ground/lock.js';
import type { RunWriter } from '../../records/run-writer.js';
import { RECORD_VERSION } from '../../records/schema.js';
import type { RunHeader } from '../../records/schema.js';
import { phasesOfTask } from '../document/phases.js';
import { BestWeights } from '../state/best-weights.js';
import { describeEnvironment } from './environment.js';
import { RunDirectory } from '../state/run-directory.js';
import { beginPhase } from './begin-phase.js';
import { TrainingSession } from './session.js';
import { ownEpochs } from '../document/tasks.js';
import { now } from './training-clock.js';
import { trainPhase } from './train-phase.js';
import type { PhaseEnd } from './train-phase.js';
import type { TrainRunOptions } from './train-run-options.js';
import { uncertainSamples } from './uncertain-samples.js';

function describeRun(options: TrainRunOptions, { network, data }: TrainingSession): RunHeader {
  const { experiment, task, dataset } = options;
  const { name, trainSize, testSize } = experiment.dataset;
  return {
    version: RECORD_VERSION,
    id: task.id,
    kind: task.kind,
    selector: task.kind === 'run' ? task.selector : 'warmup',
    method:
      task.kind === 'run'
        ? experiment.selectors[task.selector]!
        : { name: uniform.definition.name, options: {} },
    seed: task.seed,
    dataset: { name, trainSize, testSize, classes: dataset.classes, classNames: [...dataset.classNames] },
    model: { name: experiment.model.name, parameters: network.countParams() },
    input: {
      imageShape: [...dataset.imageShape],
      fit: experiment.dataset.fit ?? 'crop',
      scaling: data.scaling,
    },
    epochs: ownEpochs(task, experiment).last,
    warmupEpochs: experiment.warmupEpochs,
    batchSize: experiment.batchSize,
    experiment: { ...experiment },
    environment: describeEnvironment(experiment.backend),
    startedAt: new Date().toISOString(),
  };
}

const POLL_MS = 500;

/** Opens the directory of a run; that of a warm-up, which several shards may need at the same time, when it is free. */
async function openWhenFree(
  directory: RunDirectory,
  { task, stop }: Pick<TrainRunOptions, 'task' | 'stop'>,
  force: boolean,
): Promise<RunWriter> {
  for (;;) {
    try {
      return await directory.open(force);
    } catch (error) {
      if (!(error instanceof HeldError) || task.kind === 'run' || stop.aborted) throw error;
      await sleep(POLL_MS);
    }
  }
}

/**
 * Trains a run from its checkpoint, from the warm-up it forks from, or from the beginning, phase by phase, and records it in its
 * directory. A run that is complete is left as it is.
 * @returns whether the run is complete; false when it was stopped.
 */
export async function trainRun(options: TrainRunOptions): Promise<boolean> {
  const { experiment, task, out, force = false } = options;
  const directory = new RunDirectory(out, task, experiment);
  const writer = await openWhenFree(directory, options, force);
  let network: tf.LayersModel | undefined;
  try {
    const status = await directory.status();
    if (status.kind === 'complete') return true;
    const best = await BestWeights.open(writer, directory.warmup);
    let start = status.kind === 'fresh' ? undefined : status.checkpoint;
    let end: PhaseEnd | undefined;
    const phases = phasesOfTask(task, experiment);
    for (const phase of phases) {
      const isDone = start !== undefined && start.training.epoch >= phase.last;
      if (isDone && phase !== phases.at(-1)) continue;
      const openedAt = now();
      const session = await TrainingSession.open({
        ...options,
        seed: task.seed,
        phase: phase.kind,
        ...(network !== undefined && { network }),
      });
      if (network === undefined) {
        await writer.begin(
          describeRun(options, session),
          start?.training.epoch ?? 0,
          status.kind === 'resumes',
        );
      }
      ({ network } = session);
      const begun = await beginPhase(options, session, phase, start, openedAt);
      end = await trainPhase(options, session, phase, { writer, best }, begun);
      if (end.stopped) return false;
      start = end.checkpoint;
    }
    await recordEnd(options, writer, end!);
    return true;
  } catch (error) {
    if (error instanceof StoppedError) return false;
    throw error;
  } finally {
    network?.dispose();
    await writer.close();
  }
}

async function recordEnd(
  { task, dataset, experiment }: TrainRunOptions,
  writer: RunWriter,
  { recorder, lastEpoch }: PhaseEnd,
): Promise<void> {
  const time = (): string => new Date().toISOString();
  if (task.kind === 'run') {
    const record = recorder.sampleRecord();
    if (record !== undefined) await writer.write('samples', record);
    const samples = await uncertainSamples(recorder, dataset);
    await writer.append({ type: 'uncertain-samples', time: time(), ...samples });
  }
  await writer.append({ type: 'end', time: time(), epochs: lastEpoch ?? ownEpochs(task, experiment).last });
}
