/** The experiment that a comparison's directory holds, for readers that train nothing. */
import { z } from 'zod';
import { ExperimentError } from '../../ground/experiment-error.js';
import { experimentPath, readComparisonExperiment } from './experiment-file.js';
import type { TaskSource } from './tasks.js';

const schema = z.looseObject({
  seeds: z.array(z.number()),
  selectors: z.record(z.string(), z.unknown()),
  warmupEpochs: z.number(),
});

/**
 * Reads what the runs of a comparison follow from.
 * @throws ExperimentError when the directory holds no comparison
 */
export async function readStoredExperiment(dir: string): Promise<TaskSource> {
  const parsed = schema.safeParse(await readComparisonExperiment(dir));
  if (parsed.success) return parsed.data;
  throw new ExperimentError([
    `${experimentPath(dir)}: is missing or holds no comparison; name the directory of one`,
  ]);
}
