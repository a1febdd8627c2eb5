/** The data of an experiment, in memory. */
import type { ImageDataset } from '../data/image-dataset.js';
import { withLabelNoise } from '../data/label-noise.js';
import type { FetchOptions } from '../data/verified-folder.js';
import { subsetOf } from '../data/subset.js';
import { ExperimentError } from './problems.js';
import { datasetEntry } from './resolve.js';
import type { DatasetSize } from './resolve.js';
import type { Experiment } from './schema.js';

/**
 * Reads the data set that an experiment names, fetching it if need be, takes the subset that it asks for, and flips the labels
 * that it wants wrong.
 */
export async function loadExperimentData(
  experiment: Pick<Experiment, 'dataset'>,
  options: FetchOptions,
): Promise<{ dataset: ImageDataset; size: DatasetSize }> {
  const { trainSize, testSize, subsetSeed, labelNoise, ...reading } = experiment.dataset;
  const whole = await datasetEntry(experiment).load({ ...options, ...reading });
  let dataset: ImageDataset;
  try {
    dataset = subsetOf(whole, {
      seed: subsetSeed,
      ...(trainSize !== undefined && { trainSize }),
      ...(testSize !== undefined && { testSize }),
    });
  } catch (error) {
    if (error instanceof RangeError) throw new ExperimentError([error.message]);
    throw error;
  }
  if (labelNoise !== undefined) dataset = withLabelNoise(dataset, labelNoise);
  const { train, test, classes } = dataset;
  return { dataset, size: { trainSize: train.size, testSize: test.size, classes } };
}
