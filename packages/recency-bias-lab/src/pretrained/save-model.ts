/** Writes a model as TensorFlow.js's files, which `tf.loadLayersModel` reads in any browser. */
import { existsSync } from 'node:fs';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeDirectory } from '../ground/make-directory.js';
import { writeProblem } from '../records/run-writer.js';
import { ModelError } from '../models/model-error.js';
import type { ModelFiles } from '../models/model-files.js';
import { TRY_PAGE } from './saved-model.js';

/** Small enough for a browser's cache to keep each, as TensorFlow.js's converter has it. */
const SHARD_BYTES = 2 ** 22;

/** Whether a folder holds nothing but a model, and its page, that this program may replace. */
async function holdsOnlyModel(folder: string): Promise<boolean> {
  const names = await readdir(folder);
  return names.every(
    (name) => name === 'model.json' || name === TRY_PAGE || /^group1-shard\d+of\d+\.bin$/.test(name),
  );
}

/**
 * Writes model.json and the weight files into a folder, which appears when it is complete.
 * @param folder new, or one that holds a model alone, which is replaced
 * @throws ModelError when there is something else; RecordError when it cannot be written.
 */
export async function saveModel(
  { topology, weightSpecs, weightData, metadata }: ModelFiles,
  folder: string,
): Promise<void> {
  const bytes = new Uint8Array(weightData);
  const count = Math.max(1, Math.ceil(bytes.length / SHARD_BYTES));
  const paths = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`);
  const model = {
    format: 'layers-model',
    generatedBy: 'recency-bias-lab',
    convertedBy: null,
    modelTopology: topology,
    weightsManifest: [{ paths, weights: weightSpecs }],
    ...(metadata !== undefined && { userDefinedMetadata: metadata }),
  };
  const target = resolve(folder);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    if (existsSync(target) && !(await holdsOnlyModel(target))) {
      throw new ModelError(`${folder}: holds other files; choose a new folder for the model`);
    }
    await makeDirectory(temporary);
    for (const [i, path] of paths.entries()) {
      await writeFile(join(temporary, path), bytes.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES));
    }
    await writeFile(join(temporary, 'model.json'), JSON.stringify(model));
    await rm(target, { recursive: true, force: true });
    await rename(temporary, target);
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw writeProblem(error, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
