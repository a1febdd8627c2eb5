/** The answers of a fine-tuned model for its held-out photos, and the page about them. */
import { join } from 'node:path';
import { gatherImages, imageLength } from '../data/image-dataset.js';
import type { ImageDataset } from '../data/image-dataset.js';
import { parseExperiment } from '../experiment/document/resolve.js';
import { loadExperimentData } from '../experiment/prepare/load-data.js';
import { modelContext } from '../experiment/prepare/trained-model.js';
import { startBackend } from '../ground/backend.js';
import { quoted, startedAs } from '../ground/command.js';
import { writePhotoReport } from '../photo-report/index.js';
import type { HeldOutPhoto } from '../photo-report/index.js';
import { loadPlugins } from '../plugins/loaded-plugins.js';
import { CLASSIFY_BATCH, Classifier } from '../pretrained/classifier.js';
import { readComparison } from '../records/read.js';
import type { RunHeader } from '../records/schema.js';
import { largest } from '../ground/extremes.js';

async function answers(classifier: Classifier, dataset: ImageDataset): Promise<HeldOutPhoto[]> {
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
        ...{ index, probability, predicted: own.indexOf(probability), label: test.labels[index]! },
        file: test.files?.[index] ?? `image ${index}`,
      });
    }
  }
  return photos;
}

/**
 * Classifies the held-out photos of a run once more with the model that was saved, and writes the page about them.
 * @param dir the run's experiment, where the page goes
 * @param model folder of the model
 * @returns path of the page
 */
export async function makePhotoReport(
  dir: string,
  { experiment }: Pick<RunHeader, 'experiment'>,
  model: string,
  cache: string,
): Promise<string> {
  await loadPlugins({ dataset: experiment.dataset, model: experiment.model });
  const { dataset: described, backend } = parseExperiment(experiment);
  const { dataset } = await loadExperimentData({ dataset: described }, { cache, begun: dir });
  if (backend !== 'auto') await startBackend(backend);
  const classifier = await Classifier.open(model, modelContext({ cache }));
  try {
    const photos = await answers(classifier, dataset);
    const { warmups, runs, name } = await readComparison(dir);
    const epochs = [...warmups.slice(0, 1), ...runs.slice(0, 1)].flatMap((run) => run.epochs);
    return await writePhotoReport(dir, dataset, photos, {
      title: name,
      curve: epochs.map(({ epoch, testError }) => ({ epoch, accuracy: 1 - testError })),
      epoch: classifier.metadata.epoch,
      command: `${startedAs()} predict ${quoted(join(dir, 'model'))} <photos and folders>`,
    });
  } finally {
    classifier.dispose();
  }
}
