/** The trained model of a run directory, as TensorFlow.js's files. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { TrainingState } from 'recency-bias/tfjs';
import type { OpenContext } from '../../models/model.js';
import { captureModelFiles } from '../../pretrained/capture.js';
import { ModelError } from '../../models/model-error.js';
import type { ModelFiles } from '../../models/model-files.js';
import type { SavedModelMetadata } from '../../pretrained/saved-model.js';
import { readEvents, foldEvents, readRunHeader } from '../../records/read.js';
import type { RunHeader } from '../../records/schema.js';
import { readBestEpoch } from '../state/best-weights.js';
import type { Answers } from '../state/best-weights.js';
import { openModel } from './open-model.js';
import { loadPlugins } from '../../plugins/loaded-plugins.js';
import { trainedPart } from './phase-network.js';
import { parseExperiment } from '../document/resolve.js';
import { readRunCheckpoint } from '../state/run-checkpoint.js';

/** Which weights of a run: those with the lowest error on the held-out samples, or those at its end. */
export type WhichEpoch = 'best' | 'last';

/** The means to open models. */
export function modelContext(options: Pick<OpenContext, 'cache' | 'onProgress'>): OpenContext {
  const context: OpenContext = {
    ...options,
    readRun: async (dir) => {
      const isRecord = existsSync(join(dir, 'run.json')) || existsSync(join(dir, 'experiment.json'));
      return isRecord ? readRunModel(await runDirectory(dir), 'best', context) : undefined;
    },
  };
  return context;
}

/**
 * The run that a folder means: itself, or the only run of a comparison.
 * @throws ModelError when it is neither.
 */
export async function runDirectory(dir: string): Promise<string> {
  if (existsSync(join(dir, 'run.json'))) return dir;
  if (!existsSync(join(dir, 'experiment.json'))) {
    throw new ModelError(`${dir}: is not a run directory (it has no run.json)`);
  }
  const names = (await readdir(dir)).filter(
    (name) => !name.startsWith('warmup-') && existsSync(join(dir, name, 'run.json')),
  );
  if (names.length === 1) return join(dir, names[0]!);
  throw new ModelError(
    names.length === 0
      ? `${dir}: holds no run yet`
      : `${dir}: holds several runs; name one of them: ${names.join(', ')}`,
  );
}

/**
 * The best epoch of a run directory and its answers for the held-out samples, as they were measured when it was trained.
 * @returns undefined where the record is of an earlier version, without answers
 */
export async function readHeldOutAnswers(
  dir: string,
): Promise<{ readonly epoch: number; readonly answers: Answers } | undefined> {
  const { epoch, answers } = (await readBestEpoch(dir)) ?? {};
  return epoch === undefined || answers === undefined ? undefined : { epoch, answers };
}

/** The learning rate that a run chose for its probe; undefined where it chose none, or has saved nothing. */
export async function readProbeRate(dir: string): Promise<number | undefined> {
  return (await readRunCheckpoint(dir))?.probeRate;
}

interface TrainedWeights {
  readonly epoch: number;
  readonly testError: number;
  readonly weights: TrainingState['weights'];
}

async function trainedWeights(dir: string, which: WhichEpoch): Promise<TrainedWeights> {
  const none = new ModelError(`${dir}: has no trained weights yet (no epoch has ended)`);
  if (which === 'best') {
    const best = await readBestEpoch(dir);
    if (best === undefined) throw none;
    return best;
  }
  const checkpoint = await readRunCheckpoint(dir);
  const { epochs } = foldEvents(await readEvents(dir));
  const last = epochs.at(-1);
  if (checkpoint === undefined || last === undefined) throw none;
  const { epoch, step, weights } = checkpoint.training;
  if (step > 0 || epoch !== last.epoch) {
    throw new ModelError(`${dir}: is in the middle of an epoch; go on with --resume, or take the best epoch`);
  }
  return { epoch, testError: last.testError, weights };
}

/** Puts weights that a run saved into a model of the same architecture. */
function setWeights(model: tf.LayersModel, weights: TrainingState['weights'], dir: string): void {
  const tensors = weights.map(({ values, shape, dtype }) =>
    tf.tensor(
      (values as Float32Array).slice(),
      [...(shape as readonly number[])],
      dtype as tf.NumericDataType,
    ),
  );
  try {
    model.setWeights(tensors);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelError(`${dir}: its weights do not fit its model (${reason})`);
  } finally {
    tf.dispose(tensors);
  }
}

function metadataOf(
  { input, dataset, id }: RunHeader & { readonly input: NonNullable<RunHeader['input']> },
  { epoch, testError }: TrainedWeights,
  which: WhichEpoch,
): SavedModelMetadata {
  const [height, width, channels] = input.imageShape;
  return {
    recencyBias: 1,
    labels: dataset.classNames,
    imageSize: { height, width, channels: channels === 1 ? 1 : 3 },
    fit: input.fit,
    scaling: input.scaling,
    accuracy: 1 - testError,
    accuracyOf: `${dataset.testSize} held-out images${which === 'best' ? ', which also chose the epoch' : ''}`,
    epoch,
    run: id,
  };
}

/**
 * Builds the model of a run directory, ending in softmax probabilities.
 * @throws ModelError or RecordError when the directory is no run's, or has no trained weights yet.
 */
export async function readRunModel(
  dir: string,
  which: WhichEpoch,
  context: OpenContext,
): Promise<ModelFiles> {
  const header = await readRunHeader(dir);
  if (header === undefined) throw new ModelError(`${dir}: is not a run directory (it has no run.json)`);
  const { input, dataset, experiment, seed } = header;
  if (input === undefined) {
    throw new ModelError(`${dir}: was recorded before models could be exported; train the run anew`);
  }
  const trained = await trainedWeights(dir, which);
  await loadPlugins({ dataset: experiment.dataset, model: experiment.model });
  const { model: config } = parseExperiment(experiment, join(dir, 'run.json'));
  const opened = await openModel(config, context);
  const logits = await opened.create({
    imageShape: input.imageShape,
    classes: dataset.classes,
    weightDecay: 0,
    seed,
  });
  try {
    setWeights(trainedPart(logits, trained.weights.length) ?? logits, trained.weights, dir);
    return await captureModelFiles(logits, dir, metadataOf({ ...header, input }, trained, which));
  } finally {
    logits.dispose();
  }
}
