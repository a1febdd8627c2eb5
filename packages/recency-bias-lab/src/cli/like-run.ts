/** The settings of a run that was, for a new run: `finetune --like`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readComparisonExperiment } from '../experiment/document/experiment-file.js';
import { CommandError } from './errors.js';

const datasetSchema = z.looseObject({ name: z.string() });
const experimentSchema = z.looseObject({
  dataset: datasetSchema,
  selectors: z.record(z.string(), z.looseObject({ name: z.string() })),
});
const recordSchema = z.looseObject({
  train: z.record(z.string(), z.string()),
  test: z.record(z.string(), z.string()),
});

/** How many files the data had; undefined where nobody wrote it down. */
async function recordedSizes(dir: string): Promise<{ train: number; test: number } | undefined> {
  try {
    const { train, test } = recordSchema.parse(JSON.parse(await readFile(join(dir, 'data.json'), 'utf8')));
    return { train: Object.keys(train).length, test: Object.keys(test).length };
  } catch {
    return undefined;
  }
}

/** The content of an experiment file. */
export type LikeExperiment = Record<string, unknown> & { readonly dataset: Record<string, unknown> };

/**
 * The experiment of a directory as a new experiment may begin: without the fingerprint of its data, and without sizes that are those of
 * all data.
 * @throws CommandError when there is none
 */
export async function experimentLike(dir: string): Promise<LikeExperiment> {
  const parsed = experimentSchema.safeParse(await readComparisonExperiment(dir));
  if (!parsed.success) {
    throw new CommandError(
      `--like: ${dir} holds no experiment; name the output folder of a run, e.g. runs/finetune`,
    );
  }
  const { dataset, selectors, ...rest } = parsed.data;
  const sizes = await recordedSizes(dir);
  const { trainSize, testSize, ...data } = dataset;
  delete data.fingerprint;
  const kept = {
    ...(sizes !== undefined && trainSize !== sizes.train && { trainSize }),
    ...(sizes !== undefined && testSize !== sizes.test && { testSize }),
  };
  return { ...rest, selectors, dataset: { ...data, ...kept } };
}
