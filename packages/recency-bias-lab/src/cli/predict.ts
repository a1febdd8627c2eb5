/** `recency-bias predict`: classifies photos with a saved model. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import pc from 'picocolors';
import { cacheDirectory } from '../data/cache.js';
import { openFileTree } from '../data/file-tree.js';
import { DataError } from '../data/idx.js';
import { isImagePath, READ_FORMATS } from '../data/image-formats.js';
import { FileProblem, readRegularFile } from '../data/regular-file.js';
import { isBackendName, preferredBackend, startBackend } from '../ground/backend.js';
import type { BackendName } from '../ground/backend.js';
import { modelContext } from '../experiment/prepare/trained-model.js';
import { CLASSIFY_BATCH, FileClassifier } from '../pretrained/file-classifier.js';
import { isAddress } from '../pretrained/backbone-source.js';
import { fetchProgress } from './data.js';
import { CommandError } from './errors.js';
import { plural } from './format.js';
import { LiveBlock } from './live-block.js';
import { isUnsure, predictionOutput, SURE } from './prediction-output.js';
import type { Outcome } from './prediction-output.js';

/** Flags of `predict`. */
export interface PredictFlags {
  top?: number;
  json?: boolean;
  csv?: boolean;
  unsure?: boolean;
  backend?: string;
  cache?: string;
}

/** Bytes of an encoded photo that are read at most. */
const MAX_PHOTO_BYTES = 2 ** 28;
/** Files that could not be classified and are named at the end. */
const NAMED = 20;

/** The photos that the arguments mean, one after another: files as they are, folders with all images below them. */
async function* imagePaths(given: readonly string[]): AsyncGenerator<string> {
  for (const path of given) {
    const info = await stat(path).catch(() => undefined);
    if (info?.isDirectory() !== true) {
      yield path;
      continue;
    }
    const images = (await openFileTree(path)).paths.filter(isImagePath);
    if (images.length === 0) throw new CommandError(`${path}: holds no images (${READ_FORMATS} files)`);
    for (const image of images) yield join(path, image);
  }
}

/** `items` in pieces of `size`, the last one shorter. */
async function* inPieces<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let piece: T[] = [];
  for await (const item of items) {
    piece.push(item);
    if (piece.length < size) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

async function readImage(classifier: FileClassifier, path: string): Promise<Uint8Array | DataError> {
  try {
    return await classifier.decode(await readRegularFile(path, MAX_PHOTO_BYTES), path);
  } catch (error) {
    if (error instanceof DataError) return error;
    if (error instanceof FileProblem) return new DataError(`${path}: ${error.message}`);
    throw error;
  }
}

/** Classifies a batch of photos. */
async function classify(
  classifier: FileClassifier,
  paths: readonly string[],
  top: number,
): Promise<Outcome[]> {
  const decoded = await Promise.all(paths.map((path) => readImage(classifier, path)));
  const images = decoded.filter((image) => image instanceof Uint8Array);
  const { length: classes } = classifier.metadata.labels;
  const rows = images.length === 0 ? new Float32Array(0) : await classifier.probabilities(images);
  let row = 0;
  return decoded.map((image, i): Outcome => {
    const path = paths[i]!;
    if (image instanceof DataError) return { image: path, error: image.message };
    const own = rows.subarray(row * classes, ++row * classes);
    return { image: path, predictions: classifier.top(own, top) };
  });
}

/** Says on a terminal how many photos are classified, until it is closed. */
function photoCounter(stream: NodeJS.WriteStream, photos: () => number): LiveBlock | undefined {
  if (!stream.isTTY) return undefined;
  return new LiveBlock(stream, () => [` ${plural(photos(), 'photo')} classified`]);
}

async function backendOf(name: string | undefined): Promise<BackendName> {
  if (name === undefined || name === 'auto') return (await preferredBackend()).name;
  if (isBackendName(name)) return name;
  throw new CommandError(`--backend: is ${name}; expected auto, torch, wasm or cpu`);
}

/**
 * Prints the most probable classes of each photo: as it goes, or with `--unsure` at the end, the least certain first.
 * @param model what `finetune` or `export` saved, or a run directory
 * @param given photos and folders of photos
 */
export async function predict(model: string, given: readonly string[], flags: PredictFlags): Promise<void> {
  const { top = 3, json = false, csv = false, unsure = false } = flags;
  if (!Number.isInteger(top) || top < 1)
    throw new CommandError(`--top: is ${top}; expected a whole number of at least 1`);
  if (json && csv) throw new CommandError('Give either --json or --csv, not both');
  if (!isAddress(model) && !existsSync(model)) {
    throw new CommandError(
      `${model}: does not exist; give the folder of a model that finetune or export saved, or a run directory`,
    );
  }
  await startBackend(await backendOf(flags.backend));
  const progress = fetchProgress(process.stderr);
  const context = modelContext({ cache: cacheDirectory(flags.cache), onProgress: progress.update });
  const classifier = await FileClassifier.open(model, context);
  progress.end();

  const output = predictionOutput(json ? 'json' : csv ? 'csv' : 'text', top, process.stdout);
  const kept: Outcome[] = [];
  const unreadable: string[] = [];
  let failed = 0;
  let classified = 0;
  // Where rows come on the screen, they say themselves how far it is.
  const isQuiet = unsure || !process.stdout.isTTY;
  const counter = isQuiet ? photoCounter(process.stderr, () => classified + failed) : undefined;
  try {
    for await (const paths of inPieces(imagePaths(given), CLASSIFY_BATCH)) {
      const outcomes = await classify(classifier, paths, top);
      for (const outcome of outcomes) {
        if ('error' in outcome) {
          failed++;
          if (unreadable.length < NAMED) unreadable.push(outcome.error);
        } else classified++;
        if (unsure && ('error' in outcome || isUnsure(outcome))) kept.push(outcome);
      }
      if (!unsure) await output.write(outcomes);
    }
  } finally {
    counter?.close();
  }
  classifier.dispose();
  const certainty = (outcome: Outcome): number =>
    'error' in outcome ? 1 : outcome.predictions[0]!.probability;
  kept.sort((a, b) => certainty(a) - certainty(b));
  await output.write(kept);
  await output.end();
  if (unsure && !json && !csv) {
    const found = kept.filter((outcome) => 'predictions' in outcome).length;
    process.stderr.write(
      pc.dim(`${found} of ${plural(classified, 'photo')} are less than ${100 * SURE} % sure\n`),
    );
  }
  if (failed > 0) {
    throw new CommandError(
      [
        `${plural(failed, 'file')} could not be classified:`,
        ...unreadable.map((line) => `  - ${line}`),
        ...(failed > unreadable.length ? [`  - and ${failed - unreadable.length} more`] : []),
      ].join('\n'),
    );
  }
}
