import { isBackendName, preferredBackend } from '../ground/backend.js';
import { readComparisonExperiment } from '../experiment/document/experiment-file.js';
import type { ChosenBackend } from '../experiment/prepare/prepare.js';
import type { Experiment } from '../experiment/document/schema.js';
import { defaultOutput } from '../experiment/processes/output-directory.js';

/**
 * The backend that an experiment runs on. With `auto`, a comparison that has begun stays on its backend, so that it can
 * be resumed after libtorch has come or gone; a new one takes the fastest.
 * @param out the `--out` flag
 */
export async function chooseBackend(experiment: Experiment, out: string | undefined): Promise<ChosenBackend> {
  if (experiment.backend !== 'auto') return { backend: experiment.backend };
  const begun = await readComparisonExperiment(out ?? defaultOutput(experiment));
  if (typeof begun === 'object' && begun !== null && 'backend' in begun && isBackendName(begun.backend))
    return { backend: begun.backend };
  const { name, advice } = await preferredBackend();
  return { backend: name, advice };
}
