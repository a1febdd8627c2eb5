/** The answers of a fine-tuned model for its held-out photos, and the page about them. */
import { join } from 'node:path';
import { gatherImages, imageLength } from '../data/image-dataset.js';
import type { ImageDataset } from '../data/image-dataset.js';
import { parseExperiment } from '../experiment/document/resolve.js';
import type { Experiment } from '../experiment/document/schema.js';
import { loadExperimentData } from '../experiment/prepare/load-data.js';
import { modelContext, readHeldOutAnswers } from '../experiment/prepare/trained-model.js';
import { startBackend } from '../ground/backend.js';
import { quoted, startedAs } from '../ground/command.js';
import { writePhotoReport } from '../photo-report/index.js';
import type { HeldOutPhoto } from '../photo-report/index.js';
import { loadPlugins } from '../plugins/loaded-plugins.js';
import { CLASSIFY_BATCH, FileClassifier } from '../pretrained/file-classifier.js';
import { readComparison } from '../records/read.js';
import type { RunHeader } from '../records/schema.js';
import { largest } from '../ground/extremes.js';
import { photoFolder } from './run-insights.js';

/** The best epoch of a run, and its answer for each held-out photo. */
interface HeldOutAnswers {
  readonly epoch: number;
  readonly photos: readonly HeldOutPhoto[];
}

/** A held-out photo before its answer. */
function heldOutPhoto({ test }: ImageDataset, index: number): Pick<HeldOutPhoto, 'index' | 'file' | 'label'> {
  return { index, label: test.labels[index]!, file: test.files?.[index] ?? `image ${index}` };
}

/** The answers that the run recorded; undefined where there are none, or they are of other photos. */
async function recordedAnswers(run: string, dataset: ImageDataset): Promise<HeldOutAnswers | undefined> {
  const { epoch, answers } = (await readHeldOutAnswers(run)) ?? {};
  if (epoch === undefined || answers?.predicted.length !== dataset.test.size) return undefined;
  const photos = Array.from(answers.predicted, (predicted, index) => ({
    ...heldOutPhoto(dataset, index),
    ...{ predicted, probability: answers.probability[index]! },
  }));
  return { epoch, photos };
}

/** The answers of a saved model, of a run that recorded none. */
async function classified(classifier: FileClassifier, dataset: ImageDataset): Promise<HeldOutAnswers> {
  const { test, classes } = dataset;
  const length = imageLength(dataset);
  const photos: HeldOutPhoto[] = [];
  for (let from = 0; from < test.size; from += CLASSIFY_BATCH) {
    const count = Math.min(CLASSIFY_BATCH, test.size - from);
    const indices = Int32Array.from({ length: count }, (_, i) => from + i);
    const bytes = await gatherImages(test, indices);
    const images = Array.from(indices, (_, row) => bytes.subarray(row * length, (row + 1) * length));
    const rows = await classifier.probabilities(images);
    for (const [row, index] of indices.entries()) {
      const own = rows.subarray(row * classes, (row + 1) * classes);
      const probability = largest(own);
      photos.push({
        ...heldOutPhoto(dataset, index),
        ...{ predicted: own.indexOf(probability), probability },
      });
    }
  }
  return { epoch: classifier.metadata.epoch, photos };
}

async function classifiedBy(
  model: string,
  dataset: ImageDataset,
  backend: Experiment['backend'],
  cache: string,
): Promise<HeldOutAnswers> {
  if (backend !== 'auto') await startBackend(backend);
  const classifier = await FileClassifier.open(model, modelContext({ cache }));
  try {
    return await classified(classifier, dataset);
  } finally {
    classifier.dispose();
  }
}

/**
 * Writes the page about the held-out photos of a run, by the answers in its record; of a run without, by those of its saved model.
 * @param dir the run's experiment, where the page goes
 * @param run the run's own directory
 * @param model folder of the model
 * @returns path of the page
 */
export async function makePhotoReport(
  dir: string,
  run: string,
  { experiment }: Pick<RunHeader, 'experiment'>,
  model: string,
  cache: string,
): Promise<string> {
  await loadPlugins({ dataset: experiment.dataset, model: experiment.model });
  const { dataset: described, backend } = parseExperiment(experiment);
  const { dataset } = await loadExperimentData({ dataset: described }, { cache, begun: dir });
  const { epoch, photos } =
    (await recordedAnswers(run, dataset)) ?? (await classifiedBy(model, dataset, backend, cache));
  const { warmups, runs, name } = await readComparison(dir);
  const epochs = [...warmups.slice(0, 1), ...runs.slice(0, 1)].flatMap((record) => record.epochs);
  const about = {
    title: name,
    curve: epochs.map(({ epoch: at, testError }) => ({ epoch: at, accuracy: 1 - testError })),
    epoch,
    command: `${startedAs()} predict ${quoted(join(dir, 'model'))} <photos and folders>`,
  };
  return writePhotoReport(dir, dataset, photos, about, photoFolder(described));
}
