/** Out-of-sample probabilities as files that other tools read. */
import { join } from 'node:path';
import type { ImageDataset } from '../data/image-dataset.js';
import { encodeNpy } from '../data/npy.js';
import { makeDirectory } from '../ground/make-directory.js';
import { replaceFile } from '../ground/replace-file.js';

/** What models say of samples that they have not seen. */
export interface Predictions {
  readonly dataset: ImageDataset;
  /** [training samples, classes], rows that sum to 1. */
  readonly probabilities: Float32Array;
}

/** The most probable class of a sample. */
function predicted(probabilities: Float32Array, index: number, classes: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) {
    if (probabilities[index * classes + c]! > probabilities[index * classes + best]!) best = c;
  }
  return best;
}

/** The content of predictions.json: labels as FiftyOne's FiftyOneImageClassificationDataset has them, by file or number. */
export function predictionsJson({ dataset, probabilities }: Predictions): string {
  const { classNames, classes, train } = dataset;
  const labels = Object.fromEntries(
    Array.from(train.labels, (label, index) => {
      const says = predicted(probabilities, index, classes);
      const answer = {
        label: classNames[says]!,
        confidence: Number(probabilities[index * classes + says]!.toPrecision(6)),
        attributes: { given: classNames[label]! },
      };
      return [train.files?.[index] ?? String(index), answer];
    }),
  );
  return `${JSON.stringify({ classes: classNames, labels }, null, 1)}\n`;
}

/**
 * Writes pred_probs.npy (float32 [samples, classes]) and labels.npy (int32 [samples]) for cleanlab, and predictions.json for
 * FiftyOne.
 */
export async function writePredictions(folder: string, predictions: Predictions): Promise<void> {
  const { dataset, probabilities } = predictions;
  const { size, labels } = dataset.train;
  await makeDirectory(folder);
  await replaceFile(join(folder, 'pred_probs.npy'), encodeNpy([size, dataset.classes], probabilities));
  await replaceFile(join(folder, 'labels.npy'), encodeNpy([size], labels));
  await replaceFile(join(folder, 'predictions.json'), predictionsJson(predictions));
}
