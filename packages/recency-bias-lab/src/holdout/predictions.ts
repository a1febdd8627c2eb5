/** Out-of-sample probabilities as files that other tools read. */
import { extname, join } from 'node:path';
import type { ImageDataset } from '../data/image-dataset.js';
import { encodeNpy } from '../data/npy.js';
import { makeDirectory } from '../ground/make-directory.js';
import { replaceFile } from '../ground/replace-file.js';

/** The answers of models for samples that they have not seen. */
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

/** A file's path without its extension, as FiftyOne names the images of a folder. */
function withoutExtension(path: string): string {
  return path.slice(0, path.length - extname(path).length);
}

/**
 * The content of predictions.json: labels as FiftyOne's FiftyOneImageClassificationDataset has them, by file without its extension, or
 * by number. Files that only their extension tells apart have one name there, so they are left out and returned.
 */
export function predictionsJson({ dataset, probabilities }: Predictions): { text: string; left: string[] } {
  const { classNames, classes, train } = dataset;
  const files = train.files ?? Array.from(train.labels, (_, index) => String(index));
  const names = train.files === undefined ? files : files.map(withoutExtension);
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  const labels: Record<string, unknown> = {};
  const left: string[] = [];
  for (const [index, name] of names.entries()) {
    if (times.get(name)! > 1) {
      left.push(files[index]!);
      continue;
    }
    const says = predicted(probabilities, index, classes);
    labels[name] = {
      label: classNames[says]!,
      confidence: Number(probabilities[index * classes + says]!.toPrecision(6)),
      attributes: { given: classNames[train.labels[index]!]! },
    };
  }
  return { text: `${JSON.stringify({ classes: classNames, labels }, null, 1)}\n`, left };
}

/**
 * Writes pred_probs.npy (float32 [samples, classes]) and labels.npy (int32 [samples]) for cleanlab, and predictions.json for
 * FiftyOne.
 * @returns the files that predictions.json leaves out, since another file differs from them in its extension alone
 */
export async function writePredictions(folder: string, predictions: Predictions): Promise<string[]> {
  const { dataset, probabilities } = predictions;
  const { size, labels } = dataset.train;
  await makeDirectory(folder);
  await replaceFile(join(folder, 'pred_probs.npy'), encodeNpy([size, dataset.classes], probabilities));
  await replaceFile(join(folder, 'labels.npy'), encodeNpy([size], labels));
  const { text, left } = predictionsJson(predictions);
  await replaceFile(join(folder, 'predictions.json'), text);
  return left;
}
