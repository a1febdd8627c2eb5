/** The settings of a run that was, for a new run: `finetune --like`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readComparisonExperiment } from '../experiment/document/experiment-file.js';
import { readProbeRate, runDirectory } from '../experiment/prepare/trained-model.js';
import { RecordError } from '../ground/record-error.js';
import { ModelError } from '../models/model-error.js';
import { CommandError } from './errors.js';

const datasetSchema = z.looseObject({ name: z.string() });
const experimentSchema = z.looseObject({
  dataset: datasetSchema,
  selectors: z.record(z.string(), z.looseObject({ name: z.string() })),
  probe: z.looseObject({}).optional(),
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

/**
 * The rate at which the run of a directory trained its new layer. It was found by training the layer once at each rate, and the photos
 * are the same but for some labels, so it need not be found again.
 */
async function chosenRate(dir: string): Promise<number | undefined> {
  try {
    return await readProbeRate(await runDirectory(dir));
  } catch (error) {
    if (error instanceof ModelError || error instanceof RecordError) return undefined;
    throw error;
  }
}

/** The content of an experiment file. */
export type LikeExperiment = Record<string, unknown> & { readonly dataset: Record<string, unknown> };

/**
 * The experiment of a directory as a new experiment may begin: without the fingerprint of its data, and without sizes that are those of
 * all data. A probe has the learning rate that the run chose.
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
  const { probe } = rest;
  const rate = probe === undefined ? undefined : await chosenRate(dir);
  return {
    ...{ ...rest, selectors },
    ...(rate !== undefined && { probe: { ...probe, learningRates: [rate] } }),
    dataset: { ...data, ...kept },
  };
}
