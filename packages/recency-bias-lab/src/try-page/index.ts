/** Writes try.html beside a saved model. */
import { join } from 'node:path';
import { replaceFile } from '../ground/replace-file.js';
import type { ModelFiles } from '../models/model-files.js';
import { savedModelSchema, TRY_PAGE } from '../pretrained/saved-model.js';
import { writeProblem } from '../records/run-writer.js';
import { tryPage } from './page.js';
import { tryScript } from './script.js';

/**
 * Writes a page that holds the model and classifies photos and what the webcam sees.
 * @param files a model whose metadata say what its classes and photos are
 * @param folder where `saveModel` has written it
 * @returns path of the page
 * @throws RecordError when it cannot be written.
 */
export async function writeTryPage(files: ModelFiles, folder: string): Promise<string> {
  const path = join(folder, TRY_PAGE);
  const page = tryPage(files, savedModelSchema.parse(files.metadata), await tryScript());
  try {
    await replaceFile(path, page);
  } catch (error) {
    throw writeProblem(error, path);
  }
  return path;
}
