/** `recency-bias predict`: classifies photos with a saved model. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pc from 'picocolors';
import { cacheDirectory } from '../data/cache.js';
import { openFileTree } from '../data/file-tree.js';
import { DataError } from '../data/idx.js';
import { isImagePath } from '../data/image-folder.js';
import { isBackendName, preferredBackend, startBackend } from '../experiment/backend.js';
import type { BackendName } from '../experiment/backend.js';
import { modelContext } from '../experiment/run-model.js';
import { CLASSIFY_BATCH, Classifier } from '../pretrained/classifier.js';
import type { Prediction } from '../pretrained/classifier.js';
import { fetchProgress } from './data.js';
import { CommandError } from './errors.js';
import { plural } from './format.js';

/** Flags of `predict`. */
export interface PredictFlags {
  top?: number;
  json?: boolean;
  backend?: string;
  cache?: string;
}

/** What is known of one photo. */
type Outcome =
  | { readonly image: string; readonly predictions: readonly Prediction[] }
  | { readonly image: string; readonly error: string };

/** The photos that the arguments mean: files as they are, folders with all images below them. */
async function imagePaths(given: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  for (const path of given) {
    const info = await stat(path).catch(() => undefined);
    if (info?.isDirectory() !== true) {
      paths.push(path);
      continue;
    }
    const images = (await openFileTree(path)).paths.filter(isImagePath);
    if (images.length === 0) throw new CommandError(`${path}: holds no images (JPEG, PNG or WebP files)`);
    paths.push(...images.map((image) => join(path, image)));
  }
  return paths;
}

async function readImage(classifier: Classifier, path: string): Promise<Uint8Array | DataError> {
  try {
    return await classifier.decode(await readFile(path), path);
  } catch (error) {
    if (error instanceof DataError) return error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return new DataError(`${path}: ${code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`}`);
  }
}

/** Classifies a batch of photos. */
async function classify(classifier: Classifier, paths: readonly string[], top: number): Promise<Outcome[]> {
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

function tableRow({ image, predictions }: Extract<Outcome, { predictions: unknown }>, width: number): string {
  const shown = predictions.map(({ label, probability }, i) => {
    const text = `${label} ${(100 * probability).toFixed(1)} %`;
    return i === 0 ? pc.bold(text) : pc.dim(text);
  });
  return `${image.padEnd(width)}  ${shown.join('   ')}`;
}

async function backendOf(name: string | undefined): Promise<BackendName> {
  if (name === undefined || name === 'auto') return (await preferredBackend()).name;
  if (isBackendName(name)) return name;
  throw new CommandError(`--backend: is ${name}; expected auto, torch, wasm or cpu`);
}

/**
 * Prints the most probable classes of each photo.
 * @param model what `finetune` or `export` saved, or a run directory
 * @param given photos and folders of photos
 */
export async function predict(model: string, given: readonly string[], flags: PredictFlags): Promise<void> {
  const { top = 3, json = false } = flags;
  if (!Number.isInteger(top) || top < 1)
    throw new CommandError(`--top: is ${top}; expected a whole number of at least 1`);
  await startBackend(await backendOf(flags.backend));
  const progress = fetchProgress(process.stderr);
  const context = modelContext({ cache: cacheDirectory(flags.cache), onProgress: progress.update });
  const classifier = await Classifier.open(model, context);
  progress.end();
  const paths = await imagePaths(given);
  const width = Math.max(...paths.map(({ length }) => length));
  const outcomes: Outcome[] = [];
  for (let from = 0; from < paths.length; from += CLASSIFY_BATCH) {
    for (const outcome of await classify(classifier, paths.slice(from, from + CLASSIFY_BATCH), top)) {
      outcomes.push(outcome);
      if (!json && 'predictions' in outcome) process.stdout.write(`${tableRow(outcome, width)}\n`);
    }
  }
  classifier.dispose();
  if (json) process.stdout.write(`${JSON.stringify(outcomes, null, 2)}\n`);
  const unreadable = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error] : []));
  if (unreadable.length > 0) {
    throw new CommandError(
      [
        `${plural(unreadable.length, 'file')} could not be classified:`,
        ...unreadable.map((line) => `  - ${line}`),
      ].join('\n'),
    );
  }
}
